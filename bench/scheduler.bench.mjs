// What it costs to keep tokens fresh: how fast overdue ones are refreshed among 10,000 to 1,000,000
// stored connections, and whether the scheduler keeps up with a million that expire within 30 minutes.
//
//   script/bench scheduler [--sizes 10000,100000,1000000] [--refreshes 8000] [--steady 120] [--[no-]write]

import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';

import {user} from '../tests/support/connected_gateway.mjs';
import {cpuMs, memory} from './lib/processes.mjs';
import {circumstances, figure, table, writeSection} from './lib/report.mjs';
import {fill, startStore} from './lib/store.mjs';

const halfHour = 1_800;
const patience = 300_000;

async function refreshes(store) {
  return (await store.sandbox.stats()).refreshes;
}

/** Waits until so many more refreshes were made: {seconds, refreshes, cpu (ms per refresh)}. */
async function measureNext(store, count) {
  const before = {at: performance.now(), cpu: cpuMs(store.gateway.pid), done: await refreshes(store)};
  let done = before.done;
  while (done - before.done < count) {
    if (performance.now() - before.at > patience) throw new Error(`only ${done - before.done} refreshes`);
    await pause(20);
    done = await refreshes(store);
  }
  const seconds = (performance.now() - before.at) / 1000;
  return {seconds, refreshes: done - before.done, cpu: (cpuMs(store.gateway.pid) - before.cpu) / (done - before.done)};
}

// Those stored before are fresh by then: only the last `count` are due.
async function measureSize(store, {size, count, wanted}) {
  await store.gateway.stop();
  const filled = fill(store, {like: user, prefix: `s${size}-`, count, life: 86_400, dueWithin: 0});
  await store.gateway.start();
  await measureNext(store, wanted / 10);
  const measured = await measureNext(store, wanted);
  const {rss} = memory(store.gateway.pid);
  process.stdout.write(`${size}: ${figure(measured.refreshes / measured.seconds)} refreshes/s\n`);
  return {size, ...measured, rss, megabytes: filled.megabytes};
}

// All of them due evenly over half an hour: what comes due in the measured time has to be done in it.
async function measureSteady(store, {size, seconds}) {
  await store.gateway.stop();
  fill(store, {like: user, prefix: 'steady-', count: size, life: 86_400, dueWithin: halfHour});
  await store.gateway.start();
  const due = size / halfHour;
  // What came due while they were stored is made up for first.
  let rate;
  do rate = await measureNext(store, 5 * due); while (rate.refreshes / rate.seconds > 1.2 * due);
  const measured = await measureNext(store, seconds * due);
  return {...measured, due, seconds: measured.seconds, rss: memory(store.gateway.pid).rss};
}

async function withStore(work) {
  const store = await startStore({args: ['--refresh-rate', '100000']});
  try {
    return await work(store);
  } finally {
    await store.stop();
  }
}

export default async function scheduler(args) {
  const {values} = parseArgs({args, allowNegative: true, options: {
    sizes: {type: 'string', default: '10000,100000,1000000'}, refreshes: {type: 'string', default: '8000'},
    steady: {type: 'string', default: '120'}, write: {type: 'boolean'},
  }});
  const sizes = values.sizes.split(',').map(Number);
  const [wanted, steadySeconds] = [Number(values.refreshes), Number(values.steady)];
  // The second one has nothing overdue.
  const [rows, steady] = [await withStore(async (store) => {
    const measured = [];
    let stored = 0;
    for (const size of sizes) {
      measured.push(await measureSize(store, {size, count: size - stored, wanted}));
      stored = size;
    }
    return measured;
  }), await withStore((store) => measureSteady(store, {size: sizes.at(-1), seconds: steadySeconds}))];
  const text = [
    circumstances(`script/bench scheduler --sizes ${values.sizes} --refreshes ${wanted} --steady ${steadySeconds}`),
    table(['stored connections', 'refreshes/s', 'CPU ms per refresh', 'RSS MB', 'database MB'],
          rows.map((row) => [row.size, figure(row.refreshes / row.seconds), figure(row.cpu), figure(row.rss), figure(row.megabytes)])),
    `${sizes.at(-1)} that come due evenly over 30 minutes, ${figure(steady.due)} a second: ` +
    `${figure(steady.refreshes / steady.seconds)} refreshes/s over ${figure(steady.seconds)} s, ` +
    `${figure(steady.cpu)} ms CPU per refresh, ${figure(steady.rss)} MB.`,
  ].join('\n\n');
  process.stdout.write(`\n${text}\n`);
  if (values.write ?? sizes.at(-1) === 1_000_000) writeSection('scheduler', text);
  return 0;
}
