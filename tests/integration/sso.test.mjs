// Single sign-on with the real binary and a certified OpenID provider: who gets in, and who does not.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';

import {Browser} from '../support/browser.mjs';
import {startGateway} from '../support/gateway.mjs';
import {firstMember} from '../support/member.mjs';
import {startOidcPeer} from '../support/oidc_peer.mjs';
import {secret} from '../support/output.mjs';

const people = {
  'sub-ann': {email: 'ann@acme.example', email_verified: true, name: 'Ann'},
  'sub-bob': {email: 'Bob@acme.example', email_verified: true, name: 'Bob'},
  'sub-claims': {email: 'bob@acme.example', email_verified: true, name: 'Another Bob'},
  'sub-unverified': {email: 'cleo@acme.example', email_verified: false, name: 'Cleo'},
  'sub-stranger': {email: 'eve@elsewhere.example', email_verified: true, name: 'Eve'},
};
const clientSecret = secret('client secret', randomBytes(24).toString('base64url'));

// What the operator keeps is not among what the gateway leaves behind.
const kept = mkdtempSync(path.join(tmpdir(), 'wayleave-sso-'));

let peer;
let gateway;
let ann;
const options = (...more) => {
  const file = path.join(kept, 'client-secret');
  writeFileSync(file, `${clientSecret}\n`, {mode: 0o600});
  return ['--oidc-issuer', peer.url, '--oidc-client-id', 'wayleave', '--oidc-client-secret-file', file,
          '--oidc-name', 'Acme ID', ...more];
};
before(async () => {
  peer = await startOidcPeer({people});
  gateway = await startGateway({egress: [peer.url], args: options()});
  peer.register({
    clientId: 'wayleave', clientSecret, redirectUrl: `${gateway.url}/sso/callback`, authMethod: 'client_secret_basic',
  });
  ann = await firstMember(gateway);
});
after(async () => {
  await gateway?.stop();
  await peer?.stop();
  rmSync(kept, {recursive: true, force: true});
});

/** Goes to the provider and back as that person; stops where the console would begin. */
async function signIn(person, {browser = new Browser({gateway: gateway.url}), returnTo = '/console/apps'} = {}) {
  peer.person = person;
  const answer = await browser.open(`${gateway.url}/sso/start?returnTo=${encodeURIComponent(returnTo)}`, {until: /\/console/});
  secret('session', browser.jar.get(gateway.url)?.get('wayleave_session'));
  const me = async () => (await gateway.call('GET', '/v1/me', {key: null, headers: {cookie: browser.cookies(gateway.url)}}));
  return {answer, browser, me};
}

const turnedDown = (reason) => `${gateway.url}/console/sign-in?error=${reason}`;

test('the sign-in page learns its name', async () => {
  assert.deepEqual((await gateway.call('GET', '/v1/sign-in', {key: null})).json.sso, {name: 'Acme ID'});
});

test('a member is known by a verified address the first time, and by the subject from then on', async () => {
  const {answer, me} = await signIn('sub-ann');
  assert.equal(answer.status, 303, answer.text);
  assert.equal(answer.location, `${gateway.url}/console/apps`);
  const first = (await me()).json;
  assert.equal(first.id, ann.id);
  assert.equal(first.role, 'super_admin');
  assert.ok(first.confirmedUntil);  // just shown who they are
  people['sub-ann'].email = 'ann.married@acme.example';
  const again = await signIn('sub-ann');
  assert.equal((await again.me()).json.id, ann.id);
});

