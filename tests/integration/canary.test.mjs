// LG-01, VT-02, AK-02: runs last. Every token, code, verifier, client secret and key that any of the
// tests saw is searched for in everything that every gateway left behind: what it printed, its database
// and WAL, its own answers, pages and metrics.

import assert from 'node:assert/strict';
import {existsSync, readFileSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {before, test} from 'node:test';

import {Browser} from '../support/browser.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {keepAnswer, outputRoot, secret} from '../support/output.mjs';
import {rawExchange} from '../support/raw_client.mjs';
import {Searcher} from '../support/search.mjs';

const kinds = ['access token', 'refresh token', 'client secret', 'verifier', 'api key', 'code', 'state'];

function* files(folder) {
  for (const entry of readdirSync(folder, {withFileTypes: true})) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(full);
    else if (entry.isFile()) yield full;
  }
}

const knownSecrets = () => [...files(outputRoot)]
    .filter((file) => path.basename(file) === 'secrets.jsonl')
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)));

let gateway;

// A life of its own, so that this test means something when it runs alone: every kind of secret comes
// by, on good ways and on bad ones, and the gateway is killed so that its WAL stays behind.
before(async () => {
  const sandbox = await startSandbox({tap: true});
  gateway = await startGateway({sandbox});
  const app = await gateway.createApp({slug: 'canary'});
  const {id} = await gateway.connect(app, 'bird');
  const token = (await gateway.call('GET', `/v1/connections/${id}/token`)).json;
  secret('access token', token.accessToken ?? token.access_token ?? token.token);
  await gateway.proxy('GET', app, 'bird', '/crm/v3/objects/contacts?limit=1');
  await gateway.call('POST', `/v1/connections/${id}/refresh`);
  await sandbox.advance(1801);
  await gateway.proxy('GET', app, 'bird', '/crm/v3/objects/contacts?limit=1');
  const key = await gateway.createKey('proxy');
  await gateway.call('POST', '/api/oauth/token', {key: null, form: {client_id: key.id, client_secret: key.key, grant_type: 'client_credentials'}});
  await gateway.call('POST', '/api/oauth/token', {key: null, form: {client_id: key.key, client_secret: key.id, grant_type: key.key}});

  // Secrets in every wrong place: what is refused must not be repeated.
  const known = () => [gateway.admin, key.key];
  for (const value of known()) {
    for (const target of [`/v1/apps/${value}`, `/v1/apps?key=${value}`, `/proxy/canary/@${value}/x`, `/proxy/${value}/@u/x`, `/connect/${value}`, `/${value}`,
                          `/api/hubspot/auth/canary?userForeignIdentifier=u&returnUrl=https://x.example/${value}`, `/v1/connections?cursor=${value}`]) {
      await request('GET', gateway.url + target, {headers: {authorization: `Bearer ${gateway.admin}`, 'x-key': value}});
      await request('GET', gateway.url + target, {headers: {authorization: `Basic ${value}`, cookie: `k=${value}`}});
    }
    await gateway.call('POST', '/v1/apps', {json: {slug: 'x', colour: value}});
  }
  await gateway.call('POST', '/v1/apps', {json: {slug: '!!', provider: 'nothing', clientId: 'c', clientSecret: secret('client secret', 'refused-client-secret-0123456789'), scopes: []}});
  await gateway.call('POST', '/v1/apps', {body: `{"slug":"x","clientSecret":"${secret('client secret', 'broken-client-secret-0123456789')}"`, headers: {'content-type': 'application/json'}});
  await gateway.call('PATCH', '/v1/apps/canary', {json: {clientSecret: secret('client secret', 'second-client-secret-0123456789')}});
  await rawExchange(gateway.url, [`GET /v1/apps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.admin}\r\nBad Header: ${key.key}\r\n\r\n`]);

  // Callbacks that fail after the code was seen.
  const until = /\/callback\?/;
  const stopped = await gateway.authorize(await gateway.authUrl(app, 'late'), {until});
  await sandbox.fault({path: '/oauth/', method: 'POST', status: 500, times: 1});
  await new Browser({gateway: gateway.url}).open(stopped.location);
  await new Browser({gateway: gateway.url}).open(stopped.location);

  // A token endpoint whose error repeats what it was sent, a secret that looks like a word among it.
  const repeated = await gateway.connect(
      await gateway.createApp({slug: 'canary2', clientSecret: 'OnlyLettersAndNoDigit'}), 'bird');
  const lastRefresh = sandbox.tap.tokenRequests.at(-1);
  await sandbox.fault({path: '/oauth/', method: 'POST', status: 400, headers: {'content-type': 'application/json'},
                       body: JSON.stringify({error: 'invalid_request', error_description: JSON.stringify(lastRefresh), message: JSON.stringify(lastRefresh)})});
  await gateway.call('POST', `/v1/connections/${repeated.id}/refresh`);
  await sandbox.clearFaults();

  for (const target of ['/metrics', '/healthz', '/readyz', '/v1/apps', '/v1/connections', '/v1/keys', '/v1/audit', '/v1/me', '/openapi.json']) {
    await gateway.call('GET', target);
  }
  keepAnswer((await request('GET', `${gateway.url}/console/`)).text);
  await gateway.call('DELETE', `/v1/connections/${id}`);
  await gateway.kill();
  await sandbox.stop();
});

test('the search finds what is planted, whatever its form', () => {
  const value = 'planted-secret-value-0123456789';
  const searcher = new Searcher([{kind: 'x', value}]);
  for (const form of [value, Buffer.from(value).toString('hex'), Buffer.from(value).toString('base64')]) {
    assert.deepEqual(searcher.find(Buffer.from(`noise ${form} noise`)), [{kind: 'x', offset: 6}], form);
  }
  assert.deepEqual(searcher.find(Buffer.from('noise planted-secret-value-012345678 noise')), []);
});

test('every kind of secret came by, and the database of a killed gateway is there with its WAL', () => {
  const seen = new Set(knownSecrets().map(({kind}) => kind));
  for (const kind of kinds) assert.ok(seen.has(kind), `no ${kind} was seen`);
  assert.ok(statSync(path.join(gateway.data, 'wayleave.db')).size > 0);
  assert.ok(existsSync(path.join(gateway.data, 'wayleave.db-wal')));
});

test('no secret is in any log, database, WAL, page, error or metric', {timeout: 300_000}, () => {
  const all = knownSecrets();
  const searcher = new Searcher(all);
  // An answer, of the server or of a command, may hold the state it hands out; nothing else may.
  const answers = new Searcher(all.filter(({kind}) => kind !== 'state'));
  const leaks = [];
  let searched = 0;
  for (const file of files(outputRoot)) {
    if (path.basename(file) === 'secrets.jsonl') continue;
    const isAnswer = /(^|\/)answers\.log$|\/command-[^/]*\/stdout$/.test(file);
    const chosen = isAnswer ? answers : searcher;
    const bytes = readFileSync(file);
    searched += bytes.length;
    for (const {kind, offset} of chosen.find(bytes)) {
      const around = bytes.latin1Slice(Math.max(0, offset - 60), offset).replace(/[^\x20-\x7e]/g, '.');
      leaks.push(`${kind} in ${path.relative(outputRoot, file)} at ${offset}, after "${around}"`);
    }
  }
  assert.ok(searched > 100_000, `only ${searched} bytes were searched`);
  assert.deepEqual(leaks.slice(0, 20), [], `${leaks.length} leaks`);
});
