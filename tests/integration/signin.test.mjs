// People sign in to the real binary: set-up link, sessions, roles, throttling (AD-01, AD-02, AD-03, DS-09).

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {startGateway} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {Member, firstMember, password, setUpToken} from '../support/member.mjs';
import {runOnce} from '../support/process.mjs';
import {openStore} from '../support/store.mjs';
import {totp} from '../support/totp.mjs';
import {eventually} from '../support/wait.mjs';

let gateway;
let ann;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());

test('AD-02: at first nobody can sign in, and the printed link makes the first member once', async () => {
  for (const [email, entered] of [['admin@admin.admin', 'admin'], ['admin@localhost', 'wayleave']]) {
    assert.equal((await new Member(gateway, email).signIn({password: entered})).status, 401);
  }
  assert.equal((await gateway.call('GET', '/v1/sign-in', {key: null})).json.membersExist, false);
  const token = setUpToken(gateway);
  ann = await firstMember(gateway);
  assert.equal((await ann.call('GET', '/v1/me')).json.role, 'super_admin');
  assert.equal((await new Member(gateway, 'eve@acme.example').accept(token, {first: true})).status, 404);
  assert.equal((await gateway.call('GET', '/v1/sign-in', {key: null})).json.membersExist, true);
});

test('AD-02: passwords are stored as Argon2id', () => {
  if (process.env.WAYLEAVE_TEST_DATABASE) return;  // looks into the SQLite file
  const store = openStore(gateway);
  const {password} = store.prepare('SELECT password FROM member').get();
  store.close();
  const memory = Number(/^\$argon2id\$v=19\$m=(\d+),t=\d+,p=1\$/.exec(password)?.[1]);
  assert.ok(memory >= 19 * 1024, password.slice(0, 30));
});

test('AD-01: a session that was planted or ended is worth nothing', async () => {
  const before = ann.cookie;
  assert.equal((await ann.signIn()).status, 200);
  assert.notEqual(ann.cookie, before);
  const replay = (cookie) => request('GET', `${gateway.url}/v1/me`, {headers: {cookie}});
  assert.equal((await replay(before)).status, 401);
  const ended = ann.cookie;
  assert.equal((await ann.call('DELETE', '/v1/session')).status, 204);
  assert.equal((await replay(ended)).status, 401);
  assert.equal((await ann.signIn()).status, 200);
});

test('AD-03: the cookie alone changes nothing', async () => {
  const json = {name: 'stolen', scopes: ['read']};
  const attempts = [
    {console: false}, {headers: {origin: 'https://evil.example'}}, {headers: {origin: 'null'}},
    {headers: {'sec-fetch-site': 'cross-site'}},
  ];
  for (const attempt of attempts) {
    const answer = await ann.call('POST', '/v1/keys', {json, ...attempt});
    assert.equal(answer.status, 403);
    assert.equal(answer.json.code, 'csrf');
  }
  // As a form of another page would send it.
  const form = await request('POST', `${gateway.url}/v1/keys`, {form: json, headers: {cookie: ann.cookie}});
  assert.equal(form.status, 403);
  assert.equal((await gateway.call('GET', '/v1/keys')).json.data.filter(({name}) => name === 'stolen').length, 0);
});

