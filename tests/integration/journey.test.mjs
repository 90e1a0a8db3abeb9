// The main job end to end: a backend asks for an install link, the customer authorises, and from then
// on the backend calls the provider through the gateway (contract sections 3 and 4).

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {Browser, forms} from '../support/browser.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
let sandbox;
let gateway;
let app;

before(async () => {
  sandbox = await startSandbox({tap: true});
  gateway = await startGateway({sandbox});
  app = await gateway.createApp({slug: 'hbDev', returnOrigins: ['https://saas.example']});
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

function assertPage(answer) {
  assert.match(answer.header('content-type'), /^text\/html; *charset=utf-8$/i);
  assert.match(answer.header('content-security-policy') ?? '', /default-src 'none'/);
  assert.match(answer.header('content-security-policy'), /frame-ancestors 'none'/);
  assert.equal(answer.header('referrer-policy'), 'no-referrer');
  assert.match(answer.header('cache-control'), /no-store/);
  assert.equal(answer.header('x-content-type-options'), 'nosniff');
  assert.doesNotMatch(answer.text, /(src|href|action)\s*=\s*["']?https?:\/\/(?!127\.0\.0\.1)/i);
}

describe('the install link', () => {
  test('registering an app answers its UUID and its redirect URL, never its secret', async () => {
    assert.equal(app.slug, 'hbdev');
    assert.match(app.uuid, uuid);
    assert.equal(app.redirectUrl, `${gateway.url}/hubspot-sandbox/hbdev-${app.uuid}/callback`);
    assert.ok(!('clientSecret' in app));
    const shown = (await gateway.call('GET', '/v1/apps/HBDEV')).json;
    assert.equal(shown.uuid, app.uuid);
    assert.ok(!('clientSecret' in shown));
  });

  for (const provider of ['hubspot', 'hubspot-sandbox']) {
    test(`GET /api/${provider}/auth/hbDev answers the authorize URL (OA-01, OA-05)`, async () => {
      const answer = await request(
          'GET', `${gateway.url}/api/${provider}/auth/hbDev?userForeignIdentifier=user%201`,
          {headers: {authorization: `Bearer ${gateway.admin}`}});
      assert.equal(answer.status, 200);
      assert.match(answer.header('content-type'), /^application\/json/);
      assert.deepEqual(Object.keys(answer.json).sort(), ['UUID', 'url', 'userForeignIdentifier']);
      assert.equal(answer.json.userForeignIdentifier, 'user 1');
      assert.equal(answer.json.UUID, app.uuid);

      const {url} = answer.json;
      assert.ok(url.startsWith(`${sandbox.url}/oauth/authorize?`), url);
      assert.ok(!url.includes('+'), 'a space is %20, not a plus');
      assert.match(url, /[?&]scope=[^&]*oauth%20crm\.objects\.contacts\.read%20/);
      assert.ok(url.includes(`redirect_uri=${encodeURIComponent(app.redirectUrl)}`) ||
                url.toLowerCase().includes(`redirect_uri=${encodeURIComponent(app.redirectUrl)}`.toLowerCase()));
      const query = new URL(url).searchParams;
      assert.equal(query.get('client_id'), 'client-hbdev');
      assert.equal(query.get('redirect_uri'), app.redirectUrl);
      assert.equal(query.get('code_challenge_method'), 'S256');
      assert.match(query.get('code_challenge'), /^[A-Za-z0-9_-]{43}$/);
      assert.match(query.get('state'), /^[A-Za-z0-9_-]{22,}$/);
      assert.ok(!query.get('state').includes('user'));
      for (const name of new Set(query.keys())) {
        assert.equal(query.getAll(name).length, 1, `${name} comes once`);
      }
    });
  }

  test('two flows share neither state nor challenge (OA-01, OA-05)', async () => {
    const seen = new Set();
    for (let i = 0; i < 50; i += 1) {
      const query = new URL(await gateway.authUrl(app, 'user-1')).searchParams;
      seen.add(query.get('state')).add(query.get('code_challenge'));
    }
    assert.equal(seen.size, 100);
  });

  test('redirect=true sends the browser to the provider at once', async () => {
    const answer = await gateway.call(
        'GET', '/api/hubspot/auth/hbdev?userForeignIdentifier=user-1&redirect=true');
    assert.equal(answer.status, 302);
    assert.ok(answer.header('location').startsWith(`${sandbox.url}/oauth/authorize?`));
  });

  test('the redirect URL never follows the request\'s Host (OA-09)', async () => {
    const answer = await gateway.call('GET', '/api/hubspot/auth/hbdev?userForeignIdentifier=u', {
      headers: {'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example'},
    });
    assert.equal(answer.status, 200);
    assert.equal(new URL(answer.json.url).searchParams.get('redirect_uri'), app.redirectUrl);
  });

  test('the whole seed journey works with the calls written as customers write them', async () => {
    const user = 'org-42';
    const start = await gateway.call('GET', `/api/hubspot/auth/hbDev?userForeignIdentifier=${user}`);
    const page = await gateway.authorize(start.json.url);
    assert.equal(page.status, 200);
    assertPage(page);
    const answer = await gateway.call('POST', '/api/hubspot/proxy/hbDev', {
      form: {userForeignIdentifier: user, method: 'GET', url: `${sandbox.url}/crm/v3/objects/contacts`},
    });
    assert.equal(answer.status, 200);
    assert.ok(answer.json.data.results.length > 0);
    assert.ok(answer.json.data.results[0].properties.email);
  });
});

describe('the callback', () => {
  test('answers JSON to a caller that asks for it', async () => {
    const until = /\/callback\?/;
    const before = await gateway.authorize(await gateway.authUrl(app, 'json-user'), {until});
    const answer = await request('GET', before.location, {headers: {accept: 'application/json'}});
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, {message: 'User Registered', userForeignIdentifier: 'json-user'});
  });

  test('sends the browser back to an allow-listed origin with the outcome', async () => {
    const url = await gateway.authUrl(app, 'back user', `&returnUrl=${encodeURIComponent('https://saas.example/done?tab=1')}`);
    const page = await gateway.authorize(url, {until: /^https:\/\/saas\.example\//});
    assert.equal(page.status, 303);
    const back = new URL(page.location);
    assert.equal(back.origin + back.pathname, 'https://saas.example/done');
    assert.equal(back.searchParams.get('tab'), '1');
    assert.equal(back.searchParams.get('status'), 'connected');
    assert.equal(back.searchParams.get('userForeignIdentifier'), 'back user');
    assert.ok(!page.location.includes('code='));
  });

  for (const target of ['//evil.example', 'https://saas.example@evil.example/', 'https://saas.example.evil.example/',
                        'javascript:alert(1)', '\\\\evil.example', 'https://saas.example%0d%0aLocation:x',
                        'http://saas.example/', 'https://saas.example:8443/', '/relative']) {
    test(`returnUrl ${target} is refused (OA-10)`, async () => {
      const answer = await gateway.call(
          'GET', `/api/hubspot/auth/hbdev?userForeignIdentifier=u&returnUrl=${encodeURIComponent(target)}`);
      assert.equal(answer.status, 400);
      assert.equal(answer.json.code, 'invalid_request');
      assert.equal(answer.json.field, 'returnUrl');
      assert.equal(answer.header('location'), undefined);
    });
  }

  test('twenty simultaneous callbacks make one exchange and one success (OA-03)', async () => {
    const before = await gateway.authorize(await gateway.authUrl(app, 'raced'), {until: /\/callback\?/});
    const exchanges = () => sandbox.tap.tokenRequests.filter((form) => form.grant_type === 'authorization_code').length;
    const earlier = exchanges();
    const answers = await Promise.all(Array.from({length: 20}, () => request('GET', before.location, {headers: {accept: 'application/json'}})));
    const statuses = answers.map(({status}) => status).sort();
    assert.deepEqual(statuses, [200, ...Array(19).fill(400)]);
    assert.equal(exchanges() - earlier, 1);
  });

  test('a denied consent shows the reason as text and ends the flow (OA-11)', async () => {
    const state = new URL(await gateway.authUrl(app, 'denier')).searchParams.get('state');
    const callback = `${app.redirectUrl}?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E&state=${state}`;
    const browser = new Browser({gateway: gateway.url});
    const page = await browser.open(callback);
    assert.equal(page.status, 400);
    assertPage(page);
    assert.ok(!page.text.includes('<script>alert'));
    const again = await browser.open(`${app.redirectUrl}?code=late&state=${state}`);
    assert.equal(again.status, 400);
    assert.equal(await gateway.connection(app, 'denier'), undefined);
  });

  test('a denied consent returns to the allow-listed origin with status=denied', async () => {
    const url = await gateway.authUrl(app, 'denier', `&returnUrl=${encodeURIComponent('https://saas.example/x')}`);
    const state = new URL(url).searchParams.get('state');
    const answer = await request('GET', `${app.redirectUrl}?error=access_denied&state=${state}`);
    assert.equal(answer.status, 303);
    assert.equal(new URL(answer.header('location')).searchParams.get('status'), 'denied');
  });

  test('connecting again with the same account keeps the connection\'s id', async () => {
    const first = await gateway.connect(app, 'twice');
    const second = await gateway.connect(app, 'twice', {account: first.externalAccount});
    assert.equal(second.id, first.id);
    assert.equal(second.state, 'active');
    assert.ok(second.updatedAt > first.updatedAt);
  });

  test('connecting again with another account is refused and the old grant stays (OA-25)', async () => {
    const first = await gateway.connect(app, 'moved');
    const answer = await gateway.tryToConnect(app, 'moved');
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.json.code, 'account_mismatch');
    assert.deepEqual(await gateway.connection(app, 'moved'), first);
    assert.equal((await gateway.proxy('GET', app, 'moved', '/crm/v3/objects/contacts?limit=1')).status, 200);
  });

  test('the connection knows whose account it is and what was granted (OA-21)', async () => {
    const connection = await gateway.connect(app, 'known');
    assert.match(String(connection.externalAccount), /^\d+$/);
    assert.ok(connection.grantedScopes.includes('crm.objects.contacts.read'));
    assert.equal(connection.user, 'known');
    assert.match(connection.createdAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
});

describe('the hosted link', () => {
  test('shows what is asked for, sends the customer on, and works once', async () => {
    const made = await gateway.call('POST', '/v1/install-links', {json: {app: 'hbDev', user: 'hosted user'}});
    assert.ok(made.status === 201 || made.status === 200, made.text);
    const link = made.json;
    assert.ok(link.url.startsWith(`${gateway.url}/connect/`), link.url);
    assert.ok(link.authorizeUrl.startsWith(`${sandbox.url}/oauth/authorize?`));
    assert.ok(new Date(link.expiresAt) > new Date());
    assert.ok(link.id);

    const browser = new Browser({gateway: gateway.url});
    const page = await browser.open(link.url);
    assert.equal(page.status, 200);
    assertPage(page);
    assert.match(page.text, /HubSpot/);
    assert.equal(forms(page.text).length >= 1, true, 'a button to go on');
    const done = await browser.submit(page);
    assert.equal(done.status, 200, done.text);
    assert.equal((await gateway.connection(app, 'hosted user')).state, 'active');
    const again = await browser.open(link.url);
    assert.equal(again.status, 410);
    assertPage(again);
  });

  test('an unknown link is not found', async () => {
    const page = await new Browser({gateway: gateway.url}).open(`${gateway.url}/connect/nothing-here`);
    assert.equal(page.status, 404);
    assertPage(page);
  });

  test('a bound flow completes in the browser that began it and in no other (OA-02)', async () => {
    const bound = await gateway.createApp({slug: 'bound', browserBinding: 'required'});
    const start = await gateway.call('GET', '/api/hubspot/auth/bound?userForeignIdentifier=b');
    assert.ok(start.json.url.startsWith(`${gateway.url}/connect/`), start.json.url);
    const own = new Browser({gateway: gateway.url});
    const before = await own.submit(await own.open(start.json.url), {until: /\/callback\?/});
    const stranger = await new Browser({gateway: gateway.url}).open(before.location);
    assert.equal(stranger.status, 400);
    assert.equal(await gateway.connection(bound, 'b'), undefined);

    const second = await gateway.call('GET', '/api/hubspot/auth/bound?userForeignIdentifier=b');
    const done = await own.submit(await own.open(second.json.url));
    assert.equal(done.status, 200, done.text);
    assert.equal((await gateway.connection(bound, 'b')).state, 'active');
  });
});

describe('the envelope proxy', () => {
  const user = 'envelope user';
  before(() => gateway.connect(app, user));

  for (const endpoint of ['/api/hubspot/proxy/hbDev', '/api/hubspot-sandbox/proxy/hbdev', '/api/raw/hbDev']) {
    for (const kind of ['form', 'json']) {
      for (const method of ['GET', 'get']) {
        for (const absolute of [true, false]) {
          test(`POST ${endpoint}: ${kind}, ${method}, ${absolute ? 'absolute URL' : 'path'}`, async () => {
            const url = `${absolute ? sandbox.url : ''}/crm/v3/objects/contacts?limit=2&properties=email,firstname`;
            const answer = await gateway.call('POST', endpoint, {[kind]: {userForeignIdentifier: user, method, url}});
            assert.equal(answer.status, 200, answer.text);
            assert.deepEqual(Object.keys(answer.json), ['data']);
            assert.equal(answer.json.data.results.length, 2);
            assert.ok(answer.header('x-hubspot-ratelimit-remaining'), 'rate-limit headers arrive');
            assert.equal(answer.header('wayleave-error'), undefined);
          });
        }
      }
    }
  }

  for (const [name, body] of [['a JSON object', {properties: {email: 'made.1@example.com'}}],
                              ['a string', JSON.stringify({properties: {email: 'made.2@example.com'}})]]) {
    test(`a POST with a body given as ${name} creates the contact`, async () => {
      const answer = await gateway.call('POST', '/api/raw/hbdev', {
        json: {userForeignIdentifier: user, method: 'post', url: '/crm/v3/objects/contacts', body,
               headers: {'Content-Type': 'application/json'}},
      });
      assert.equal(answer.status, 201, answer.text);
      assert.match(answer.json.data.id, /^\d+$/);
    });
  }

  test('headers may be a string holding a JSON object, as forms can say no other', async () => {
    const answer = await gateway.call('POST', '/api/raw/hbdev', {
      form: {userForeignIdentifier: user, method: 'PUT', url: '/_sandbox/echo/x?a=1', body: 'hello',
             headers: JSON.stringify({'X-Mine': 'yes', 'Content-Type': 'text/plain'})},
    });
    assert.equal(answer.status, 200, answer.text);
    const {method, headers, bodyBytes} = answer.json.data;
    assert.equal(method, 'PUT');
    assert.equal(headers['x-mine'] ?? headers['X-Mine'], 'yes');
    assert.equal(bodyBytes, 5);
  });

  test('the provider\'s own error keeps its status and is not ours', async () => {
    const answer = await gateway.call('POST', '/api/raw/hbdev', {
      json: {userForeignIdentifier: user, method: 'GET', url: '/crm/v3/objects/contacts/999999999999'},
    });
    assert.equal(answer.status, 404);
    assert.equal(answer.header('wayleave-error'), undefined);
    assert.equal(answer.json.data.category, 'OBJECT_NOT_FOUND');
  });
});

describe('users of an app', () => {
  test('are listed, looked up and deleted, and deleting revokes at the provider (OA-22)', async () => {
    const fleet = await gateway.createApp({slug: 'fleet'});
    await gateway.connect(fleet, 'a');
    await gateway.connect(fleet, 'b/ä 2');
    const listed = await gateway.call('GET', '/api/saas-org-user/get-users/FLEET?page=1');
    assert.equal(listed.status, 200);
    const users = listed.json.userForeignIdentifiers;
    assert.deepEqual(users.map((entry) => entry.userForeignIdentifier).sort(), ['a', 'b/ä 2']);
    for (const entry of users) {
      assert.deepEqual(Object.keys(entry).sort(), ['createdAt', 'id', 'status', 'updatedAt', 'userForeignIdentifier']);
    }
    const query = `userForeignIdentifier=${encodeURIComponent('b/ä 2')}`;
    const one = await gateway.call('GET', `/api/saas-org-user/get-user/fleet?${query}`);
    assert.deepEqual(one.json, {connected: true, data: 'b/ä 2'});
    const none = await gateway.call('GET', '/api/saas-org-user/get-user/fleet?userForeignIdentifier=zz');
    assert.deepEqual(none.json, {connected: false, data: 'zz'});

    const gone = await gateway.call('DELETE', `/api/saas-org-user/delete-user/fleet?${query}`);
    assert.equal(gone.status, 200, gone.text);
    assert.equal(gone.json.userForeignIdentifier, 'b/ä 2');
    assert.equal(gone.json.appSlug, 'fleet');
    assert.equal(typeof gone.json.message, 'string');
    const {requests} = await sandbox.stats();
    assert.ok(Object.keys(requests).some((name) => /revoke|refresh-tokens/.test(name)), JSON.stringify(requests));
    const left = await gateway.call('GET', '/api/saas-org-user/get-users/fleet');
    assert.deepEqual(left.json.userForeignIdentifiers.map((entry) => entry.userForeignIdentifier), ['a']);
    const called = await gateway.proxy('GET', fleet, 'b/ä 2', '/crm/v3/objects/contacts');
    assert.equal(called.status, 404);
    assert.equal(called.json.code, 'connection_not_found');
  });

  test('a deleted user can be named in a form body as well', async () => {
    const fleet = await gateway.createApp({slug: 'fleet2'});
    await gateway.connect(fleet, 'x');
    const gone = await gateway.call('DELETE', '/api/saas-org-user/delete-user/fleet2', {form: {userForeignIdentifier: 'x'}});
    assert.equal(gone.status, 200, gone.text);
    assert.equal(await gateway.connection(fleet, 'x'), undefined);
  });
});

describe('keys', () => {
  test('client_credentials gives a token that works like its key', async () => {
    const made = await gateway.createKey('proxy,connect,read');
    const answer = await gateway.call('POST', '/api/oauth/token', {
      key: null, form: {client_id: made.id, client_secret: made.key, grant_type: 'client_credentials'},
    });
    assert.equal(answer.status, 200, answer.text);
    const {access_token: token, expires_in: expiresIn, token_type: type} = answer.json;
    assert.equal(type, 'Bearer');
    assert.ok(expiresIn > 0);
    assert.match(answer.header('cache-control'), /no-store/);
    assert.equal((await gateway.call('GET', '/v1/connections', {key: token})).status, 200);
    assert.equal((await gateway.call('POST', '/v1/apps', {key: token, json: {}})).status, 403);
    const wrong = await gateway.call('POST', '/api/oauth/token', {
      key: null, form: {client_id: made.id, client_secret: `${made.key}x`, grant_type: 'client_credentials'},
    });
    assert.equal(wrong.status, 401);

    assert.equal((await gateway.run(['key', 'revoke', made.id])).code, 0);
    // A running server notices within a second (contract section 2, AK-04).
    const deadline = Date.now() + 2_000;
    let status = 200;
    while (status === 200 && Date.now() < deadline) {
      ({status} = await gateway.call('GET', '/v1/connections', {key: token}));
    }
    assert.equal(status, 401, 'the token dies with its key');
  });

  test('Basic with the key\'s id works, with another id it does not', async () => {
    const made = await gateway.createKey('read');
    const basic = (id) => `Basic ${Buffer.from(`${id}:${made.key}`).toString('base64')}`;
    const good = await gateway.call('GET', '/v1/me', {key: null, headers: {authorization: basic(made.id)}});
    assert.equal(good.status, 200, good.text);
    const other = await gateway.call('GET', '/v1/me', {key: null, headers: {authorization: basic('someone-else')}});
    assert.equal(other.status, 401);
  });

  test('a token is revealed only to a key with that scope (VT-10)', async () => {
    const connection = await gateway.connect(app, 'revealed');
    const plain = await gateway.createKey('proxy,connect,read,manage');
    const refused = await gateway.call('GET', `/v1/connections/${connection.id}/token`, {key: plain.key});
    assert.equal(refused.status, 403);
    const shown = await gateway.call('GET', `/v1/connections/${connection.id}/token`);
    assert.equal(shown.status, 200, shown.text);
    assert.match(shown.header('cache-control'), /no-store/);
    const audit = await gateway.call('GET', '/v1/audit');
    assert.ok(audit.json.data.some(({action}) => action === 'token.revealed'), audit.text);
  });
});

describe('the server itself', () => {
  test('says that it is well', async () => {
    for (const path of ['/healthz', '/readyz']) {
      assert.equal((await gateway.call('GET', path, {key: null})).status, 200);
    }
    const metrics = await gateway.call('GET', '/metrics', {key: null});
    assert.equal(metrics.status, 200);
    assert.match(metrics.text, /^# TYPE wayleave_/m);
  });

  test('a clean stop finishes with exit code 0 and a restart knows everything', async () => {
    const connection = await gateway.connect(app, 'survivor');
    const {code, signal} = await gateway.stop();
    assert.equal(code, 0, `ended by ${signal}`);
    await gateway.start();
    assert.deepEqual(await gateway.connection(app, 'survivor'), connection);
    const answer = await gateway.proxy('GET', app, 'survivor', '/crm/v3/objects/contacts?limit=1');
    assert.equal(answer.status, 200);
  });
});
