// Lists as pages show them: each thing once and in order while others come and go, every filter finds
// what it means, and what is counted is what is listed.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {eventually} from '../support/wait.mjs';

let sandbox;
let gateway;
let apps;
before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
  apps = {};
  for (const slug of ['first', 'second']) apps[slug] = await gateway.createApp({slug});
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

const get = async (target, options) => {
  const answer = await gateway.call('GET', target, options);
  assert.equal(answer.status, 200, `${target}: ${answer.text}`);
  return answer.json;
};
const query = (filter) => new URLSearchParams(filter).toString();

/** Every item of a list, page by page; `between` runs after each page. */
async function walk(list, filter = {}, {limit = 3, between = async () => {}} = {}) {
  const items = [];
  let cursor;
  do {
    const page = await get(`${list}?${query({...filter, limit, ...(cursor ? {cursor} : {})})}`);
    assert.ok(page.data.length <= limit);
    items.push(...page.data);
    cursor = page.nextCursor;
    await between(items);
  } while (cursor !== null);
  return items;
}

const users = (items) => items.map(({user}) => user);

test('connections come newest first, each once, while others come and go', async () => {
  const names = Array.from({length: 10}, (_, i) => `kept-${i}`);
  for (const name of names) await gateway.connect(apps.first, name);
  const doomed = [];
  for (let i = 0; i < 4; i += 1) doomed.push(await gateway.connect(apps.second, `gone-${i}`));
  let come = 0;
  const seen = users(await walk('/v1/connections', {}, {between: async () => {
    await gateway.connect(apps.second, `late-${come}`);
    come += 1;
    const gone = doomed.pop();
    if (gone) await gateway.call('DELETE', `/v1/connections/${gone.id}`);
  }}));
  assert.equal(new Set(seen).size, seen.length, 'nothing twice');
  assert.deepEqual(seen.filter((user) => user.startsWith('kept-')), names.toReversed(), 'nothing missing, newest first');
  assert.deepEqual(seen.filter((user) => user.startsWith('late-')), [], 'what came later stands before the first page');
  const now = users(await walk('/v1/connections'));
  assert.deepEqual(now.slice(0, come), Array.from({length: come}, (_, i) => `late-${i}`).toReversed());
});

test('connecting again changes no place in the list', async () => {
  const before = await walk('/v1/connections');
  const {externalAccount: account} = before.find(({user}) => user === 'kept-3');
  await gateway.connect(apps.first, 'kept-3', {account});
  assert.deepEqual(users(await walk('/v1/connections')), users(before));
});

test('every filter of connections finds what it means, and the counts agree', async () => {
  const broken = await gateway.connect(apps.second, 'Searched/Ünal');
  await gateway.connect(apps.first, 'searched 2');
  await sandbox.fault({path: '/oauth/', method: 'POST', status: 400, times: 1, body: {status: 'BAD_REFRESH_TOKEN', error: 'invalid_grant'}});
  const refused = await gateway.call('POST', `/v1/connections/${broken.id}/refresh`);
  assert.notEqual(refused.status, 200, refused.text);
  await sandbox.clearFaults();

  const all = await walk('/v1/connections', {}, {limit: 200});
  const state = all.find(({id}) => id === broken.id).state;
  assert.notEqual(state, 'active');
  const same = async (filter, test) => assert.deepEqual(
      (await walk('/v1/connections', filter)).map(({id}) => id), all.filter(test).map(({id}) => id), JSON.stringify(filter));
  await same({app: 'FIRST'}, ({app}) => app === 'first');
  await same({state}, (item) => item.state === state);
  await same({state: 'active'}, (item) => item.state === 'active');
  await same({app: 'second', state}, (item) => item.app === 'second' && item.state === state);
  await same({app: 'first', state}, () => false);
  await same({user: 'kept-4'}, ({user}) => user === 'kept-4');
  await same({user: 'kept-4', app: 'second'}, () => false);
  await same({q: 'KEPT-'}, ({user}) => user.startsWith('kept-'));
  await same({q: 'searched'}, ({user}) => user.toLowerCase().startsWith('searched'));
  await same({q: 'searched/Ü'}, ({user}) => user === 'Searched/Ünal');
  await same({q: 'searched', app: 'second', state}, ({id}) => id === broken.id);
  await same({q: '%'}, () => false);
  const {externalAccount} = all.find(({user}) => user === 'kept-0');
  await same({q: externalAccount}, (item) => item.externalAccount.startsWith(externalAccount) || item.user.startsWith(externalAccount));

  for (const filter of [{}, {app: 'second'}]) {
    const {total, byState} = await get(`/v1/connections/summary?${query(filter)}`);
    const listed = await walk('/v1/connections', filter, {limit: 200});
    assert.equal(total, listed.length);
    for (const [name, count] of Object.entries(byState)) assert.equal(count, listed.filter((item) => item.state === name).length, name);
  }
  await gateway.call('GET', '/v1/connections?state=fine').then(({status}) => assert.equal(status, 400));
});

