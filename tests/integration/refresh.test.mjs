// Tokens are renewed by themselves, once, and a grant is never lost to a bad moment of the provider
// (TK-01…TK-20).

import assert from 'node:assert/strict';
import {after, before, beforeEach, describe, test} from 'node:test';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';
import {eventually} from '../support/wait.mjs';

const contacts = '/crm/v3/objects/contacts?limit=1';

describe('with HubSpot\'s simulator', () => {
  let sandbox;
  let gateway;
  let app;
  before(async () => {
    sandbox = await startSandbox({tap: true});
    gateway = await startGateway({sandbox});
    app = await gateway.createApp({slug: 'hbdev'});
  });
  after(async () => {
    await gateway?.stop();
    await sandbox?.stop();
  });
  beforeEach(() => sandbox.clearFaults());

  const refreshes = async () => (await sandbox.stats()).refreshes;

  test('a token the provider says expired is refreshed once for fifty callers, and all succeed (TK-17)', async () => {
    for (const user of ['fifty-1', 'fifty-2', 'fifty-3', 'fifty-4', 'fifty-5']) {
      await gateway.connect(app, user);
      assert.equal((await gateway.proxy('GET', app, user, contacts)).status, 200);
      const earlier = await refreshes();
      await sandbox.advance(1801);
      const answers = await Promise.all(Array.from({length: 50}, () => gateway.proxy('GET', app, user, contacts)));
      assert.deepEqual([...new Set(answers.map(({status}) => status))], [200]);
      assert.equal(await refreshes() - earlier, 1);
    }
  });

  test('a buffered POST is replayed after the refresh, with its body (TK-17)', async () => {
    await gateway.connect(app, 'poster');
    await sandbox.advance(1801);
    const answer = await gateway.proxy('POST', app, 'poster', '/crm/v3/objects/contacts', {
      json: {properties: {email: 'replayed@example.com'}},
    });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.json.properties.email, 'replayed@example.com');
  });

  test('the envelope renews in the same way', async () => {
    await gateway.connect(app, 'enveloped');
    await sandbox.advance(1801);
    const answer = await gateway.call('POST', '/api/raw/hbdev', {
      json: {userForeignIdentifier: 'enveloped', method: 'GET', url: contacts},
    });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.data.results.length, 1);
  });

  const faults = {
    'too many requests': {status: 429, headers: {'retry-after': '1'}},
    'an internal error': {status: 500},
    'a bad gateway': {status: 502, headers: {'content-type': 'text/html'}, body: '<h1>Bad Gateway</h1>'},
    'unavailable': {status: 503},
    'a page of HTML with status 200': {status: 200, headers: {'content-type': 'text/html'}, body: '<html>maintenance</html>'},
    'broken JSON': {status: 200, headers: {'content-type': 'application/json'}, body: '{"access_token":'},
    'a redirect': {status: 307, headers: {location: 'http://127.0.0.1:1/elsewhere'}},
    'forbidden without an OAuth error': {status: 403, body: 'no'},
    'no answer at all': {drop: 'before'},
  };
  for (const [name, fault] of Object.entries(faults)) {
    test(`a token endpoint that answers ${name} costs nobody a grant (TK-09, TK-10)`, async () => {
      const user = `faulty ${name}`;
      const {id, externalAccount} = await gateway.connect(app, user);
      await sandbox.fault({path: '/oauth/', method: 'POST', ...fault});
      const failed = await gateway.call('POST', `/v1/connections/${id}/refresh`);
      assert.ok(failed.status >= 400, `${failed.status} ${failed.text}`);
      assert.ok(['upstream_unreachable', 'upstream_invalid', 'unavailable', 'upstream_timeout', 'rate_limited', 'refresh_unknown']
          .includes(failed.json.code), failed.text);
      const {state} = (await gateway.call('GET', `/v1/connections/${id}`)).json;
      // A request that may have reached the provider leaves its outcome honestly open.
      assert.ok(state === 'active' || (fault.drop && state === 'refresh_unknown'), state);
      await sandbox.clearFaults();
      const healed = await gateway.call('POST', `/v1/connections/${id}/refresh`);
      assert.equal(healed.status, 200, healed.text);
      const after = (await gateway.call('GET', `/v1/connections/${id}`)).json;
      assert.equal(after.state, 'active');
      assert.equal(after.externalAccount, externalAccount);
      assert.equal((await gateway.proxy('GET', app, user, contacts)).status, 200);
    });
  }

  test('an uninstalled app means reauthorization_required, with a link when the key may make one (TK-23)', async () => {
    const {id, externalAccount: account} = await gateway.connect(app, 'uninstalled');
    await sandbox.fault({path: '/oauth/', method: 'POST', status: 400, headers: {'content-type': 'application/json'},
                         body: JSON.stringify({status: 'BAD_REFRESH_TOKEN', message: 'refresh token is invalid, expired or revoked',
                                               error: 'invalid_grant', error_description: 'gone'})});
    await sandbox.advance(1801);
    const first = await gateway.proxy('GET', app, 'uninstalled', contacts);
    assert.equal(first.status, 409, first.text);
    assert.equal(first.json.code, 'reauthorization_required');
    assert.equal(first.header('wayleave-error'), 'reauthorization_required');
    assert.equal((await gateway.call('GET', `/v1/connections/${id}`)).json.state, 'needs_reauthorization');
    await sandbox.clearFaults();

    const withLink = await gateway.proxy('GET', app, 'uninstalled', contacts);
    assert.ok(withLink.json.installUrl?.startsWith(`${gateway.url}/connect/`) ||
              withLink.json.installUrl?.startsWith(`${sandbox.url}/`), withLink.text);
    const proxyOnly = await gateway.createKey('proxy');
    const without = await gateway.proxy('GET', app, 'uninstalled', contacts, {key: proxyOnly.key});
    assert.equal(without.status, 409);
    assert.equal(without.json.installUrl, undefined);

    const again = await gateway.connect(app, 'uninstalled', {account});
    assert.equal(again.id, id);
    assert.equal(again.state, 'active');
  });

  test('a client the provider refuses breaks the app, not its customers (TK-11)', async () => {
    const users = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
    for (const user of users) await gateway.connect(app, user);
    await sandbox.fault({path: '/oauth/', method: 'POST', status: 401, headers: {'content-type': 'application/json'},
                         body: JSON.stringify({error: 'invalid_client', error_description: 'no'})});
    await sandbox.advance(1801);
    const earlier = sandbox.tap.tokenRequests.length;
    for (const user of users) {
      const answer = await gateway.proxy('GET', app, user, contacts);
      assert.ok(answer.status >= 400);
      assert.notEqual(answer.json.code, 'reauthorization_required');
    }
    assert.ok(sandbox.tap.tokenRequests.length - earlier <= 3, 'the loop stops');
    const states = await gateway.call('GET', '/v1/connections?app=hbdev&state=needs_reauthorization&limit=200');
    assert.ok(!states.json.data.some(({user}) => users.includes(user)));
    await sandbox.clearFaults();
    // The operator mends the app (or asks by hand): the customers are still there.
    for (const {id, user} of await gateway.connections()) {
      if (users.includes(user)) {
        const healed = await gateway.call('POST', `/v1/connections/${id}/refresh`);
        assert.equal(healed.status, 200, healed.text);
      }
    }
  });
});

