// Whatever comes in wrong is answered with the documented status and code, and the store is as it was
// (contract section 4, PX-01…PX-06, OA-07…OA-13, AK-01…AK-06).

import assert from 'node:assert/strict';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {after, before, beforeEach, describe, test} from 'node:test';

import {Browser} from '../support/browser.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {rawExchange} from '../support/raw_client.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';
import {snapshot} from '../support/store.mjs';

const user = 'good user';
let sandbox;
let peer;
let api;
let gateway;
let app;
let custom;
let readOnly;
let revoked;

before(async () => {
  sandbox = await startSandbox({tap: true});
  peer = await startOAuthPeer();
  api = await startRecordingUpstream();
  gateway = await startGateway({sandbox, egress: [peer.url, api.url]});
  app = await gateway.createApp({slug: 'hbDev', returnOrigins: ['https://saas.example']});
  custom = await gateway.createCustomApp('custom', peer, api.url);
  await gateway.connect(app, user);
  await gateway.connect(custom, user);
  readOnly = (await gateway.createKey('read')).key;
  const doomed = await gateway.createKey('proxy,connect,read,manage');
  await gateway.run(['key', 'revoke', doomed.id]);
  revoked = doomed.key;
});
after(async () => {
  await gateway?.stop();
  await Promise.all([sandbox, peer, api].map((each) => each?.stop()));
});
beforeEach(() => api.reset());

// When a key was last used is the one thing that reading may change; the request log tells of
// refusals too.
const store = () => snapshot(gateway, {
  ignore: ['api_key.last_used_at', 'request_log', 'request_log_total'],
});

// The request is refused as said, in the one error format, and leaves no trace in the store.
async function assertRefused(send, {status, code, field}) {
  const earlier = store();
  const answer = await send();
  assert.ok([status].flat().includes(answer.status), `${answer.status} ${answer.text}`);
  assert.match(answer.header('content-type'), /^application\/problem\+json/);
  const problem = answer.json;
  assert.ok([code].flat().includes(problem.code), answer.text);
  assert.equal(answer.header('wayleave-error'), problem.code);
  assert.equal(problem.status, answer.status);
  for (const name of ['type', 'title', 'detail', 'requestId']) assert.equal(typeof problem[name], 'string', name);
  if (field !== undefined) assert.ok([field].flat().includes(problem.field), answer.text);
  // Nothing of the machine, the store or the stack (LG-05).
  assert.doesNotMatch(answer.text, /sqlite|select |insert |\/tmp\/|\.cpp|exception|std::/i);
  assert.deepEqual(store(), earlier);
  return answer;
}

