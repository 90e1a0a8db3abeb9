// A million stored connections: what a look-up costs that is not in memory, and what memory it takes;
// then ten thousand tokens that expire at the same moment.
//
//   script/bench connections [--stored 1000000] [--rounds 5] [--seconds 2] [--storms 3]
//                            [--expiring 10000] [--[no-]write]

import {parseArgs} from 'node:util';

import {user} from '../tests/support/connected_gateway.mjs';
import {memoryRows, measureLookUps} from './lib/look_ups.mjs';
import {circumstances, figure, table, writeSection} from './lib/report.mjs';
import {fill, startStore} from './lib/store.mjs';
import {median} from './lib/statistics.mjs';
import {measureStorms} from './lib/storm.mjs';

function lookUpTables(rounds, memory) {
  const of = (kind, key) => figure(median(rounds.map((round) => round[kind][key])));
  const kinds = [['hit', 'hit: one user again and again'], ['miss', 'miss: each call another user']];
  const added = (key) => figure(median(rounds.map(({hit, miss}) => miss[key] - hit[key])));
  return [
    table(['one call at a time', 'p50 us', 'p99 us', 'CPU ms/1k'], [
      ...kinds.map(([kind, text]) => [text, of(kind, 'p50'), of(kind, 'p99'), of(kind, 'cpu')]),
      ['what the look-up adds', added('p50'), added('p99'), added('cpu')],
    ]),
    table(['memory', 'RSS MB', 'PSS MB'], memory.map(({what, rss, pss}) => [what, figure(rss), figure(pss)])),
  ].join('\n\n');
}

const stormTable = (storms) => table(
    ['storm', 'seconds', 'refreshes', 'quiet p50 ms', 'quiet p99 ms', 'storm p50 ms', 'storm p99 ms', 'storm/quiet p99'],
    storms.map(({seconds, refreshes, quiet, storm}, i) => [
      i + 1, figure(seconds), refreshes, figure(quiet.p50), figure(quiet.p99), figure(storm.p50), figure(storm.p99),
      figure(storm.p99 / quiet.p99),
    ]));

function targetTable(rounds, storms) {
  const miss = median(rounds.map((round) => round.miss.p50)) / 1000;
  const ratio = median(storms.map(({quiet, storm}) => storm.p99 / quiet.p99));
  return table(['', 'target', 'measured', ''], [
    ['a call that misses, median, ms', '< 2', figure(miss), miss < 2 ? 'met' : 'MISSED'],
    ['p99 of fresh tokens in the storm, x quiet', '<= 2', figure(ratio), ratio <= 2 ? 'met' : 'MISSED'],
  ]);
}

export default async function connections(args) {
  const {values} = parseArgs({args, allowNegative: true, options: {
    stored: {type: 'string', default: '1000000'}, rounds: {type: 'string', default: '5'},
    seconds: {type: 'string', default: '2'}, storms: {type: 'string', default: '3'},
    expiring: {type: 'string', default: '10000'}, write: {type: 'boolean'},
  }});
  const [stored, rounds, seconds, storms, expiring] =
      ['stored', 'rounds', 'seconds', 'storms', 'expiring'].map((name) => Number(values[name]));
  const store = await startStore();
  try {
    await store.gateway.stop();
    const filled = fill(store, {like: user, prefix: 'load-', count: stored, life: 86_400});
    process.stdout.write(`stored ${stored} connections in ${figure(filled.seconds)} s, ${figure(filled.megabytes)} MB\n`);
    await store.gateway.start();
    const measured = await measureLookUps(store, {stored, rounds, seconds});
    const stormy = await measureStorms(store, {like: user, storms, expiring});
    const text = [
      circumstances(`script/bench connections --stored ${stored} --rounds ${rounds} --storms ${storms} --expiring ${expiring}`,
                    ['nginx', 'wrk']),
      `${stored} connections in SQLite, ${figure(filled.megabytes)} MB on disk.`,
      lookUpTables(measured.rounds, memoryRows(measured)), stormTable(stormy), targetTable(measured.rounds, stormy),
    ].join('\n\n');
    process.stdout.write(`\n${text}\n`);
    if (values.write ?? (stored === 1_000_000 && expiring === 10_000)) writeSection('connections', text);
  } finally {
    await store.stop();
  }
  return 0;
}
