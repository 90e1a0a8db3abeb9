// The request log: what a call was, and nothing that must not be kept (LG-01).

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {readFileSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {openStore} from '../support/store.mjs';
import {eventually} from '../support/wait.mjs';

let sandbox;
let gateway;
let app;
let connection;
before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
  app = await gateway.createApp({slug: 'logged'});
  connection = await gateway.connect(app, 'customer 1');
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

const list = async (query, options, from = gateway) => {
  const answer = await from.call('GET', `/v1/requests?${query}`, options);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.data;
};
const logged = (answer, from = gateway) => eventually('the call is in the log', async () =>
  (await list(`requestId=${answer.header('wayleave-request-id')}`, {}, from))[0]);
const metric = async (name, from = gateway) => {
  const {text} = await from.call('GET', '/metrics', {key: null});
  return text.split('\n').filter((line) => line.startsWith(name))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

test('a call is in the log within two seconds, with its fields', async () => {
  const traceId = randomBytes(16).toString('hex');
  const asked = Date.now();
  const answer = await gateway.proxy('POST', app, 'customer 1', '/_sandbox/echo/a%2Fb?secret=1', {
    json: {hello: 'world'}, headers: {traceparent: `00-${traceId}-00f067aa0ba902b7-01`},
  });
  assert.equal(answer.status, 200, answer.text);
  const entry = await logged(answer);
  assert.ok(Date.now() - asked < 2_000, `it took ${Date.now() - asked} ms`);
  const {id, endedAt, durationMs, providerMs, requestId, ...rest} = entry;
  assert.match(id, /^\d+$/);
  assert.ok(Math.abs(Date.parse(endedAt) - asked) < 2_000, endedAt);
  assert.ok(durationMs >= providerMs && durationMs < 2_000);
  assert.equal(requestId, answer.header('wayleave-request-id'));
  assert.deepEqual(rest, {
    app: 'logged', user: 'customer 1', connection: connection.id, method: 'POST', path: '/_sandbox/echo/a%2Fb', pathCut: false,
    status: 200, cut: false, code: null, requestBytes: JSON.stringify({hello: 'world'}).length, answerBytes: answer.bytes.length,
    attempts: 1, traceId,
  });
});

test('an envelope is logged as the call that it asks for', async () => {
  const answer = await gateway.call('POST', '/api/raw/logged', {json: {
    userForeignIdentifier: 'customer 1', method: 'get', url: '/_sandbox/echo/enveloped?secret=1',
  }});
  assert.equal(answer.status, 200, answer.text);
  const entry = await logged(answer);
  assert.equal(entry.method, 'GET');
  assert.equal(entry.path, '/_sandbox/echo/enveloped');
  assert.equal(entry.answerBytes, answer.bytes.length);
});

test('refusals and failures of providers are logged with what is known', async () => {
  const unknown = await logged(await gateway.proxy('GET', app, 'nobody', '/x'));
  assert.deepEqual([unknown.status, unknown.code, unknown.app, unknown.connection, unknown.user, unknown.attempts],
                   [404, 'connection_not_found', 'logged', null, null, 0]);
  const host = await logged(await gateway.proxy('GET', app, 'customer 1', '/x', {headers: {'wayleave-base': 'elsewhere'}}));
  assert.deepEqual([host.status, host.code, host.path], [403, 'host_not_allowed', null]);
  await sandbox.fault({path: '/crm/', status: 503, times: 1});
  const failed = await logged(await gateway.proxy('GET', app, 'customer 1', '/crm/v3/objects/contacts'));
  assert.deepEqual([failed.status, failed.code, failed.connection], [503, null, connection.id]);
  await sandbox.fault({path: '/crm/', drop: 'before', times: 1});
  const lost = await logged(await gateway.proxy('POST', app, 'customer 1', '/crm/v3/objects/contacts', {json: {properties: {}}}));
  assert.deepEqual([lost.status, lost.code, lost.attempts], [502, 'upstream_unreachable', 1]);
  await sandbox.clearFaults();
  const statuses = (await list('status=5xx')).map(({status}) => status);
  assert.deepEqual(statuses, [502, 503]);
  assert.deepEqual((await list('code=connection_not_found')).map(({id}) => id), [unknown.id]);
});

test('calls are found by their connection, also when it is gone', async () => {
  const {id} = await gateway.connect(app, 'short-lived');
  const {id: call} = await logged(await gateway.proxy('GET', app, 'short-lived', '/_sandbox/echo'));
  const found = async () => (await list(`connection=${id}`)).map((entry) => entry.id);
  assert.deepEqual(await found(), [call]);
  assert.deepEqual(await list(`connection=${id}&user=nobody`), []);
  await gateway.call('DELETE', `/v1/connections/${id}`);
  assert.deepEqual(await found(), [call]);
});

test('attempts count a renewal after 401', async () => {
  await sandbox.fault({path: '/crm/', status: 401, times: 1});
  const answer = await gateway.proxy('GET', app, 'customer 1', '/crm/v3/objects/contacts?limit=1');
  assert.equal(answer.status, 200, answer.text);
  const entry = await logged(answer);
  assert.deepEqual([entry.attempts, entry.code], [2, null]);
});

test('a path that holds the token or a key of ours is cut before it', async () => {
  const {json: {accessToken}} = await gateway.call('GET', `/v1/connections/${connection.id}/token`);
  const token = await logged(await gateway.proxy('GET', app, 'customer 1', `/_sandbox/echo/of/${accessToken}/more`));
  assert.deepEqual([token.path, token.pathCut], ['/_sandbox/echo/of/', true]);
  const key = await logged(await gateway.proxy('GET', app, 'customer 1', `/_sandbox/echo/${gateway.admin}`));
  assert.deepEqual([key.path, key.pathCut], ['/_sandbox/echo/', true]);
  const long = await logged(await gateway.proxy('GET', app, 'customer 1', `/_sandbox/echo/${'x'.repeat(2_000)}`));
  assert.deepEqual([long.path.length, long.pathCut], [512, true]);
});

test('no query string and no header value is kept', async () => {
  const canary = `canary-${randomBytes(12).toString('hex')}`;
  const answer = await gateway.proxy('POST', app, 'customer 1', `/_sandbox/echo?q=${canary}`, {
    json: {body: canary}, headers: {'x-canary': canary, cookie: `c=${canary}`, traceparent: `00-${canary}-00f067aa0ba902b7-01`},
  });
  assert.ok(answer.text.includes(canary), 'the provider got it');
  await logged(answer);
  await logged(await gateway.call('GET', `/proxy/${canary}/x`, {headers: {'wayleave-user': canary}}));
  await logged(await gateway.call('GET', `/proxy/logged/@${canary}/x`));
  for (const file of readdirSync(gateway.data).filter((name) => name.startsWith('wayleave.db'))) {
    assert.equal(readFileSync(path.join(gateway.data, file)).indexOf(canary), -1, file);
  }
  assert.ok(!JSON.stringify(await list('limit=200')).includes(canary));
  assert.ok(!(await gateway.call('GET', '/metrics', {key: null})).text.includes(canary));
});

test('a key without a workspace in the log sees nothing, and none is needed to be refused', async () => {
  const before = (await list('limit=1'))[0];
  const refused = await request('GET', `${gateway.url}/proxy/logged/x`, {headers: {authorization: 'Bearer wlk_nothing'}});
  assert.equal(refused.status, 401);
  const next = await logged(await gateway.proxy('GET', app, 'customer 1', '/_sandbox/echo'));
  assert.deepEqual((await list(`since=${before.endedAt}`)).filter(({id}) => BigInt(id) > BigInt(before.id)).map(({id}) => id), [next.id]);
});

test('the command line lists the same', async () => {
  const answer = await gateway.proxy('GET', app, 'customer 1', '/_sandbox/echo/by-hand');
  const entry = await logged(answer);
  const shown = await gateway.run(['requests', '--app', 'logged', '--limit', '3', '--json']);
  assert.equal(shown.code, 0, shown.stderr);
  assert.deepEqual(JSON.parse(shown.stdout).data[0], entry);
  const table = await gateway.run(['requests', '--status', '2xx', '--limit', '1']);
  assert.match(table.stdout, /\/_sandbox\/echo\/by-hand/);
  assert.equal((await gateway.run(['requests', '--status', 'fine'])).code, 1);
});

test('beyond the rate failed calls are kept first and the rest is counted', async () => {
  const small = await startGateway({sandbox, args: ['--request-log-rate', '5']});
  try {
    const few = await small.createApp({slug: 'few'});
    await small.connect(few, 'u');
    const calls = 200;
    for (let i = 0; i < calls; i += 20) {
      await Promise.all(Array.from({length: 20}, () => small.proxy('GET', few, 'u', '/_sandbox/echo')));
    }
    const sum = await eventually('all calls are accounted for', async () => {
      const stored = await metric('wayleave_request_log_stored_total', small);
      const dropped = await metric('wayleave_request_log_dropped_total', small);
      return stored + dropped === calls ? {stored, dropped} : undefined;
    });
    assert.ok(sum.dropped > 100, JSON.stringify(sum));
    assert.equal(await metric('wayleave_request_log_dropped_total{reason="rate_other"}', small), sum.dropped);
    const kept = await list('limit=200', {}, small);
    const span = (Date.parse(kept[0].endedAt) - Date.parse(kept.at(-1).endedAt)) / 1000;
    assert.ok(kept.length <= 5 + 5 * (span + 1), `${kept.length} rows in ${span} s`);
    // In the same flood, calls that fail leave the others no room.
    const lost = () => small.proxy('GET', few, 'nobody', '/x');
    const fine = () => small.proxy('GET', few, 'u', '/_sandbox/echo');
    const known = await metric('wayleave_request_log_stored_total', small);
    await eventually('a failed call was stored in a flood of good ones', async () => {
      await Promise.all([...Array.from({length: 20}, fine), lost()]);
      return (await list('status=404', {}, small)).length > 0;
    });
    assert.ok(await metric('wayleave_request_log_stored_total', small) > known);
  } finally {
    await small.stop();
  }
});

test('the newest rows are kept, a stop stores the rest and kill -9 leaves it readable', async () => {
  const short = await startGateway({sandbox, args: ['--request-log-rows', '10']});
  try {
    const some = await short.createApp({slug: 'some'});
    await short.connect(some, 'u');
    for (let i = 0; i < 40; i += 1) await short.proxy('GET', some, 'u', `/_sandbox/echo/${i}`);
    const kept = await eventually('the oldest are deleted', async () => {
      const rows = await list('limit=200', {}, short);
      return rows.length === 10 && rows[0].path.endsWith('/39') ? rows : undefined;
    });
    assert.deepEqual(kept.map(({path: at}) => at), Array.from({length: 10}, (_, i) => `/_sandbox/echo/${39 - i}`));
    assert.equal(await metric('wayleave_request_log_deleted_total', short), 30);

    const last = await short.proxy('GET', some, 'u', '/_sandbox/echo/last');
    await short.restart();
    assert.equal((await list('limit=1', {}, short))[0].requestId, last.header('wayleave-request-id'));

    await logged(await short.proxy('GET', some, 'u', '/_sandbox/echo/before'), short);
    for (let i = 0; i < 20; i += 1) await short.proxy('GET', some, 'u', '/_sandbox/echo/killed');
    await short.kill();
    const store = openStore(short);
    assert.equal(store.prepare('PRAGMA integrity_check').get().integrity_check, 'ok');
    store.close();
    await short.start();
    assert.ok((await list('limit=200', {}, short)).length >= 1);
    assert.equal((await short.proxy('GET', some, 'u', '/_sandbox/echo')).status, 200);
  } finally {
    await short.stop();
  }
});

test('without a rate there is no log', async () => {
  const silent = await startGateway({sandbox, env: {WAYLEAVE_REQUEST_LOG_RATE: '0'}});
  try {
    const quiet = await silent.createApp({slug: 'quiet'});
    await silent.connect(quiet, 'u');
    assert.equal((await silent.proxy('GET', quiet, 'u', '/_sandbox/echo')).status, 200);
    await silent.restart();
    assert.deepEqual(await list('', {}, silent), []);
    assert.equal(await metric('wayleave_request_log_dropped_total', silent), 0);
  } finally {
    await silent.stop();
  }
});

test('metrics tell of calls, their time and connections', async () => {
  const [count, sum, made] = [await metric('wayleave_request_duration_seconds_count'), await metric('wayleave_request_bytes_total'),
                              await metric('wayleave_upstream_connections_made_total')];
  await gateway.proxy('POST', app, 'customer 1', '/_sandbox/echo', {json: {a: 1}});
  assert.equal(await metric('wayleave_request_duration_seconds_count'), count + 1);
  assert.equal(await metric('wayleave_request_bytes_total'), sum + JSON.stringify({a: 1}).length);
  assert.ok(await metric('wayleave_upstream_connections_made_total') >= made);
  assert.equal(await metric('wayleave_requests_in_flight'), 0);
  assert.ok(await metric('wayleave_client_connections ') >= 1);
  assert.equal(await metric('wayleave_cache_entries{kind="credential"}') > 0, true);
  assert.ok(await metric('wayleave_cache_hits_total{kind="key"}') > 0);
  assert.equal(await metric('wayleave_database_writable'), 1);
  const {text} = await gateway.call('GET', '/metrics', {key: null});
  assert.match(text, /^wayleave_request_duration_seconds_bucket\{le="0.0005"\} \d+$/m);
  assert.match(text, /^wayleave_provider_wait_seconds_bucket\{le="\+Inf"\} \d+$/m);
});