describe('keys (AK-01, AK-03, AK-06)', () => {
  const routes = [['GET', '/v1/apps'], ['GET', '/api/hubspot/auth/hbdev?userForeignIdentifier=u'], ['POST', '/api/raw/hbdev'],
                  ['GET', '/proxy/hbdev/@u/x'], ['DELETE', '/api/saas-org-user/delete-user/hbdev?userForeignIdentifier=u']];
  const wrong = {
    'no key': () => ({}),
    'an empty key': () => ({authorization: 'Bearer '}),
    'a key nobody has': () => ({authorization: `Bearer wlk_${'A'.repeat(43)}000000`}),
    'a key with its last character changed': () => ({authorization: `Bearer ${gateway.admin.slice(0, -1)}${gateway.admin.endsWith('0') ? '1' : '0'}`}),
    'a revoked key': () => ({authorization: `Bearer ${revoked}`}),
    'a key as Basic password of nobody': () => ({authorization: `Basic ${Buffer.from(`x:${gateway.admin}`).toString('base64')}`}),
    'a key with blanks inside': () => ({authorization: `Bearer ${gateway.admin} x`}),
    'Basic that is no base64': () => ({authorization: 'Basic !!!'}),
    'another scheme': () => ({authorization: `Token ${gateway.admin}`}),
    'a key of 9000 characters': () => ({authorization: `Bearer wlk_${'a'.repeat(9000)}`}),
    'a key in a cookie': () => ({cookie: `key=${gateway.admin}`}),
  };
  for (const [name, headers] of Object.entries(wrong)) {
    test(`${name} is 401 everywhere, and always the same`, async () => {
      const bodies = new Set();
      for (const [method, target] of routes) {
        const answer = await assertRefused(
            () => gateway.call(method, target, {key: null, headers: headers()}), {status: 401, code: 'unauthenticated'});
        assert.ok(answer.header('www-authenticate'));
        const {requestId, ...rest} = answer.json;
        bodies.add(JSON.stringify(rest));
      }
      assert.equal(bodies.size, 1, [...bodies].join('\n'));
    });
  }

  test('a key in the URL does not count (AK-06)', async () => {
    for (const name of ['api_key', 'key', 'access_token']) {
      await assertRefused(() => gateway.call('GET', `/v1/apps?${name}=${gateway.admin}`, {key: null}), {status: 401, code: 'unauthenticated'});
    }
  });

  const needs = [['POST', '/v1/apps', 'manage'], ['GET', '/api/hubspot/auth/hbdev?userForeignIdentifier=u', 'connect'],
                 ['GET', '/proxy/hbdev/@u/x', 'proxy'], ['POST', '/api/raw/hbdev', 'proxy'], ['POST', '/v1/install-links', 'connect']];
  for (const [method, target, scope] of needs) {
    test(`${method} ${target} without the scope ${scope} is 403`, () =>
      assertRefused(() => gateway.call(method, target, {key: readOnly, ...(method === 'POST' ? {json: {}} : {})}), {status: 403, code: 'forbidden'}));
  }

  test('client_credentials with wrong or missing parts', async () => {
    const {id, key} = await gateway.createKey('read');
    const good = {client_id: id, client_secret: key, grant_type: 'client_credentials'};
    for (const [change, status] of [[{client_secret: 'x'}, 401], [{client_id: 'nobody'}, 401], [{grant_type: 'password'}, 400]]) {
      await assertRefused(() => gateway.call('POST', '/api/oauth/token', {key: null, form: {...good, ...change}}),
                          {status, code: [`unauthenticated`, 'invalid_request']});
    }
    for (const name of Object.keys(good)) {
      const {[name]: _, ...rest} = good;
      await assertRefused(() => gateway.call('POST', '/api/oauth/token', {key: null, form: rest}), {status: [400, 401], code: ['invalid_request', 'unauthenticated']});
    }
  });
});

describe('names nobody knows', () => {
  for (const [method, target, rest] of [
    ['GET', '/api/hubspot/auth/nobody?userForeignIdentifier=u'], ['POST', '/api/raw/nobody', {json: {userForeignIdentifier: 'u', method: 'GET', url: '/x'}}],
    ['POST', '/api/hubspot/proxy/nobody', {json: {userForeignIdentifier: 'u', method: 'GET', url: '/x'}}], ['GET', '/proxy/nobody/@u/x'],
    ['GET', '/api/saas-org-user/get-users/nobody'], ['GET', '/api/saas-org-user/get-user/nobody?userForeignIdentifier=u'],
    ['DELETE', '/api/saas-org-user/delete-user/nobody?userForeignIdentifier=u'], ['GET', '/v1/apps/nobody'], ['DELETE', '/v1/apps/nobody'],
    ['POST', '/v1/install-links', {json: {app: 'nobody', user: 'u'}}], ['GET', '/api/oauth2/auth/hbdev?userForeignIdentifier=u'],
  ]) {
    test(`${method} ${target}: the app is not found`, () =>
      assertRefused(() => gateway.call(method, target, rest), {status: 404, code: 'app_not_found'}));
  }

  for (const [method, target, rest] of [
    ['POST', '/api/raw/hbdev', {json: {userForeignIdentifier: 'nobody', method: 'GET', url: '/x'}}],
    ['POST', '/api/hubspot/proxy/hbdev', {form: {userForeignIdentifier: 'nobody', method: 'GET', url: '/x'}}],
    ['GET', '/proxy/hbdev/@nobody/x'], ['DELETE', '/api/saas-org-user/delete-user/hbdev?userForeignIdentifier=nobody'],
    ['GET', '/v1/connections/con_nothing'], ['DELETE', '/v1/connections/con_nothing'], ['POST', '/v1/connections/con_nothing/refresh'],
    ['GET', '/v1/connections/con_nothing/token'],
  ]) {
    test(`${method} ${target}: the user or connection is not found`, () =>
      assertRefused(() => gateway.call(method, target, rest), {status: 404, code: 'connection_not_found'}));
  }

  for (const target of ['/v2/apps', '/v1', '/v1/nothing', '/api', '/api/hubspot', '/api/hubspot/nothing/hbdev', '/..%2f..%2fetc/passwd', '/v1/apps/hbdev/nothing']) {
    test(`GET ${target} is not found`, () => assertRefused(() => gateway.call('GET', target), {status: 404, code: ['not_found', 'app_not_found']}));
  }
});