describe('with a provider whose tokens live five minutes', () => {
  test('a fresh token is not refreshed on every call (TK-15)', async () => {
    const sandbox = await startSandbox({args: ['--auto-consent', '--access-token-ttl', '300']});
    const gateway = await startGateway({sandbox});
    try {
      const app = await gateway.createApp({slug: 'short'});
      await gateway.connect(app, 'u');
      for (let i = 0; i < 25; i += 1) {
        assert.equal((await gateway.proxy('GET', app, 'u', contacts)).status, 200);
      }
      assert.equal((await sandbox.stats()).refreshes, 0);
    } finally {
      await gateway.stop();
      await sandbox.stop();
    }
  });
});

describe('with a provider that tells what it saw', () => {
  let peer;
  let api;
  let gateway;
  let app;
  before(async () => {
    peer = await startOAuthPeer();
    api = await startRecordingUpstream();
    gateway = await startGateway({egress: [peer.url, api.url]});
    app = await gateway.createCustomApp('custom', peer, api.url);
  });
  after(async () => {
    await gateway?.stop();
    await peer?.stop();
    await api?.stop();
  });
  beforeEach(() => {
    peer.onToken = undefined;
    peer.expiresIn = 1800;
    api.reset();
  });

  const bearer = (request) => request.field('authorization');

  test('an API that always says 401 is called exactly twice and the last answer is passed on (TK-17)', async () => {
    await gateway.connect(app, 'always401');
    const earlier = peer.refreshes;
    api.answer = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nnope';
    const answer = await gateway.proxy('GET', app, 'always401', '/thing');
    assert.equal(answer.status, 401);
    assert.equal(answer.text, 'nope');
    assert.equal(answer.header('wayleave-error'), undefined, 'it is the provider\'s 401');
    assert.equal(api.requests.length, 2);
    assert.notEqual(bearer(api.requests[0]), bearer(api.requests[1]));
    assert.equal(peer.refreshes - earlier, 1);
    // Within the cool-down: no second refresh.
    await gateway.proxy('GET', app, 'always401', '/thing');
    assert.equal(peer.refreshes - earlier, 1);
  });

  test('a body too large to keep is not replayed: its 401 is passed on (TK-17)', async () => {
    await gateway.connect(app, 'large');
    api.answer = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n';
    const answer = await gateway.proxy('POST', app, 'large', '/upload', {
      body: Buffer.alloc(3 << 20, 'x'), headers: {'content-type': 'application/octet-stream'},
    });
    assert.equal(answer.status, 401);
    assert.equal(api.requests.length, 1);
  });

  test('a token that is still valid is used although its early refresh fails (TK-19)', async () => {
    peer.expiresIn = 6;  // refreshed ahead after three seconds, good for six
    const {expiresAt} = await gateway.connect(app, 'early');
    peer.onToken = () => ({status: 503, headers: {}, body: 'later'});
    const dueAt = Date.parse(expiresAt) - 3_000;
    await eventually('the token is due', () => Date.now() > dueAt + 50);
    const earlier = peer.tokenRequests.length;
    const answer = await gateway.proxy('GET', app, 'early', '/thing');
    assert.ok(Date.now() < Date.parse(expiresAt), 'the machine was too slow for this test');
    assert.equal(answer.status, 200, answer.text);
    await eventually('an early refresh was tried', () => peer.tokenRequests.length > earlier);
    assert.equal((await gateway.connection(app, 'early')).state, 'active');
  });

  test('the old refresh token is kept when the answer brings none (TK-12)', async () => {
    const {id} = await gateway.connect(app, 'keeper');
    const presented = [];
    peer.onToken = (form) => {
      presented.push(form.refresh_token);
      return {status: 200, headers: {'content-type': 'application/json'}, body: {
        access_token: `kept-${presented.length}-${'a'.repeat(20)}`, token_type: 'bearer', expires_in: 1800}};
    };
    for (let i = 0; i < 2; i += 1) {
      assert.equal((await gateway.call('POST', `/v1/connections/${id}/refresh`)).status, 200);
    }
    assert.equal(presented.length, 2);
    assert.equal(presented[0], presented[1]);
    await gateway.proxy('GET', app, 'keeper', '/x');
    assert.equal(bearer(api.requests[0]), `Bearer kept-2-${'a'.repeat(20)}`);
  });

  const lifetimes = {missing: undefined, 'a number as text': '1800', negative: -5, zero: 0, absurd: 1e18, null: null};
  for (const [name, expiresIn] of Object.entries(lifetimes)) {
    test(`expires_in ${name} neither refreshes at once nor overflows (TK-14)`, async () => {
      peer.onToken = (form, usual) => {
        const answer = usual(form);
        if (answer.body.access_token) answer.body.expires_in = expiresIn;
        return answer;
      };
      const user = `life ${name}`;
      const connection = await gateway.connect(app, user);
      assert.equal(connection.state, 'active');
      const earlier = peer.refreshes;
      for (let i = 0; i < 3; i += 1) {
        assert.equal((await gateway.proxy('GET', app, user, '/x')).status, 200);
      }
      assert.equal(peer.refreshes, earlier);
    });
  }

  const lies = {
    'a line break in the token': {access_token: 'x\r\nX-Evil: 1', token_type: 'bearer'},
    'a NUL in the token': {access_token: 'abc\0def', token_type: 'bearer'},
    'a token of 20 KiB': {access_token: 'x'.repeat(20 << 10), token_type: 'bearer'},
    'a token that is a number': {access_token: 12345, token_type: 'bearer'},
    'no token': {token_type: 'bearer'},
    'an array': [],
    'a key twice': '{"access_token":"aaaaaaaaaaaaaaaaaaaa","access_token":"bbbbbbbbbbbbbbbbbbbb","token_type":"bearer"}',
    'a token of another type': {access_token: 'macmacmacmacmacmac', token_type: 'mac'},
    '2 MiB of JSON': {access_token: 'yyyyyyyyyyyyyyyyyyyyy', token_type: 'bearer', padding: 'z'.repeat(2 << 20)},
  };
  for (const [name, body] of Object.entries(lies)) {
    test(`a token answer with ${name} is refused and changes nothing (OA-18)`, async () => {
      const user = `lied to: ${name}`;
      const {id} = await gateway.connect(app, user);
      await gateway.proxy('GET', app, user, '/x');
      peer.onToken = () => ({status: 200, headers: {'content-type': 'application/json'}, body: Array.isArray(body) ? '[]' : body});
      const answer = await gateway.call('POST', `/v1/connections/${id}/refresh`);
      assert.ok(answer.status >= 400, answer.text);
      // An answer too long to read leaves open what the provider did; that is said, not guessed.
      const {state} = (await gateway.call('GET', `/v1/connections/${id}`)).json;
      assert.equal(state, name.startsWith('2 MiB') ? 'refresh_unknown' : 'active');
      await gateway.proxy('GET', app, user, '/x');
      assert.equal(bearer(api.requests[0]), bearer(api.requests[1]), 'the old token is still in use');
      assert.equal(api.malformed.length, 0);
    });
  }

  test('the token endpoint is never followed elsewhere (OA-16)', async () => {
    const other = await startRecordingUpstream();
    try {
      const {id} = await gateway.connect(app, 'redirected');
      peer.onToken = () => ({status: 307, headers: {location: `${other.url}/steal`}, body: ''});
      const answer = await gateway.call('POST', `/v1/connections/${id}/refresh`);
      assert.ok(answer.status >= 400);
      assert.equal(other.connections, 0);
    } finally {
      await other.stop();
    }
  });

  test('the answer is read to its end although the caller left', async () => {
    const {id} = await gateway.connect(app, 'leaver');
    let release;
    const released = new Promise((resolve) => (release = resolve));
    peer.onToken = async (form, usual) => {
      const answer = usual(form);  // from here on the old refresh token is dead
      await released;
      return answer;
    };
    const earlier = peer.tokenRequests.length;
    const left = gateway.call('POST', `/v1/connections/${id}/refresh`, {timeout: 400});
    await assert.rejects(left);
    assert.equal(peer.tokenRequests.length, earlier + 1);
    release();
    await eventually('the new tokens are stored', async () => {
      const connection = (await gateway.call('GET', `/v1/connections/${id}`)).json;
      return connection.state === 'active' && connection.refreshedAt !== null;
    });
    peer.onToken = undefined;
    assert.equal((await gateway.call('POST', `/v1/connections/${id}/refresh`)).status, 200);
    assert.equal(peer.spent, 0, 'no spent refresh token was presented');
  });
});