test('a connection tells its calls, its next refresh, its limits and its history', async () => {
  const {id} = await gateway.connect(apps.first, 'busy');
  const quiet = await get(`/v1/connections/${id}`);
  assert.equal(quiet.lastCallAt, null);
  assert.deepEqual(quiet.calls24h, {total: 0, failed: 0, partial: false});
  assert.ok(Date.parse(quiet.nextRefreshAt) > Date.now() && quiet.nextRefreshAt < quiet.expiresAt, quiet.nextRefreshAt);
  assert.deepEqual(quiet.rateLimits.map(({name, counts, requests, periodMs, used}) => [name, counts, requests, periodMs, used]),
                   [['burst', 'account', 110, 10_000, 0], ['search', 'account', 5, 1_000, 0]]);
  await gateway.proxy('GET', apps.first, 'busy', '/crm/v3/objects/contacts?limit=1');
  await gateway.proxy('GET', apps.first, 'busy', '/crm/v3/objects/nothing');
  const busy = await eventually('both calls are in the log', async () => {
    const shown = await get(`/v1/connections/${id}`);
    return shown.calls24h.total === 2 && shown;
  });
  assert.equal(busy.calls24h.failed, 1);
  assert.equal(busy.rateLimits[0].used, 2);
  const [listed] = await walk('/v1/connections', {user: 'busy'});
  assert.equal(listed.lastCallAt, busy.lastCallAt);
  assert.equal(listed.nextRefreshAt, busy.nextRefreshAt);
  await gateway.call('POST', `/v1/connections/${id}/refresh`);
  await gateway.call('DELETE', `/v1/connections/${id}`);
  const history = await walk(`/v1/connections/${id}/history`, {}, {limit: 2});
  assert.deepEqual(history.map(({action}) => action),
                   ['connection.revoked', 'connection.disconnected', 'connection.refresh_asked', 'connection.connected']);
});

test('calls are listed once each while more are made, and the summary counts them', async () => {
  const at = new Date().toISOString();
  const make = async (count) => {
    for (let i = 0; i < count; i += 1) await gateway.proxy(i % 2 === 0 ? 'GET' : 'POST', apps.first, 'kept-1', `/_sandbox/echo/${i}`, i % 2 ? {json: {}} : {});
  };
  const {id} = await gateway.connection(apps.first, 'kept-1');
  const filter = {connection: id, since: at};
  const listed = (more = {}, options) => walk('/v1/requests', {...filter, ...more}, options);
  await make(10);
  const all = await eventually('all calls are in the log', async () => {
    const items = await listed();
    return items.length === 10 && items;
  });
  const paged = await listed({}, {limit: 2, between: () => make(1)});
  const known = paged.filter(({id: call}) => all.some((item) => item.id === call));
  assert.deepEqual(known.map(({id: call}) => call), all.map(({id: call}) => call));
  assert.equal(new Set(paged.map(({id: call}) => call)).size, paged.length);
  assert.deepEqual(await get(`/v1/requests/${all[0].id}`), all[0]);

  const until = new Date(Date.parse(all[0].endedAt) + 1).toISOString();
  const summary = await get(`/v1/requests/summary?${query({...filter, until})}`);
  assert.equal(summary.total, 10);
  assert.equal(summary.partial, false);
  assert.ok(summary.buckets.length <= 60);
  assert.equal(summary.buckets.reduce((sum, {total}) => sum + total, 0), 10);
  assert.equal(summary.durations.reduce((sum, {count}) => sum + count, 0), 10);
  const posts = await get(`/v1/requests/summary?${query({...filter, until, method: 'POST'})}`);
  assert.equal(posts.total, 5);
  assert.equal(posts.failed, 0);
});

test('health is told in words, and providers bring what a form needs', async () => {
  const health = await get('/v1/health');
  const checks = Object.fromEntries(health.checks.map((check) => [check.name, check]));
  for (const name of ['database', 'root key', 'clock', 'disk space', 'request log', 'token refreshes']) {
    assert.notEqual(checks[name]?.status, 'failed', `${name}: ${JSON.stringify(checks[name])}`);
    assert.ok(checks[name].text.length > 0, name);
  }
  assert.ok(Math.abs(Date.parse(health.startedAt) - Date.now()) < 300_000);
  const hubspot = await get('/v1/providers/hubspot');
  assert.deepEqual(hubspot.objects.map(({name}) => name), ['contacts', 'companies', 'deals', 'tickets']);
  assert.ok(hubspot.setupGuide.some(({copy}) => copy === 'redirectUrl'));
  assert.deepEqual(hubspot.scopes.filter(({required}) => required).map(({name}) => name), ['oauth']);
});