describe('users no user can have (1 to 255 bytes of UTF-8, no control characters)', () => {
  const users = {
    'empty': '', 'of 256 bytes': 'u'.repeat(256), 'of 300 bytes': 'u'.repeat(300), 'of 300 bytes in 150 characters': 'ä'.repeat(150), 'with NUL': 'a\0b', 'with CR': 'a\rb',
    'with LF': 'a\nb', 'with CRLF': 'a\r\nX-Evil: 1', 'with ESC': 'a\x1bb', 'with DEL': 'a\x7fb', 'only NUL': '\0',
  };
  for (const [name, bad] of Object.entries(users)) {
    const encoded = encodeURIComponent(bad);
    const expected = {status: 400, code: 'invalid_request', field: 'userForeignIdentifier'};
    test(`${name}: StackGo's calls`, async () => {
      await assertRefused(() => gateway.call('GET', `/api/hubspot/auth/hbdev?userForeignIdentifier=${encoded}`), expected);
      await assertRefused(() => gateway.call('GET', `/api/saas-org-user/get-user/hbdev?userForeignIdentifier=${encoded}`), expected);
      await assertRefused(() => gateway.call('DELETE', `/api/saas-org-user/delete-user/hbdev?userForeignIdentifier=${encoded}`), expected);
      for (const kind of ['json', 'form']) {
        await assertRefused(() => gateway.call('POST', '/api/raw/hbdev', {[kind]: {userForeignIdentifier: bad, method: 'GET', url: '/x'}}), expected);
      }
    });
    test(`${name}: native calls`, async () => {
      await assertRefused(() => gateway.call('POST', '/v1/install-links', {json: {app: 'hbdev', user: bad}}), {...expected, field: 'user'});
      if (bad !== '') {
        await assertRefused(() => gateway.call('GET', `/proxy/hbdev/@${encoded}/x`), {status: [400, 404], code: ['invalid_request', 'connection_not_found']});
      }
    });
  }
  for (const encoded of ['%ff', 'a%', '%zz', '%c0%80', '%ed%a0%80']) {
    test(`${encoded} in a query is no user`, () =>
      assertRefused(() => gateway.call('GET', `/api/hubspot/auth/hbdev?userForeignIdentifier=${encoded}`), {status: 400, code: 'invalid_request'}));
  }
  test('255 bytes are a user', async () => {
    assert.equal((await gateway.call('GET', `/api/hubspot/auth/hbdev?userForeignIdentifier=${'u'.repeat(255)}`)).status, 200);
  });
  test('the parameter missing or twice is refused', async () => {
    const expected = {status: 400, code: 'invalid_request', field: 'userForeignIdentifier'};
    await assertRefused(() => gateway.call('GET', '/api/hubspot/auth/hbdev'), expected);
    await assertRefused(() => gateway.call('GET', '/api/hubspot/auth/hbdev?userForeignIdentifier=a&userForeignIdentifier=b'), expected);
  });
  test('the transparent proxy without a user is refused', () =>
    assertRefused(() => gateway.call('GET', '/proxy/hbdev/x'), {status: 400, code: 'invalid_request'}));
});

