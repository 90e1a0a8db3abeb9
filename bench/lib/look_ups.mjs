// A call whose connection is in memory beside one whose connection is not, and memory while more and
// more different connections are used.

import {user} from '../../tests/support/connected_gateway.mjs';
import {tryOnce} from './contenders.mjs';
import {load} from './load.mjs';
import {answers} from './nginx.mjs';
import {memory, place} from './processes.mjs';

const cached = 100_000;  // credentials a worker keeps

/** {rounds: [{hit, miss}], memory: [{used, pss, rss}]} of `stored` connections with prefix `load-`. */
export async function measureLookUps(store, {stored, rounds, seconds}) {
  const {pid} = store.gateway;
  const base = {url: store.url, method: 'GET', bodyBytes: answers['1k']};
  const hit = {...base, headers: {...store.headers, 'Wayleave-User': user}};
  let used = 0;
  const miss = () => ({...base, headers: store.headers, users: {prefix: 'load-', count: stored, skip: used}});
  const run = async (request, connections) => {
    const result = await load({request, pid, connections, seconds, cores: '0'});
    if (result.wrong) throw new Error(`look-ups: ${result.wrong}`);
    return result;
  };
  const held = [{used, ...memory(pid)}];
  await tryOnce('hit', hit);
  // One call at a time: all on one core, else the waking of a virtual CPU is measured.
  for (const each of [pid, store.scene.upstream.pid]) place(each, '0');
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = {hit: await run(hit, 1), miss: await run(miss(), 1)};
    used += result.miss.requests;
    results.push(result);
    process.stdout.write(`#${round + 1}: hit p50 ${result.hit.p50} us, miss p50 ${result.miss.p50} us, p99 ${result.miss.p99} us\n`);
  }
  place(pid, '1');
  for (const goal of [cached, 2 * cached].filter((number) => number <= stored)) {
    while (used < goal) used += (await run(miss(), 32)).requests;
    held.push({used, ...memory(pid)});
  }
  return {rounds: results, memory: held};
}

export const memoryRows = (measured) => measured.memory.map(({used, ...held}) => ({
  what: used === 0 ? 'before the first call' : `after calls for ${used} different users`, ...held,
}));
