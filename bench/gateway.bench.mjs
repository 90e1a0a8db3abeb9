// Wayleave beside nginx and HAProxy doing the same job for the same provider, in one run.
//
//   script/bench gateway [--cells 1k-c32,tls-1k-c1,w2-1k-c32] [--only nginx,wayleave]
//                        [--rounds 5] [--seconds 2] [--seed N] [--[no-]write]
//                        [--base PROGRAM]   another build of Wayleave beside this one

import path from 'node:path';
import {parseArgs} from 'node:util';

import {contenders, requestFor, startProxies, startScene, tryOnce} from './lib/contenders.mjs';
import {load} from './lib/load.mjs';
import {family, memory, place} from './lib/processes.mjs';
import {randomFrom, shuffled} from './lib/statistics.mjs';
import {allTables, idleTable, progressLine, targetTable} from './lib/gateway_tables.mjs';
import {circumstances, writeSection} from './lib/report.mjs';

const sizes = ['1k', '100k'];
const counts = [1, 32, 256];

/** Every cell of the tables: {name, kind, size, connections, workers}. */
const allCells = [
  ...['plain', 'tls'].flatMap((kind) => sizes.flatMap((size) => counts.map(
      (connections) => ({kind, size, connections, workers: 1})))),
  ...[['plain', '1k', 32], ['plain', '1k', 256], ['plain', '100k', 32], ['tls', '1k', 32]].map(
      ([kind, size, connections]) => ({kind, size, connections, workers: 2})),
].map((cell) => ({
  ...cell,
  name: `${cell.workers === 2 ? 'w2-' : ''}${cell.kind === 'tls' ? 'tls-' : ''}${cell.size}-c${cell.connections}`,
}));

function chosenFrom(known, list, what) {
  if (list === undefined) return known;
  const names = list.split(',');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no ${what} '${unknown[0]}'; there are ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

function positive(text, name) {
  const number = Number(text);
  if (!Number.isInteger(number) || number <= 0) throw new Error(`--${name} must be a positive whole number`);
  return number;
}

function readOptions(args) {
  const {values} = parseArgs({args, allowNegative: true, options: {
    cells: {type: 'string'}, only: {type: 'string'}, write: {type: 'boolean'}, base: {type: 'string'},
    rounds: {type: 'string', default: '5'}, seconds: {type: 'string', default: '2'},
    seed: {type: 'string', default: String(Date.now() % 1_000_000_000)},
  }});
  const names = chosenFrom(allCells.map(({name}) => name), values.cells, 'cell');
  return {
    cells: allCells.filter(({name}) => names.includes(name)),
    only: chosenFrom(Object.keys(contenders), values.only, 'contender')
        .filter((name) => name !== 'base' || values.base),
    base: values.base && path.resolve(values.base),
    rounds: positive(values.rounds, 'rounds'),
    seconds: positive(values.seconds, 'seconds'),
    seed: positive(values.seed, 'seed'),
    write: values.write ?? ![values.cells, values.only, values.base].some(Boolean),
    partly: ['cells', 'only'].filter((name) => values[name]).map((name) => ` --${name} ${values[name]}`).join(''),
  };
}

// With one worker: the proxy alone on core 1, the client and the provider on core 0. One call at a
// time is measured on one core, for between two cores it is the waking of a virtual CPU that counts.
// Two workers, the client and the provider share both cores.
function coresFor({connections, workers}) {
  if (workers > 1) return {proxy: '0,1', rest: '0,1', threads: 2};
  return {proxy: connections === 1 ? '0' : '1', rest: '0', threads: 1};
}

// TLS is between proxy and provider; a client that goes there directly, or through the relay that
// passes its bytes on unread, has nothing to compare. The relay has one thread.
const takesPart = (name, {kind, workers}, servers) => contenders[name].server in servers &&
  !(['direct', 'relay'].includes(name) && kind === 'tls') && !(name === 'relay' && workers > 1);

async function measureCell(cell, scene, servers, options, random) {
  const names = options.only.filter((name) => takesPart(name, cell, servers));
  const requests = Object.fromEntries(names.map((name) => [name, requestFor(name, scene, servers, cell)]));
  for (const name of names) await tryOnce(name, requests[name]);
  const cores = coresFor(cell);
  place(scene.upstream.pid, cores.rest);
  for (const [name, {pid}] of Object.entries(servers)) if (name !== 'upstream') place(pid, cores.proxy);
  const rounds = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const results = {};
    for (const name of shuffled(names, random)) {
      results[name] = await load({
        request: requests[name], pid: servers[contenders[name].server].pid, seconds: options.seconds,
        connections: cell.connections, threads: cores.threads, cores: cores.rest,
      });
    }
    rounds.push(results);
    process.stdout.write(`${progressLine(cell, round, results)}\n`);
  }
  return {cell, rounds};
}

const idleMemory = (servers) => Object.entries(servers).filter(([name]) => name !== 'upstream')
    .map(([name, {pid}]) => ({name, processes: family(pid).length, ...memory(pid)}));

async function measure(options) {
  const random = randomFrom(options.seed);
  const scene = await startScene();
  const measured = [];
  let idle;
  try {
    for (const workers of [1, 2]) {
      const cells = options.cells.filter((cell) => cell.workers === workers);
      if (cells.length === 0) continue;
      const servers = await startProxies(scene, workers, options.base);
      try {
        if (workers === 1) idle = idleMemory(servers);
        for (const cell of cells) measured.push(await measureCell(cell, scene, servers, options, random));
      } finally {
        const {upstream, ...proxies} = servers;
        await Promise.all(Object.values(proxies).map((server) => server.stop()));
      }
    }
  } finally {
    await scene.stop();
  }
  return {measured, idle};
}

const failures = (measured) => measured.flatMap(({cell, rounds}) => rounds.flatMap((results, i) =>
  Object.entries(results).filter(([, {wrong}]) => wrong)
      .map(([name, {wrong}]) => `${cell.name}, round ${i + 1}, ${name}: ${wrong}`)));

export default async function gateway(args) {
  const options = readOptions(args);
  place(process.pid, '0');
  process.stdout.write(`seed ${options.seed}, ${options.rounds} rounds of ${options.seconds} s\n`);
  const {measured, idle} = await measure(options);
  const failed = failures(measured);
  const text = [
    circumstances(`script/bench gateway --rounds ${options.rounds} --seconds ${options.seconds} --seed ${options.seed}${options.partly}`,
                  ['nginx', 'haproxy', 'wrk']),
    allTables(measured), idleTable(idle), targetTable(measured, idle),
  ].filter(Boolean).join('\n\n');
  process.stdout.write(`\n${text}\n`);
  if (failed.length > 0) {
    process.stderr.write(`\nFAILED OR WRONG ANSWERS: the figures mean nothing\n${failed.join('\n')}\n`);
    return 1;
  }
  if (options.write) writeSection('gateway', text);
  return 0;
}