test('PKCE and the redirect are used as agreed', () => {
  const [request] = peer.tokenRequests;
  assert.match(request.code_verifier, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(request.redirect_uri, `${gateway.url}/sso/callback`);
  assert.deepEqual(peer.errors, []);
});

test('somebody invited joins without a password', async () => {
  const invited = await ann.call('POST', '/v1/members', {json: {email: 'bob@acme.example', role: 'developer'}});
  const {me} = await signIn('sub-bob');
  const {id, role, hasPassword} = (await me()).json;
  assert.deepEqual({id, role, hasPassword}, {id: invited.json.id, role: 'developer', hasPassword: false});
  const listed = (await ann.call('GET', '/v1/members')).json.data.find((member) => member.id === id);
  assert.equal(listed.state, 'active');
  assert.equal(listed.sso, true);
});

test('an address that is unverified, linked to somebody else or unknown opens nothing', async () => {
  await ann.call('POST', '/v1/members', {json: {email: 'cleo@acme.example', role: 'viewer'}});
  for (const [person, reason] of [['sub-unverified', 'unverified'], ['sub-claims', 'taken'], ['sub-stranger', 'not_member']]) {
    const {answer, me} = await signIn(person);
    assert.equal(answer.location, turnedDown(reason), person);
    assert.equal((await me()).status, 401, person);
    const [{action, detail}] = (await gateway.call('GET', '/v1/audit?limit=1')).json.data;
    assert.deepEqual({action, detail}, {action: 'session.refused', detail: {method: 'sso', reason}});
  }
});

test('a disabled member stays out', async () => {
  const {id} = (await ann.call('GET', '/v1/members')).json.data.find(({email}) => email === 'bob@acme.example');
  await ann.call('PATCH', `/v1/members/${id}`, {json: {disabled: true}});
  assert.equal((await signIn('sub-bob')).answer.location, turnedDown('disabled'));
  await ann.call('PATCH', `/v1/members/${id}`, {json: {disabled: false}});
  assert.equal((await signIn('sub-bob')).answer.location, `${gateway.url}/console/apps`);
});

test('somebody who is turned down there is told so', async () => {
  const bob = new Browser({gateway: gateway.url});
  const {location} = await bob.open(`${gateway.url}/sso/start`, {until: /\/sso\/callback/});
  const denied = location.replace(/code=[^&]*/, 'error=access_denied');
  assert.equal((await bob.step('GET', denied)).location, turnedDown('denied'));
});

test('the way back works once, and in the browser that set out', async () => {
  peer.person = 'sub-bob';
  const bob = new Browser({gateway: gateway.url});
  const before = await bob.open(`${gateway.url}/sso/start`, {until: /\/sso\/callback/});
  const back = before.location;
  const stranger = await new Browser({gateway: gateway.url}).step('GET', back);
  assert.equal(stranger.location, turnedDown('expired'));
  // Nor in a browser on a trip of its own (login CSRF).
  const eve = new Browser({gateway: gateway.url});
  await eve.open(`${gateway.url}/sso/start`, {until: /\/auth/});
  assert.equal((await eve.step('GET', back)).location, turnedDown('expired'));
  const cookie = bob.cookies(gateway.url);
  assert.equal((await bob.step('GET', back)).location, `${gateway.url}/console/`);
  assert.equal((await bob.step('GET', back, {headers: {cookie}})).location, turnedDown('expired'));
});

test('an answer in the name of another issuer is refused (RFC 9207)', async () => {
  peer.person = 'sub-bob';
  const bob = new Browser({gateway: gateway.url});
  const {location} = await bob.open(`${gateway.url}/sso/start`, {until: /\/sso\/callback/});
  const answer = await bob.step('GET', location.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example'));
  assert.equal(answer.location, turnedDown('failed'));
  assert.equal(answer.header('set-cookie').includes('wayleave_session'), false);
});

test('afterwards the browser goes to the console and nowhere else', async () => {
  for (const returnTo of ['https://evil.example/', '//evil.example', '/console/../x\\y', '/v1/me', '/console\\@evil.example']) {
    const {answer} = await signIn('sub-bob', {returnTo});
    assert.match(answer.location, new RegExp(`^${gateway.url}/console/$`), returnTo);
  }
});

test('who signs in there needs no second factor here', async () => {
  await ann.call('PATCH', '/v1/settings', {json: {requireTotp: true}});
  const {me} = await signIn('sub-bob');
  assert.ok((await me()).json.scopes.includes('proxy'));
  assert.equal((await ann.call('GET', '/v1/apps')).json.code, 'totp_enrolment_required');
});

test('with a default role somebody uninvited joins with it', async () => {
  const open = await startGateway({egress: [peer.url], args: options('--oidc-default-role', 'viewer')});
  try {
    peer.register({
      clientId: 'wayleave', clientSecret, redirectUrl: `${open.url}/sso/callback`, authMethod: 'client_secret_basic',
    });
    peer.person = 'sub-stranger';
    const eve = new Browser({gateway: open.url});
    assert.equal((await eve.open(`${open.url}/sso/start`, {until: /\/console/})).location, `${open.url}/console/`);
    const me = await open.call('GET', '/v1/me', {key: null, headers: {cookie: eve.cookies(open.url)}});
    assert.deepEqual(me.json.scopes, ['read']);
  } finally {
    await open.stop();
  }
});

test('a secret that others can read, or half a configuration, is refused at the start', async () => {
  const file = path.join(kept, 'open');
  writeFileSync(file, clientSecret, {mode: 0o644});
  const readable = await gateway.run(['serve', '--listen', '127.0.0.1:0', '--oidc-issuer', peer.url, '--oidc-client-id', 'x', '--oidc-client-secret-file', file]);
  assert.equal(readable.code, 1);
  assert.match(readable.stderr, /others/);
  const half = await gateway.run(['serve', '--oidc-issuer', peer.url]);
  assert.equal(half.code, 2);
  assert.match(half.stderr, /oidc-client-id/);
});
