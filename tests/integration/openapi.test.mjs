// api/openapi.yaml is true: what it documents is answered so, and what is answered is documented. (The
// harness besides checks every answer of every other test against it.)

import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {firstMember, setUpToken} from '../support/member.mjs';
import {checkAnswer, document, operations} from '../support/openapi.mjs';
import {root} from '../support/output.mjs';
import {totp} from '../support/totp.mjs';
import {eventually} from '../support/wait.mjs';

let sandbox;
let gateway;
before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

test('the server serves the very document', async () => {
  const answer = await gateway.call('GET', '/openapi.json', {key: null});
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json, document);
});

test('every operation answers as documented', async () => {
  const call = async (method, target, options) => {
    const answer = await gateway.call(method, target, options);
    assert.ok(answer.status < 400, `${method} ${target}: ${answer.status} ${answer.text}`);
    return answer;
  };
  const seen = gateway.seen;
  const app = await gateway.createApp({slug: 'toured', optionalScopes: ['tickets'], returnOrigins: ['https://saas.example']});
  const user = 'toured user';
  const named = `userForeignIdentifier=${encodeURIComponent(user)}`;
  const {id} = await gateway.connect(app, user);
  const json = {userForeignIdentifier: user, method: 'GET', url: '/crm/v3/objects/contacts?limit=1'};
  const {key, ...made} = (await call('POST', '/v1/keys', {json: {name: 'toured', scopes: ['read'], expiresIn: 60}})).json;
  await call('GET', '/v1/keys');
  await call('POST', '/api/oauth/token', {key: null, form: {grant_type: 'client_credentials', client_id: made.id, client_secret: key}});
  await call('PATCH', `/v1/keys/${made.id}`, {json: {name: 'toured again'}});
  const rotated = await request('POST', `${gateway.url}/v1/keys/${made.id}/rotate`, {json: {}, headers: {authorization: `Bearer ${gateway.admin}`}});
  seen.add(checkAnswer('POST', `/v1/keys/${made.id}/rotate`, rotated));
  assert.equal(rotated.status, 201);
  await call('DELETE', `/v1/keys/${rotated.json.id}`);
  await call('GET', '/v1/audit/export?format=jsonl');
  await call('POST', '/v1/audit/verify');
  for (const target of ['/v1/providers?limit=1', '/v1/providers/hubspot', '/v1/apps?limit=1', '/v1/apps/toured', '/v1/connections?app=toured', `/v1/connections/${id}`, '/v1/connections/summary', `/v1/connections/${id}/history`, '/v1/requests/summary',
                        `/v1/connections/${id}/token?minValidity=60`, '/v1/audit?limit=200', '/v1/requests?limit=200', '/v1/me', '/v1/health', '/healthz', '/readyz', '/metrics', '/openapi.json',
                        '/api/saas-org-user/get-users/toured', `/api/saas-org-user/get-user/toured?${named}`]) {
    await call('GET', target);
  }
  await gateway.proxy('GET', app, user, '/crm/v3/objects/contacts?limit=1');
  const [logged] = await eventually('the call is in the log', async () => {
    const {data} = (await call('GET', '/v1/requests?app=toured')).json;
    return data.length > 0 && data;
  });
  await call('GET', `/v1/requests/${logged.id}`);
  await call('POST', `/v1/connections/${id}/refresh`);
  await call('PATCH', '/v1/apps/toured', {json: {returnOrigins: []}});
  for (const endpoint of ['/api/raw/toured', '/api/hubspot/proxy/toured']) {
    const answer = await call('POST', endpoint, {json});
    seen.add(checkAnswer('POST', endpoint, answer));
  }

  // The browser's part.
  const link = (await call('POST', '/v1/install-links', {json: {app: 'toured', user: 'by link', expiresIn: 600}})).json;
  const target = link.url.slice(gateway.url.length);
  await call('GET', target, {key: null});
  const sent = await call('POST', target, {key: null, headers: {origin: gateway.url}});
  const cookie = sent.header('set-cookie').split(';')[0];
  const before = await gateway.authorize(sent.header('location'), {until: /\/callback\?/});
  const back = before.location.slice(gateway.url.length);
  const landed = await call('GET', back, {key: null, headers: {accept: 'text/html', cookie}});
  assert.equal(landed.status, 303, landed.text);
  await call('GET', landed.header('location').slice(gateway.url.length), {key: null, headers: {accept: 'text/html'}});

  await tourOfMembers(call);

  // A page that holds the link, and a customer who thinks again.
  await call('PATCH', '/v1/apps/toured', {json: {returnOrigins: ['https://saas.example'], appearance: {companyName: 'Toured'}}});
  const other = (await call('POST', '/v1/install-links', {json: {app: 'toured', user: 'by window', expiresIn: 600}})).json;
  const page = other.url.slice(gateway.url.length);
  const asked = await call('POST', page, {key: null});
  const kept = asked.header('set-cookie').split(';')[0];
  const denied = new URL(asked.header('location'));
  const no = new URL(denied.searchParams.get('redirect_uri'));
  no.search = new URLSearchParams({error: 'access_denied', state: denied.searchParams.get('state')});
  const refused = await gateway.call('GET', `${no.pathname}${no.search}`, {key: null, headers: {accept: 'text/html', cookie: kept}});
  const [, again] = /action="([^"]+)"/.exec(refused.text);
  await call('POST', again, {key: null, headers: {cookie: kept}});
  await call('GET', `${page}/status`, {key: null, headers: {origin: 'https://saas.example'}});
  await call('GET', '/connect.js', {key: null});
  await call('GET', '/connect/result.js', {key: null});

  await call('DELETE', `/api/saas-org-user/delete-user/toured?${named}`);
  await call('DELETE', `/v1/connections/${(await gateway.connection(app, 'by link')).id}`);
  await call('DELETE', '/v1/apps/toured');
  const missing = operations.map(({name}) => name).filter((name) => !seen.has(name) && !/ \/proxy\//.test(name));
  assert.deepEqual(missing, []);
});