describe('envelopes that are malformed', () => {
  const good = {userForeignIdentifier: user, method: 'GET', url: '/x'};
  const json = (value) => ({json: value});
  const raw = (body, type = 'application/json') => ({body, headers: {'content-type': type}});
  const cases = [
    ['no body', raw(''), undefined], ['no JSON', raw('{"userForeignIdentifier":'), undefined], ['an array', raw('[]'), undefined], ['a string', raw('"x"'), undefined],
    ['trailing garbage', raw(`${JSON.stringify(good)}x`), undefined], ['a NUL after it', raw(`${JSON.stringify(good)}\0`), undefined],
    ['invalid UTF-8', raw(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), undefined], ['a million brackets', raw('['.repeat(1_000_000)), undefined],
    ['depth in a body', raw(`{"userForeignIdentifier":"u","method":"GET","url":"/x","body":${'['.repeat(100_000)}`), undefined],
    ['a type nobody reads', raw(JSON.stringify(good), 'text/plain'), undefined], ['a broken form', raw('userForeignIdentifier=%zz&method=GET&url=/x', 'application/x-www-form-urlencoded'), undefined],
    ['no user', json({method: 'GET', url: '/x'}), 'userForeignIdentifier'], ['no method', json({userForeignIdentifier: user, url: '/x'}), 'method'],
    ['no url', json({userForeignIdentifier: user, method: 'GET'}), 'url'], ['a user that is a number', json({...good, userForeignIdentifier: 5}), 'userForeignIdentifier'],
    ['a method that is null', json({...good, method: null}), 'method'], ['an empty method', json({...good, method: ''}), 'method'],
    ['a method nobody knows', json({...good, method: 'FETCH IT'}), 'method'], ['a method with CRLF', json({...good, method: 'GET\r\nX: 1'}), 'method'],
    ['the method CONNECT', json({...good, method: 'CONNECT'}), 'method'], ['the method TRACE', json({...good, method: 'trace'}), 'method'],
    ['a url that is a list', json({...good, url: ['/x']}), 'url'], ['an empty url', json({...good, url: ''}), 'url'],
    ['a url with a NUL', json({...good, url: '/x\0y'}), 'url'], ['a url with CRLF', json({...good, url: '/x\r\nX-Evil: 1'}), 'url'], ['a url with a tab', json({...good, url: '/x\ty'}), 'url'],
    ['a url with a blank', json({...good, url: '/x y'}), 'url'], ['headers that are a list', json({...good, headers: [1]}), 'headers'],
    ['headers that are no JSON', json({...good, headers: 'x: y'}), 'headers'], ['a header with CRLF', json({...good, headers: {'X-A': 'a\r\nX-B: b'}}), 'headers'],
    ['a header with a NUL', json({...good, headers: {'X-A': 'a\0'}}), 'headers'], ['a header name with a blank', json({...good, headers: {'X A': 'a'}}), 'headers'],
    ['an empty header name', json({...good, headers: {'': 'a'}}), 'headers'], ['a header that is an object', json({...good, headers: {'X-A': {}}}), 'headers'],
  ];
  for (const [name, options, field] of cases) {
    test(`${name}: 400${field ? ` naming ${field}` : ''}`, async () => {
      const answer = await assertRefused(() => gateway.call('POST', '/api/raw/custom', options), {status: 400, code: 'invalid_request'});
      if (field) assert.ok(answer.json.field?.startsWith(field), answer.text);
      assert.equal(api.requests.length, 0);
    });
  }

  test('headers of an envelope cannot replace the user\'s token or the host (HT-16)', async () => {
    const answer = await gateway.call('POST', '/api/raw/custom', {json: {...good, headers: {
      Authorization: 'Bearer evil', Host: 'evil.example', 'Content-Length': '999', 'Transfer-Encoding': 'chunked', Cookie: 'a=b', Connection: 'close'}}});
    if (answer.status !== 200) assert.equal(answer.status, 400, answer.text);
    else {
      assert.ok(!/evil|length: 999|chunked|^cookie/im.test(api.requests[0].head), api.requests[0].head);
      assert.equal(api.requests[0].field('host'), api.host);
    }
    assert.deepEqual(api.malformed, []);
  });
});

