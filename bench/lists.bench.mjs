// What lists and summaries take among 100,000 connections, 1,000,000 logged calls and 100,000 audit
// records: first page, a page deep in the list, each filter, and the worst of them; over HTTP, one at a
// time, on SQLite and on PostgreSQL.
//
//   script/bench lists [--connections 100000] [--requests 1000000] [--records 100000] [--times 100]
//                      [--database sqlite,postgres] [--only TEXT] [--[no-]write]

import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';

import {startGateway} from '../tests/support/gateway.mjs';
import {connectTo, requestBytes} from '../tests/support/keep_alive.mjs';
import {binary, root} from '../tests/support/output.mjs';
import {startPostgres} from '../tests/support/postgres.mjs';
import {circumstances, figure, table, writeSection} from './lib/report.mjs';
import {median, quantile} from './lib/statistics.mjs';

const fillProgram = path.join(path.dirname(binary), 'bench/fill_lists');
const targetMs = 100;
const warmUps = 5;

/** A cursor far down the list, found by walking there in large steps. */
async function deepCursor(gateway, target, {pages}) {
  let cursor;
  for (let i = 0; i < pages; i += 1) {
    const {json} = await gateway.call('GET', `${target}${target.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${cursor}` : ''}`);
    cursor = json.nextCursor ?? cursor;
  }
  return cursor;
}

/** What is measured: [list, what, target]. */
async function questions(gateway, {connections, requests, records}) {
  const get = async (target) => (await gateway.call('GET', target)).json;
  const [newest] = (await get('/v1/connections?limit=1')).data;
  const {data: busiest} = await get('/v1/requests?limit=200');
  const busy = busiest.map(({connection}) => connection)
      .sort((a, b) => busiest.filter((x) => x.connection === b).length - busiest.filter((x) => x.connection === a).length)[0];
  const {user} = await get(`/v1/connections/${busy}`);
  const old = new Date(Date.now() - 6 * 86_400_000).toISOString();
  const week = `since=${new Date(Date.now() - 7 * 86_400_000).toISOString()}`;
  const day = `since=${new Date(Date.now() - 86_400_000).toISOString()}`;
  const half = (count) => ({pages: Math.min(100, Math.max(1, Math.round(count / 2 / 200)))});
  const deepConnections = await deepCursor(gateway, '/v1/connections', half(connections));
  const deepFound = await deepCursor(gateway, '/v1/connections?q=u', half(connections * 0.9));
  const deepRequests = await deepCursor(gateway, '/v1/requests', half(Math.min(requests, 200_000)));
  const deepAudit = await deepCursor(gateway, '/v1/audit', half(Math.min(records, 100_000)));
  const list = (name, base, entries) => entries.map(([what, query]) => [name, what, `${base}${query ? `?${query}` : ''}`]);
  return [
    ...list('connections', '/v1/connections', [
      ['first page', ''], ['200 of them', 'limit=200'], ['deep page', `cursor=${deepConnections}`],
      ['of an app', 'app=crm-0'], ['of the smallest app', 'app=crm-4'], ['active', 'state=active'],
      ['needs_reauthorization', 'state=needs_reauthorization'], ['revoked, smallest app', 'app=crm-4&state=revoked'],
      ['of a user', `user=${encodeURIComponent(newest.user)}`], ['q=u: 95 of 100', 'q=u'], ['q=u, deep page', `q=u&cursor=${deepFound}`],
      ['q=team-: 5 of 100', 'q=team-'], ['q=user-8: 1 of 9', 'q=user-8'], ['q=user-8, app, state', 'q=user-8&app=crm-2&state=revoked'],
      ['q of one account', `q=${newest.externalAccount}`], ['q of nobody', 'q=zzz'], ['q=1: accounts', 'q=1'],
    ]),
    ...list('connections summary', '/v1/connections/summary', [['all', ''], ['of an app', 'app=crm-0']]),
    ['one connection', 'the busiest', `/v1/connections/${busy}`],
    ['one connection', 'its history', `/v1/connections/${busy}/history`],
    ...list('requests', '/v1/requests', [
      ['first page', ''], ['200 of them', 'limit=200'], ['deep page', `cursor=${deepRequests}`], ['six days ago', `until=${old}`],
      ['of an app', 'app=crm-0'], ['of the smallest app', 'app=crm-4'], ['of a user', `user=${encodeURIComponent(user)}`],
      ['of a connection', `connection=${busy}`], ['GET', 'method=GET'], ['DELETE: 1 of 100', 'method=DELETE'],
      ['a method nobody used', 'method=TRACE'], ['404', 'status=404'], ['5xx', 'status=5xx'], ['none', 'status=none'],
      ['418: none of the 4xx', 'status=418'], ['code', 'code=unavailable'], ['slow', 'minDurationMs=1000'],
      ['slower than any', 'minDurationMs=59999'], ['by request id', 'requestId=req_1000'],
      ['smallest app, PUT, 429', 'app=crm-4&method=PUT&status=429'],
    ]),
    ['one request', 'the newest', `/v1/requests/${busiest[0].id}`],
    ...list('requests summary', '/v1/requests/summary', [
      ['last hour', ''], ['last day', day], ['last week', week], ['last week, an app', `${week}&app=crm-0`],
      ['last week, smallest app', `${week}&app=crm-4`], ['last week, a connection', `${week}&connection=${busy}`],
      ['last week, 5xx', `${week}&status=5xx`], ['last week, DELETE', `${week}&method=DELETE`], ['last week, slow', `${week}&minDurationMs=1000`],
    ]),
    ...list('audit', '/v1/audit', [
      ['first page', ''], ['200 of them', 'limit=200'], ['deep page', `cursor=${deepAudit}`], ['of an action', 'action=key.created'],
      ['of an area', 'action=connection.'], ['of an actor', 'actor=key_7'], ['of a target', `target=${busy}`], ['q of nobody', 'q=zzz'],
    ]),
    ...list('apps, providers, keys', '/v1', []).concat([
      ['apps', 'first page', '/v1/apps'], ['providers', 'all', '/v1/providers'], ['keys', 'first page', '/v1/keys'],
    ]),
    ['health', 'kept for 5 s', '/v1/health'],
  ];
}

async function measure(gateway, target, times) {
  const connection = await connectTo(gateway.url);
  const bytes = requestBytes(gateway.url + target, {headers: {Authorization: `Bearer ${gateway.admin}`}});
  const taken = [];
  try {
    for (let i = 0; i < warmUps + times; i += 1) {
      const started = performance.now();
      await connection.exchange(bytes);
      if (i >= warmUps) taken.push(performance.now() - started);
    }
  } finally {
    connection.close();
  }
  return {median: median(taken), p99: quantile(taken, 0.99)};
}

async function onDatabase(kind, sizes, {times, only}) {
  const server = kind === 'postgres' ? await startPostgres() : undefined;
  const gateway = await startGateway({database: server?.createDatabase()});
  try {
    await gateway.stop();
    const started = performance.now();
    execFileSync(fillProgram, [
      '--data', gateway.data, ...(server ? ['--database', gateway.env.WAYLEAVE_DATABASE] : []),
      ...Object.entries(sizes).flatMap(([name, count]) => [`--${name}`, String(count)]),
    ], {stdio: ['ignore', 'ignore', 'inherit']});
    // What autovacuum would do soon after rows were written.
    if (server) server.sql('VACUUM ANALYZE', path.basename(new URL(gateway.env.WAYLEAVE_DATABASE).pathname));
    process.stdout.write(`${kind}: filled in ${figure((performance.now() - started) / 1000)} s\n`);
    await gateway.start();
    const rows = [];
    for (const [list, what, target] of await questions(gateway, sizes)) {
      if (only && !`${list} ${what}`.includes(only)) continue;
      const taken = await measure(gateway, target, times);
      process.stdout.write(`${kind} ${list}, ${what}: ${figure(taken.median)} ms, p99 ${figure(taken.p99)} ms\n`);
      rows.push({list, what, ...taken});
    }
    return rows;
  } finally {
    await gateway.stop();
    await server?.stop();
  }
}

function resultTable(results) {
  const kinds = Object.keys(results);
  const [first] = Object.values(results);
  return table(['list', 'asked for', ...kinds.flatMap((kind) => [`${kind} p50 ms`, `${kind} p99 ms`])],
               first.map(({list, what}, i) => [
                 list, what, ...kinds.flatMap((kind) => [figure(results[kind][i].median), figure(results[kind][i].p99)]),
               ]));
}

function targetTable(results) {
  return table(['', 'target', 'worst median', 'which', ''], Object.entries(results).map(([kind, rows]) => {
    const worst = rows.reduce((a, b) => (b.median > a.median ? b : a));
    return [`${kind}: median of each, ms`, `< ${targetMs}`, figure(worst.median), `${worst.list}, ${worst.what}`,
      worst.median < targetMs ? 'met' : 'MISSED'];
  }));
}

export default async function lists(args) {
  const {values} = parseArgs({args, allowNegative: true, options: {
    connections: {type: 'string', default: '100000'}, requests: {type: 'string', default: '1000000'},
    records: {type: 'string', default: '100000'}, times: {type: 'string', default: '100'},
    database: {type: 'string', default: 'sqlite,postgres'}, only: {type: 'string'}, write: {type: 'boolean'},
  }});
  if (!existsSync(fillProgram)) throw new Error(`no ${fillProgram}: build the target fill_lists`);
  const sizes = Object.fromEntries(['connections', 'requests', 'records'].map((name) => [name, Number(values[name])]));
  const results = {};
  for (const kind of values.database.split(',')) results[kind] = await onDatabase(kind, sizes, {times: Number(values.times), only: values.only});
  const text = [
    circumstances(`script/bench lists --connections ${sizes.connections} --requests ${sizes.requests} --records ${sizes.records} --times ${values.times}`) +
        (/release/.test(binary) ? '' : `\n- the program was \`${path.relative(root, path.resolve(binary))}\`, compiled without optimisation`),
    resultTable(results), targetTable(results),
  ].join('\n\n');
  process.stdout.write(`\n${text}\n`);
  const whole = sizes.connections === 100_000 && sizes.requests === 1_000_000 && !values.only && Object.keys(results).length === 2;
  if (values.write ?? whole) writeSection('lists', text);
  return Object.values(results).flat().every((row) => row.median < targetMs) ? 0 : 1;
}