/** What people do, each once. */
async function tourOfMembers(call) {
  await call('GET', '/v1/sign-in', {key: null});
  for (const target of ['/sso/start', '/sso/callback']) await gateway.call('GET', target, {key: null});  // not set up here
  await call('POST', '/v1/invitations/view', {key: null, json: {token: setUpToken(gateway)}});
  const ann = await firstMember(gateway);
  const bob = await ann.invite('bob@acme.example', 'developer');
  await bob.signIn();
  await bob.call('GET', '/v1/me');
  await bob.call('DELETE', '/v1/session');
  await bob.signIn();
  await bob.call('PATCH', '/v1/me', {json: {name: 'Bob'}});
  await bob.call('POST', '/v1/session/call-token');
  const {secret} = (await bob.call('POST', '/v1/me/totp')).json;
  await bob.call('POST', '/v1/me/totp/confirm', {json: {code: totp(secret)}});
  await bob.confirm();
  await bob.call('POST', '/v1/me/recovery-codes');
  await bob.call('DELETE', '/v1/me/totp');
  for (const {id} of (await bob.call('GET', '/v1/me/sessions')).json.data) await bob.call('DELETE', `/v1/me/sessions/${id}`);
  await ann.call('GET', '/v1/settings');
  await ann.call('PATCH', '/v1/settings', {json: {companyName: 'Acme'}});
  await ann.confirm();
  await ann.call('DELETE', `/v1/members/${bob.id}/totp`);
  await ann.call('GET', '/v1/members');
  await ann.call('POST', `/v1/members/${bob.id}/invitation`);
  await ann.call('PATCH', `/v1/members/${bob.id}`, {json: {role: 'viewer'}});
  await ann.call('DELETE', `/v1/members/${bob.id}`);
}

test('lists come page by page, each record once', async () => {
  for (let i = 0; i < 5; i += 1) await gateway.createApp({slug: `paged-${i}`});
  const slugs = [];
  let cursor = null;
  do {
    const page = (await gateway.call('GET', `/v1/apps?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)).json;
    assert.ok(page.data.length <= 2);
    slugs.push(...page.data.map(({slug}) => slug));
    cursor = page.nextCursor;
  } while (cursor !== null);
  assert.equal(new Set(slugs).size, slugs.length);
  assert.deepEqual(slugs.filter((slug) => slug.startsWith('paged-')), ['paged-0', 'paged-1', 'paged-2', 'paged-3', 'paged-4']);
});

test('a repeated POST with its Idempotency-Key is done once, with another body refused', async () => {
  const send = (name, key) => gateway.call('POST', '/v1/keys', {json: {name, scopes: ['read']}, headers: {'idempotency-key': key}});
  const [first, again] = [await send('once', 'k-1'), await send('once', 'k-1')];
  assert.equal(first.status, 201);
  assert.equal(again.status, 201);
  assert.deepEqual(again.json, first.json);
  assert.equal((await gateway.call('GET', '/v1/keys')).json.data.filter(({name}) => name === 'once').length, 1);
  const other = await send('twice', 'k-1');
  assert.equal(other.status, 422);
  assert.equal(other.json.code, 'idempotency_mismatch');
  const raced = await Promise.all(Array.from({length: 10}, () => send('raced', 'k-2')));
  assert.ok(raced.every(({status}) => [201, 409, 503].includes(status)), raced.map(({status}) => status).join());
  assert.equal((await gateway.call('GET', '/v1/keys?limit=200')).json.data.filter(({name}) => name === 'raced').length, 1);
});

test('every route in the source is documented', () => {
  const folder = path.join(root, 'src/api');
  const routes = readdirSync(folder).filter((name) => name.endsWith('.cpp') && !name.endsWith('_test.cpp')).flatMap((name) =>
    [...readFileSync(path.join(folder, name), 'utf8').matchAll(/"(GET|POST|PUT|PATCH|DELETE)",\s*"(\/[^"]*)"/g)].map(([, method, route]) => `${method} ${route}`));
  assert.ok(routes.length > 20, routes.join('\n'));
  const documented = operations.map(({name}) => name.replace(/\{[^}]+\}/g, '{}'));
  assert.deepEqual(routes.filter((route) => !documented.includes(route)), []);
});

test('answers hold no more and no less than the schemas say: a wrong one is noticed', async () => {
  const answer = await request('GET', `${gateway.url}/v1/me`, {headers: {authorization: `Bearer ${gateway.admin}`}});
  const changed = {...answer.json, surprise: 1};
  assert.throws(() => checkAnswer('GET', '/v1/me', {...answer, header: answer.header, json: changed, text: ''}), /additional properties/);
});