describe('destinations outside the allow-list (PX-01…PX-03, PX-06)', () => {
  const urls = () => {
    const own = api.host;
    const port = own.split(':')[1];
    return [
      'https://evil.example/x', `https://${own}/x`, `http://${own}.evil.example/x`, `http://evil${own}/x`, `http://${own}@evil.example/x`, `http://user:pw@${own}/x`,
      `http://${own}%2eevil.example/x`, `http://${own}\\@evil.example/x`, `http://127.0.0.1.:${port}/x`, 'http://127.0.0.1/x', `http://127.0.0.1:${Number(port) + 1}/x`,
      `http://127.1:${port}/x`, `http://2130706433:${port}/x`, `http://0x7f.1:${port}/x`, `http://017700000001:${port}/x`, `http://0:${port}/x`, `http://localhost:${port}/x`,
      `http://[::ffff:127.0.0.1]:${port}/x`, `http://[::1]:${port}/x`, 'http://169.254.169.254/latest/meta-data/', 'http://[::ffff:169.254.169.254]/', 'http://metadata.google.internal/',
      'file:///etc/passwd', 'gopher://evil.example/', 'ftp://evil.example/', 'javascript:alert(1)', 'data:text/plain,x', 'unix:/var/run/docker.sock', `ws://${own}/x`, 'http:///x', 'http://',
      'https://', `//evil.example/x`, '/\\evil.example/x', '\\\\evil.example\\x', 'evil.example/x', `http:${own}/x`, `http:/${own}/x`, `HTTP://EVIL.example/`,
      `http://${own}#@evil.example/`, `http://evil.example#@${own}/`, `http://evil.example?@${own}/`, `http://${own}:80/x`, `http://[${own}]/x`, 'http://api.hubapi.com/x', 'https://api.hubapi.com/x',
    ];
  };
  test('each is refused, nothing is dialled, nothing changes', async () => {
    for (const url of urls()) {
      const answer = await assertRefused(
          () => gateway.call('POST', '/api/raw/custom', {json: {userForeignIdentifier: user, method: 'GET', url}}),
          {status: [400, 403], code: ['invalid_request', 'host_not_allowed']}).catch((error) => {
        // A path that only looks like a host may go to the provider's own host, byte for byte.
        const [seen] = api.requests;
        if (/^[/]/.test(url) && seen?.target === url) return undefined;
        throw new Error(`${url}: ${error.message}`, {cause: error});
      });
      if (answer?.status === 403) assert.equal(answer.json.code, 'host_not_allowed');
    }
    assert.ok(api.requests.every(({target}) => target.startsWith('/')));
    assert.deepEqual(api.malformed, []);
  });

  for (const url of ['https://evil.example/x', 'https://api.hubapi.com.evil.example/', 'https://evilhubapi.com/', 'http://169.254.169.254/']) {
    test(`${url} is 403 host_not_allowed`, () =>
      assertRefused(() => gateway.call('POST', '/api/hubspot/proxy/hbdev', {json: {userForeignIdentifier: user, method: 'GET', url}}),
                    {status: 403, code: 'host_not_allowed'}));
  }

  test('a foreign host is refused before the user is looked up (PX-01)', () =>
    assertRefused(() => gateway.call('POST', '/api/hubspot/proxy/hbdev', {json: {userForeignIdentifier: 'never-connected', method: 'GET', url: 'https://evil.example/'}}),
                  {status: 403, code: 'host_not_allowed'}));

  test('an app cannot be pointed at this machine unless the operator says so (PX-05)', async () => {
    const other = await startRecordingUpstream();
    try {
      for (const apiBase of [other.url, other.url.replace('127.0.0.1', 'localhost'), 'http://169.254.169.254', 'https://127.0.0.1', 'http://[::1]:80']) {
        const answer = await gateway.call('POST', '/v1/apps', {json: {
          slug: `ssrf-${Buffer.from(apiBase).toString('hex').slice(0, 40)}`, provider: 'oauth2', clientId: 'c', clientSecret: 'not-a-secret', scopes: ['x'],
          settings: peer.settings(apiBase)}});
        if (answer.status >= 400) continue;
        await gateway.connect(answer.json, 'u');
        const called = await gateway.proxy('GET', answer.json, 'u', '/x');
        assert.equal(called.status, 403, called.text);
        assert.equal(called.json.code, 'host_not_allowed');
      }
      assert.equal(other.connections, 0);
    } finally {
      await other.stop();
    }
  });
});

