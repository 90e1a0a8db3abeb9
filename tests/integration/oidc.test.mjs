// A certified OpenID provider as a custom `oauth2` provider, configured entirely from the app's
// settings: PKCE required, `iss` sent, refresh tokens rotate and a spent one kills its family.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {startGateway} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {startOidcPeer} from '../support/oidc_peer.mjs';
import {secret} from '../support/output.mjs';
import {eventually} from '../support/wait.mjs';

let gateway;
let peers = [];

async function startPeer(options) {
  const peer = await startOidcPeer(options);
  peers.push(peer);
  return peer;
}

// An app at that peer. The secret is hard to spell on purpose (OA-17).
async function registerAt(peer, slug, {settings = {}, authMethod} = {}) {
  const client = {clientId: `client ${slug}`, clientSecret: secret('client secret', `p:a%s+&="/${slug} secret`)};
  const app = await gateway.createApp({
    slug, provider: 'oauth2', scopes: ['openid', 'email'], ...client,
    settings: {...peer.settings, ...settings},
  });
  peer.register({...client, redirectUrl: app.redirectUrl, authMethod});
  return app;
}

let peer;
before(async () => {
  // Ports are known before the gateway starts: what it may dial is said by name (PX-05).
  peer = await startPeer();
  const short = await startPeer({firstLife: 1, life: 600});
  const basic = await startPeer();
  const mixed = await startPeer();
  gateway = await startGateway({egress: [peer.url, short.url, basic.url, mixed.url]});
});
after(async () => {
  await gateway?.stop();
  await Promise.all(peers.map((each) => each.stop()));
});

test('a customer connects with PKCE and iss, and userinfo answers through the proxy', async () => {
  const app = await registerAt(peer, 'oidc');
  const connection = await gateway.connect(app, 'alice');
  assert.equal(connection.state, 'active', peer.errors.join('\n'));
  assert.match(peer.tokenRequests[0].code_verifier, /^[A-Za-z0-9._~-]{43,128}$/);
  const answer = await gateway.proxy('GET', app, 'alice', '/me');
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json, {sub: 'customer-1', email: 'customer-1@example.com'});
});

test('client_secret_basic form-encodes the id and the secret first (OA-17)', async () => {
  const basic = peers[2];
  const app = await registerAt(basic, 'oidc-basic', {
    settings: {clientAuth: 'basic'}, authMethod: 'client_secret_basic',
  });
  const connection = await gateway.connect(app, 'bob');
  assert.equal(connection.state, 'active');
  assert.equal((await gateway.proxy('GET', app, 'bob', '/me')).status, 200);
});

test('a hundred calls over an expired token cause exactly one refresh (TK-01)', async () => {
  const short = peers[1];
  const app = await registerAt(short, 'oidc-short');
  const {id} = await gateway.connect(app, 'crowd');
  const connection = (await gateway.call('GET', `/v1/connections/${id}`)).json;
  // The only way to an expired token of a real provider is its real life of one second.
  await eventually('the token has expired', () => Date.now() > Date.parse(connection.expiresAt) + 50);
  const answers = await Promise.all(
      Array.from({length: 100}, () => gateway.proxy('GET', app, 'crowd', '/me')));
  assert.deepEqual([...new Set(answers.map(({status}) => status))], [200], answers.find(({status}) => status !== 200)?.text);
  assert.equal(short.refreshes, 1);
  assert.equal(short.familiesRevoked, 0);
});

test('each rotated refresh token is used once, ten times over (TK-13)', async () => {
  const app = (await gateway.call('GET', '/v1/apps/oidc')).json;
  const {id} = await gateway.connect(app, 'rotator');
  const before = peer.refreshes;
  for (let i = 0; i < 10; i += 1) {
    const answer = await gateway.call('POST', `/v1/connections/${id}/refresh`);
    assert.equal(answer.status, 200, answer.text);
  }
  assert.equal(peer.refreshes - before, 10);
  assert.equal(peer.familiesRevoked, 0);
  const used = peer.tokenRequests.map((form) => form.refresh_token).filter(Boolean);
  assert.equal(new Set(used).size, used.length, 'no refresh token was presented twice');
  assert.equal((await gateway.proxy('GET', app, 'rotator', '/me')).status, 200);
});

describe('mix-up defence (OA-07)', () => {
  let mixed;
  let app;
  before(async () => {
    mixed = peers[3];
    app = await registerAt(mixed, 'oidc-mixed');
  });

  const tamperings = {
    'another issuer': (url) => url.searchParams.set('iss', 'https://evil.example'),
    'a trailing slash': (url) => url.searchParams.set('iss', `${url.searchParams.get('iss')}/`),
    'two issuers': (url) => url.searchParams.append('iss', url.searchParams.get('iss')),
    'an empty issuer': (url) => url.searchParams.set('iss', ''),
  };
  for (const [name, tamper] of Object.entries(tamperings)) {
    test(`a callback with ${name} is refused before any token request`, async () => {
      const before = await gateway.authorize(await gateway.authUrl(app, 'mallory'), {until: /\/callback\?/});
      const url = new URL(before.location);
      tamper(url);
      const earlier = mixed.tokenRequests.length;
      const answer = await request('GET', url.href, {headers: {accept: 'application/json'}});
      assert.equal(answer.status, 400, answer.text);
      assert.equal(mixed.tokenRequests.length, earlier);
      assert.equal(await gateway.connection(app, 'mallory'), undefined);
    });
  }

  test('a good code on another app\'s callback path is refused (OA-08)', async () => {
    const other = (await gateway.call('GET', '/v1/apps/oidc')).json;
    const before = await gateway.authorize(await gateway.authUrl(app, 'mallory'), {until: /\/callback\?/});
    const query = before.location.split('?')[1];
    const answer = await request('GET', `${other.redirectUrl}?${query}`);
    assert.equal(answer.status, 400);
    assert.equal(await gateway.connection(app, 'mallory'), undefined);
    assert.equal(await gateway.connection(other, 'mallory'), undefined);
  });
});

test('a spent refresh token is answered with reauthorization_required, and connecting again heals', async () => {
  const app = (await gateway.call('GET', '/v1/apps/oidc')).json;
  const {id} = await gateway.connect(app, 'victim');
  await gateway.call('POST', `/v1/connections/${id}/refresh`);
  // A thief presents the token that was just spent: the provider revokes the whole family.
  const spent = peer.tokenRequests.at(-1).refresh_token;
  await request('POST', `${peer.url}/token`, {form: {
    grant_type: 'refresh_token', refresh_token: spent,
    client_id: peer.tokenRequests.at(-1).client_id, client_secret: peer.tokenRequests.at(-1).client_secret,
  }});
  assert.equal(peer.familiesRevoked, 1);
  const refreshed = await gateway.call('POST', `/v1/connections/${id}/refresh`);
  assert.equal(refreshed.status, 409, refreshed.text);
  assert.equal(refreshed.json.code, 'reauthorization_required');
  assert.equal((await gateway.connection(app, 'victim')).state, 'needs_reauthorization');
  const called = await gateway.proxy('GET', app, 'victim', '/me');
  assert.equal(called.status, 409);
  assert.equal(called.json.code, 'reauthorization_required');
  await gateway.connect(app, 'victim');
  assert.equal((await gateway.proxy('GET', app, 'victim', '/me')).status, 200);
});
