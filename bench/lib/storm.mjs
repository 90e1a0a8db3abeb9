// Many tokens expire at the same moment while calls with fresh tokens go on: do those notice?

import {execFileSync, fork} from 'node:child_process';
import {once} from 'node:events';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';

import {connectTo, requestBytes} from '../../tests/support/keep_alive.mjs';
import {forEach} from './lanes.mjs';
import {place} from './processes.mjs';
import {quantile} from './statistics.mjs';
import {bulkUser, fill} from './store.mjs';

// Seconds from the filling: time to fill for the other storms, to start, and to call each user once before
// its token is due.
const firstExpiry = (storms) => 30 + 5 * storms;
const between = 25;
const quietSeconds = 8;
const lanes = 128;
const rate = 1_000;

const requestsFor = (store, prefix, count) => Array.from({length: count}, (_, i) => requestBytes(
    store.url, {headers: {...store.headers, 'Wayleave-User': bulkUser(prefix, i)}}));

// Each user calls once; every answer has to be the provider's.
async function callAll(store, requests) {
  const clients = await Promise.all(Array.from({length: lanes}, () => connectTo(store.gateway.url)));
  await forEach(requests, lanes, (request, _, lane) => clients[lane].exchange(request));
  clients.forEach((client) => client.close());
}

async function startCaller(store, requests) {
  const child = fork(path.join(import.meta.dirname, 'steady_caller.mjs'));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the steady caller ended with ${code}`);
  });
  ended.catch(() => {});
  const hear = () => Promise.race([once(child, 'message').then(([message]) => message), ended]);
  child.send({url: store.gateway.url, requests: requests.map((bytes) => bytes.toString('base64')), rate, connections: 32});
  await hear();
  return {
    pid: child.pid,
    async stop() {
      child.send('stop');
      return (await hear()).samples;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

function latencies(samples, from, to) {
  const taken = samples.filter(([when]) => when >= from && when < to).map(([, ms]) => ms);
  return {calls: taken.length, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99)};
}

/** [{seconds, refreshes, quiet: {p50, p99}, storm: {p50, p99}}], milliseconds. */
export async function measureStorms(store, {like, storms, expiring}) {
  await store.gateway.stop();
  const names = Array.from({length: storms}, (_, i) => `storm${i}-`);
  const expiries = names.map((prefix, i) => {
    const life = firstExpiry(storms) + i * between;
    fill(store, {like, prefix, count: expiring, life});
    return Date.now() + life * 1000;
  });
  await store.gateway.start();
  // The gateway has a core for itself. Whoever makes the storm gives way on the other one, so that
  // the steady caller and its provider feel the gateway's trouble and nobody else's.
  // Last, for it is a child of this process.
  for (const pid of [store.scene.upstream.pid, store.sandbox.pid, process.pid]) place(pid, '0');
  place(store.gateway.pid, '1');
  for (const pid of [store.sandbox.pid, process.pid]) {
    execFileSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(pid)], {stdio: 'ignore'});
  }
  const caller = await startSteady(store);
  try {
    return await observe(store, caller, names, expiries, expiring);
  } finally {
    caller.kill();
  }
}

async function startSteady(store) {
  const fresh = requestsFor(store, 'load-', 1_000);
  await callAll(store, fresh);
  const caller = await startCaller(store, fresh);
  // It inherited our modesty.
  execFileSync('chrt', ['--all-tasks', '--other', '--pid', '0', String(caller.pid)], {stdio: 'ignore'});
  return caller;
}

async function observe(store, caller, names, expiries, expiring) {
  const requests = names.map((prefix) => requestsFor(store, prefix, expiring));
  for (const each of requests) await callAll(store, each);
  const windows = [];
  for (const [i, expiry] of expiries.entries()) {
    const wait = expiry + 500 - Date.now();
    if (wait < quietSeconds * 1000) throw new Error('this machine is too slow: no quiet time before the storm');
    await pause(wait);
    const before = (await store.sandbox.stats()).refreshes;
    const start = Date.now();
    await callAll(store, requests[i]);
    const end = Date.now();
    const refreshes = (await store.sandbox.stats()).refreshes - before;
    if (refreshes !== expiring) throw new Error(`${refreshes} refreshes for ${expiring} expired tokens`);
    process.stdout.write(`storm ${i + 1}: ${refreshes} refreshes in ${((end - start) / 1000).toFixed(1)} s\n`);
    windows.push({start, end, refreshes});
  }
  const samples = await caller.stop();
  return windows.map(({start, end, refreshes}) => ({
    seconds: (end - start) / 1000,
    refreshes,
    quiet: latencies(samples, start - quietSeconds * 1000, start - 500),
    storm: latencies(samples, start, end),
  }));
}