describe('apps that cannot be', () => {
  const good = {slug: 'fine', provider: 'hubspot-sandbox', clientId: 'c', clientSecret: 'not-a-secret', scopes: ['oauth']};
  const cases = [
    ['no slug', {slug: undefined}, 'slug'], ['an empty slug', {slug: ''}, 'slug'], ['a slug of 64', {slug: 'a'.repeat(64)}, 'slug'], ['a slug with a slash', {slug: 'a/b'}, 'slug'],
    ['a slug starting with a dash', {slug: '-a'}, 'slug'], ['a slug with a dot', {slug: 'a.b'}, 'slug'], ['a slug with NUL', {slug: 'a\0'}, 'slug'], ['a slug that is a number', {slug: 5}, 'slug'],
    ['a provider nobody knows', {provider: 'nothing'}, 'provider'], ['no client id', {clientId: undefined}, 'clientId'], ['no secret', {clientSecret: undefined}, 'clientSecret'],
    ['a client id with CRLF', {clientId: 'a\r\nb'}, 'clientId'], ['scopes that are a string', {scopes: 'oauth'}, 'scopes'], ['a scope with a blank', {scopes: ['a b']}, 'scopes'],
    ['a return origin with a path', {returnOrigins: ['https://a.example/x']}, 'returnOrigins'], ['a return origin that is no URL', {returnOrigins: ['javascript:x']}, 'returnOrigins'],
    ['a field nobody knows', {colour: 'red'}, 'colour'], ['a binding nobody knows', {browserBinding: 'maybe'}, 'browserBinding'], ['settings where none belong', {settings: {token: 'https://x.example/'}}, 'settings'],
    ['oauth2 without settings', {provider: 'oauth2'}, 'settings'], ['oauth2 with a relative URL', {provider: 'oauth2', settings: {authorize: '/a', token: '/t', apiBase: '/'}}, 'settings'],
    ['a setting nobody knows', {provider: 'oauth2', settings: {authorize: 'https://a.example/', token: 'https://a.example/', apiBase: 'https://a.example/', x: 1}}, 'settings'],
  ];
  for (const [name, change, field] of cases) {
    test(`${name}: 400 naming ${field}`, async () => {
      const answer = await assertRefused(() => gateway.call('POST', '/v1/apps', {json: {...good, ...change}}), {status: 400, code: 'invalid_request'});
      assert.ok(answer.json.field?.startsWith(field), answer.text);
    });
  }
  test('a slug taken, in any case, is a conflict', () =>
    assertRefused(() => gateway.call('POST', '/v1/apps', {json: {...good, slug: 'HBDEV'}}), {status: 409, code: 'conflict'}));
});