test('a restart keeps sessions, and prints no set-up link any more', async () => {
  await gateway.restart();
  assert.equal((await ann.call('GET', '/v1/me')).status, 200);
  assert.doesNotMatch(gateway.server.errors(), /welcome#/);
});

test('nobody gives more than they have, or touches who has more', async () => {
  const bob = await ann.invite('bob@acme.example', 'admin');
  const cleo = await bob.invite('cleo@acme.example', 'viewer');
  assert.equal((await bob.call('POST', '/v1/members', {json: {email: 'x@acme.example', role: 'super_admin'}})).status, 403);
  assert.equal((await bob.call('PATCH', `/v1/members/${cleo.id}`, {json: {role: 'super_admin'}})).status, 403);
  for (const [method, target, json] of [
    ['PATCH', `/v1/members/${ann.id}`, {disabled: true}], ['DELETE', `/v1/members/${ann.id}`],
    ['POST', `/v1/members/${ann.id}/invitation`],
  ]) {
    assert.equal((await bob.call(method, target, {json})).status, 403, `${method} ${target}`);
  }
  assert.equal((await ann.call('PATCH', `/v1/members/${ann.id}`, {json: {role: 'viewer'}})).status, 409);
  assert.equal((await ann.call('DELETE', `/v1/members/${ann.id}`)).status, 409);
  assert.equal((await cleo.call('GET', '/v1/apps')).status, 200);
  assert.equal((await cleo.call('POST', '/v1/keys', {json: {name: 'x', scopes: ['read']}})).status, 403);
});

test('a second factor is set up with an app, asked for, and a code works once', async () => {
  const dan = await ann.invite('dan@acme.example', 'developer');
  const {secret} = (await dan.call('POST', '/v1/me/totp')).json;
  const done = await dan.call('POST', '/v1/me/totp/confirm', {json: {code: totp(secret)}});
  assert.equal(done.status, 200, done.text);
  const {recoveryCodes} = done.json;
  assert.equal(new Set(recoveryCodes).size, 10);
  assert.equal((await dan.signIn()).json.code, 'code_required');
  const next = totp(secret, 1);
  assert.equal((await dan.signIn({code: next})).status, 200);
  assert.equal((await dan.signIn({code: next})).json.code, 'code_required');
  assert.equal((await dan.signIn({code: recoveryCodes[0]})).status, 200);
  assert.equal((await dan.call('GET', '/v1/me')).json.recoveryCodesLeft, 9);
});

test('a call token works on the data plane and dies with the session within a second', async () => {
  const eli = await ann.invite('eli@acme.example', 'developer');
  const {token} = (await eli.call('POST', '/v1/session/call-token')).json;
  // The app is not there, and the answer says so to whoever may ask.
  const probe = async () => (await gateway.call('GET', '/proxy/nowhere/x', {key: token, headers: {'wayleave-user': 'u'}})).status;
  assert.equal(await probe(), 404);
  assert.equal((await gateway.call('GET', '/v1/apps', {key: token})).status, 403);
  assert.equal((await eli.call('DELETE', '/v1/session')).status, 204);
  await eventually('the token is dead', async () => (await probe()) === 401, {timeout: 1000});
});

test('wayleave member works on the data folder and against the server', async () => {
  const made = await gateway.run(['member', 'create', '--email', 'fay@acme.example', '--role', 'viewer', '--json'], {reveals: true});
  assert.equal(made.code, 0, made.stderr);
  const {id, invitationUrl} = JSON.parse(made.stdout);
  assert.ok(invitationUrl.startsWith(`${gateway.url}/console/welcome#`));
  const fay = new Member(gateway, 'fay@acme.example');
  assert.equal((await fay.accept(invitationUrl.split('#')[1])).status, 200);
  const {key} = await gateway.createKey('manage,read,connect,proxy');
  const remote = (args) => runOnce([...args, '--server', gateway.url], {env: {WAYLEAVE_KEY: key}});
  const changed = await remote(['member', 'update', 'FAY@acme.example', '--role', 'developer', '--json']);
  assert.equal(changed.code, 0, changed.stderr);
  assert.equal(JSON.parse(changed.stdout).role, 'developer');
  // A key gives no more than it has, and does not touch who has more.
  for (const args of [['member', 'update', 'fay@acme.example', '--role', 'super_admin'], ['member', 'delete', ann.email]]) {
    const refused = await remote(args);
    assert.equal(refused.code, 1, refused.stdout);
    assert.match(refused.stderr, /role/);
  }
  const listed = await gateway.run(['member', 'list']);
  assert.match(listed.stdout, /fay@acme\.example +fay +developer +active/);
  assert.equal((await gateway.run(['member', 'update', id, '--disable'])).code, 0);
  assert.equal((await fay.call('GET', '/v1/me')).status, 401);
  assert.equal((await gateway.run(['member', 'delete', 'fay@acme.example'])).code, 0);
  const gone = await gateway.run(['member', 'invite', 'fay@acme.example']);
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, /no member has the address/);
});

test('LG-02: what people do is in the audit trail, without anything secret', async () => {
  const {json} = await gateway.call('GET', '/v1/audit?limit=200');
  const actions = new Set(json.data.map(({action}) => action));
  for (const action of ['setup_link.made', 'member.joined', 'session.created', 'session.refused', 'session.ended', 'member.created',
                        'member.changed', 'member.deleted', 'totp.enrolled', 'recovery_code.used', 'token.issued']) {
    assert.ok(actions.has(action), `${action} in ${[...actions].join()}`);
  }
  const changes = json.data.filter(({action}) => action === 'member.changed');
  assert.ok(changes.some(({detail}) => detail.before.role === 'viewer' && detail.after.role === 'developer'));
  const signIn = json.data.find(({action}) => action === 'session.created');
  assert.equal(signIn.actor.kind, 'member');
  assert.match(signIn.actor.name, /@acme\.example$/);
  for (const hidden of [password, ann.cookie.split('=')[1], 'argon2id']) assert.ok(!JSON.stringify(json).includes(hidden));
});

test('DS-09: a thousand wrong passwords are stopped, the right one from elsewhere is not', async () => {
  const eve = new Member(gateway, ann.email);
  const answers = [];
  for (let i = 0; i < 1000; i += 1) answers.push(await eve.signIn({password: `wrong password ${i}`}));
  const stopped = answers.filter(({status}) => status === 429);
  assert.ok(stopped.length >= 980, String(stopped.length));
  assert.ok(stopped.every((answer) => Number(answer.header('retry-after')) >= 1));
  assert.ok(answers.every(({status}) => status === 401 || status === 429));
  assert.equal((await eve.signIn()).status, 429);
  const elsewhere = new Member(gateway, ann.email);
  assert.equal((await elsewhere.signIn({localAddress: '127.0.0.2'})).status, 200);
});