describe('bodies and methods', () => {
  test('a body beyond the route\'s limit is 413 before it is read', async () => {
    const bytes = `POST /v1/apps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.admin}\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n`;
    const earlier = store();
    const answer = await rawExchange(gateway.url, [bytes]);
    assert.deepEqual(answer.statuses, [413], answer.text);
    assert.match(answer.text, /request_too_large/);
    assert.ok(answer.closed);
    assert.deepEqual(store(), earlier);
  });

  test('a chunked body beyond it is 413 when it gets there', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const earlier = store();
    const answer = await rawExchange(gateway.url, [
      `POST /v1/apps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.admin}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      ...Array(512).fill(chunk)]);
    assert.ok(answer.statuses.length <= 1 && answer.closed);
    if (answer.statuses.length === 1) assert.equal(answer.statuses[0], 413);
    assert.deepEqual(store(), earlier);
  });

  for (const [method, target] of [['PUT', '/v1/apps'], ['DELETE', '/v1/install-links'], ['POST', '/healthz'], ['PATCH', '/api/oauth/token'], ['GET', '/api/raw/hbdev'], ['PUT', '/v1/connections']]) {
    test(`${method} ${target} is 405 with Allow`, async () => {
      const answer = await assertRefused(() => gateway.call(method, target), {status: 405, code: 'method_not_allowed'});
      assert.ok(answer.header('allow'));
    });
  }
  test('a method nobody knows is 405 or 501', async () => {
    const {statuses} = await rawExchange(gateway.url, [`BREW /v1/apps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.admin}\r\nConnection: close\r\n\r\n`]);
    assert.ok([405, 501].includes(statuses[0]), String(statuses));
  });

  for (const query of ['limit=0', 'limit=201', 'limit=x', 'limit=-1', 'limit=99999999999999999999', 'cursor=%00', 'cursor=nonsense', 'state=asleep', 'limit=1&limit=2', 'user=%0d%0a']) {
    test(`GET /v1/connections?${query} is refused`, () =>
      assertRefused(() => gateway.call('GET', `/v1/connections?${query}`), {status: 400, code: 'invalid_request'}));
  }
  for (const page of ['0', '-1', 'x', '1.5', '99999999999999']) {
    test(`get-users with page=${page} is refused`, () =>
      assertRefused(() => gateway.call('GET', `/api/saas-org-user/get-users/hbdev?page=${page}`), {status: 400, code: 'invalid_request', field: 'page'}));
  }
  for (const bad of [-5, 0, 'soon', 1e12, 5]) {
    test(`an install link with expiresIn ${JSON.stringify(bad)} is refused`, () =>
      assertRefused(() => gateway.call('POST', '/v1/install-links', {json: {app: 'hbdev', user: 'u', expiresIn: bad}}), {status: 400, code: 'invalid_request', field: 'expiresIn'}));
  }
});

describe('callbacks', () => {
  const exchanges = () => sandbox.tap.tokenRequests.length;
  // Up to, not including, the callback: its whole URL.
  const arriving = async (name, of = app) =>
    (await gateway.authorize(await gateway.authUrl(of, name), {until: /\/callback\?/})).location;
  const json = {headers: {accept: 'application/json'}};

  // Refused with 400, before any token request, no connection made; in the store nothing changed
  // either, unless the callback ended a flow that was its own.
  async function assertNoConnection(url, {name, asked = 0, changes = false, status = 400, code = 'invalid_request', options = json}) {
    const [earlier, asks] = [store(), exchanges()];
    const answer = await request('GET', url, options);
    assert.ok([status].flat().includes(answer.status), `${answer.status} ${answer.text}`);
    assert.ok([code].flat().includes(answer.json.code), answer.text);
    assert.equal(exchanges() - asks, asked, 'token requests');
    if (!changes) assert.deepEqual(store(), earlier);
    else assert.deepEqual(store().connection, earlier.connection);
    if (name) assert.equal(await gateway.connection(app, name), undefined);
  }

  test('replayed', async () => {
    const url = await arriving('replayed');
    assert.equal((await request('GET', url, json)).status, 200);
    await assertNoConnection(url, {});
  });

  test('forged: states nobody was given', async () => {
    for (const state of ['', 'x', 'a'.repeat(43), '../../x', '%00', '%0d%0aX:1', 'a'.repeat(4000), "' OR 1=1 --"]) {
      await assertNoConnection(`${app.redirectUrl}?code=abc&state=${state.startsWith('%') ? state : encodeURIComponent(state)}`, {});
    }
  });

  test('a flood of forged ones leaves the store as it is', async () => {
    const earlier = store();
    const answers = await Promise.all(Array.from({length: 200}, (_, i) =>
      request('GET', `${app.redirectUrl}?code=abc&state=${String(i).padStart(43, 'a')}`, json)));
    assert.ok(answers.every(({status}) => status === 400 || status === 429));
    assert.deepEqual(store(), earlier);
  });

  test('expired (OA-04)', async () => {
    const url = await arriving('expired');
    // Nobody waits ten minutes: the flow is made old in the store.
    const database = new DatabaseSync(path.join(gateway.data, 'wayleave.db'));
    database.exec(`PRAGMA busy_timeout = 5000; UPDATE install_flow SET expires_at = ${Date.now() - 1000} WHERE app_user = 'expired'`);
    database.close();
    await assertNoConnection(url, {name: 'expired'});
  });

  test('with the app changed meanwhile (OA-04)', async () => {
    const changing = await gateway.createApp({slug: 'changing'});
    const url = await arriving('c', changing);
    const patched = await gateway.call('PATCH', '/v1/apps/changing', {json: {scopes: ['oauth', 'tickets']}});
    assert.equal(patched.status, 200, patched.text);
    await assertNoConnection(url, {changes: true});
  });

  test('with the code of one flow and the state of another (PKCE)', async () => {
    const [mine, yours] = [new URL(await arriving('mallory')), new URL(await arriving('alice'))];
    mine.searchParams.set('state', yours.searchParams.get('state'));
    await assertNoConnection(mine.href, {name: 'alice', asked: 1, changes: true, code: ['code_refused', 'invalid_request']});
  });

  test('on another app\'s or another provider\'s path (OA-08)', async () => {
    const url = await arriving('crossed');
    const query = url.split('?')[1];
    for (const other of [custom.redirectUrl, app.redirectUrl.replace('hubspot-sandbox', 'hubspot'), app.redirectUrl.replace(app.uuid, custom.uuid),
                         app.redirectUrl.replace('hbdev', 'HBDEV'), `${gateway.url}/x/y-z/callback`]) {
      await assertNoConnection(`${other}?${query}`, {name: 'crossed', status: [400, 404], code: ['invalid_request', 'not_found', 'app_not_found']});
    }
  });

  test('with parameters doubled, oversized or holding control characters (OA-13)', async () => {
    const url = await arriving('odd');
    const {searchParams} = new URL(url);
    const [code, state] = [searchParams.get('code'), searchParams.get('state')];
    for (const query of [`code=${code}&state=${state}&state=${state}`, `code=${code}&code=${code}&state=${state}`, `code=a%00b&state=${state}`, `code=a%0d%0ab&state=${state}`,
                         `code=&state=${state}`, `state=${state}`, `code=${code}`, `code=${code}&error=x&state=${state}`, `code=${'x'.repeat(6000)}&state=${state}`, `code=%ff&state=${state}&x=%`]) {
      await assertNoConnection(`${app.redirectUrl}?${query}`, {name: 'odd'});
    }
    // 100 KB do not even pass the request line.
    const {statuses} = await rawExchange(gateway.url, [`GET ${new URL(app.redirectUrl).pathname}?code=${'x'.repeat(100_000)}&state=${state} HTTP/1.1\r\nHost: x\r\n\r\n`]);
    assert.deepEqual(statuses, [414]);
    // And after all that, the true one still works.
    assert.equal((await request('GET', url, json)).status, 200);
  });

  test('in a browser the refusal is a page that leaks nothing (OA-12)', async () => {
    const page = await new Browser({gateway: gateway.url}).open(`${app.redirectUrl}?code=abcdefghijkl&state=${'a'.repeat(43)}`);
    assert.equal(page.status, 400);
    assert.match(page.header('content-type'), /^text\/html/);
    assert.ok(!page.text.includes('abcdefghijkl'));
  });

  test('by POST', async () => {
    const answer = await gateway.call('POST', new URL(app.redirectUrl).pathname, {key: null, form: {code: 'x', state: 'y'}});
    assert.equal(answer.status, 405);
  });
});

describe('odd bytes in a path', () => {
  test('are neither a link nor an app', async () => {
    for (const target of ['/connect/%00', '/connect/..%2f..', '/connect/' + 'a'.repeat(5000), '/v1/apps/%00', '/v1/apps/..%2f', '/v1/apps/%ff']) {
      const answer = await gateway.call('GET', target);
      assert.ok([400, 404].includes(answer.status), `${target}: ${answer.status}`);
    }
  });
});
