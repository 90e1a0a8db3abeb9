// Counts instead of times, so that other load on the machine does not matter: user instructions
// (callgrind) and system calls (strace) per request, on the worker thread and on the others.

import {execFile, execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';

import {binary} from './output.mjs';

const execute = promisify(execFile);

/** Why this build's counts would say nothing, or undefined. */
export function unfitForCounting() {
  const cache = path.join(path.dirname(binary), 'CMakeCache.txt');
  if (!existsSync(cache)) return undefined;  // an installed program
  const text = readFileSync(cache, 'utf8');
  const type = /^CMAKE_BUILD_TYPE:\w+=(.*)$/m.exec(text)?.[1];
  const sanitizer = /^WAYLEAVE_SANITIZE:\w+=(.+)$/m.exec(text)?.[1];
  if (sanitizer) return `a build with ${sanitizer} sanitizer`;
  return type === 'Release' ? undefined : `a ${type} build`;
}

/** Why nobody may trace our program here, or undefined: it keeps its memory from other processes (VT-09). */
export const unfitForTracing = () =>
  (process.getuid() === 0 ? undefined : 'only root may trace a process that protects its secrets');

/** How to run the program under callgrind: options for `startGateway`, and what was counted. */
export function prepareCallgrind() {
  const folder = mkdtempSync(path.join(tmpdir(), 'wayleave-callgrind-'));
  // Debian's valgrind cannot read this compiler's debug information; names of functions are enough.
  const program = path.join(folder, 'wayleave');
  execFileSync('strip', ['--strip-debug', '-o', program, binary]);
  const output = path.join(folder, 'counts');
  let dumps = 0;
  const dump = async (pid) => {
    await execute('callgrind_control', ['--dump', String(pid)]);
    dumps += 1;
    const prefix = `counts.${dumps}-`;
    return readdirSync(folder).filter((name) => name.startsWith(prefix)).map((name) => {
      const file = path.join(folder, name);
      return {file, total: Number(/^summary: (\d+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0)};
    });
  };
  return {
    program,
    under: ['valgrind', '--tool=callgrind', '--separate-threads=yes', `--callgrind-out-file=${output}`],
    /**
     * Per request of `work`, which makes `requests`: instructions on the {worker} and on the {others},
     * the worker's {allocations}; {self, inclusive} are [name, instructions], the dearest functions
     * first. `work` has to be warm.
     */
    async count(pid, requests, work) {
      await dump(pid);  // sets the counters to zero
      await work();
      const dumped = (await dump(pid)).map(({file, total}) => ({total, costs: readCosts(file)}));
      const worker = dumped.find(({costs}) => [...costs.keys()].some((name) => name.startsWith(ofWorkers)));
      if (!worker) throw new Error(`no thread runs ${ofWorkers}`);
      const {costs} = worker;
      const everybody = dumped.reduce((sum, {total}) => sum + total, 0);
      return {
        worker: worker.total / requests,
        others: (everybody - worker.total) / requests,
        allocations: allocators.reduce((sum, name) => sum + (costs.get(name)?.calls ?? 0), 0) / requests,
        self: dearest(costs, 'self', requests),
        inclusive: dearest(costs, 'inclusive', requests),
      };
    },
    remove: () => rmSync(folder, {recursive: true, force: true}),
  };
}

// What only a worker's thread runs; one function alone may have been inlined.
const ofWorkers = 'wayleave::net::Session::';
const allocators = ['malloc', 'calloc', 'realloc', 'aligned_alloc', 'posix_memalign', 'memalign'];

// Costs by function in callgrind's file format: lines of cost belong to the last `fn=`; the line that
// follows `calls=` is what the called function cost. (callgrind_annotate stumbles over calls that began
// before the dump.)
function readCosts(file) {
  const names = new Map();
  const named = (text) => {
    const [, id, name] = /^\((\d+)\)(?: (.*))?$/.exec(text);
    if (name !== undefined) names.set(id, name);
    return names.get(id);
  };
  const costs = new Map();
  const costOf = (name) => {
    if (!costs.has(name)) costs.set(name, {self: 0, inclusive: 0, calls: 0});
    return costs.get(name);
  };
  let current;
  let callee;
  let called = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('fn=')) {
      current = costOf(named(line.slice(3)));
    } else if (line.startsWith('cfn=')) {
      callee = named(line.slice(4));
    } else if (line.startsWith('calls=')) {
      costOf(callee).calls += Number(line.slice(6).split(' ')[0]);
      called = true;
    } else if (current && /^[-+*\d]/.test(line)) {
      const cost = Number(line.split(' ')[1]);
      current.inclusive += cost;
      if (!called) current.self += cost;
      called = false;
    }
  }
  return costs;
}

const dearest = (costs, kind, requests) => [...costs].map(([name, cost]) => [name, cost[kind] / requests])
    .sort(([, a], [, b]) => b - a);

// System calls by name in one thread's trace: {calls, failed}.
function readTrace(text) {
  const counts = new Map();
  for (const [, name, failed] of text.matchAll(/^(\w+)\(.*\) += (-1)?/gm)) {
    const count = counts.get(name) ?? {calls: 0, failed: 0};
    count.calls += 1;
    if (failed) count.failed += 1;
    counts.set(name, count);
  }
  return counts;
}

// The system calls of each thread of a process during `work`: [{thread, counts}].
async function trace(pid, work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'wayleave-strace-'));
  const child = spawn(  // no byte of what is sent or received is written down
      'strace', ['-ff', '-s', '0', '-o', path.join(folder, 'thread'), '-p', String(pid)], {stdio: ['ignore', 'ignore', 'pipe']});
  const ended = new Promise((resolve) => child.on('close', resolve));
  let said = '';
  try {
    await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.stderr.on('data', (data) => {
        said += data;
        if (/attached/.test(said)) resolve();
      });
      ended.then(() => reject(new Error(`strace ended: ${said}`)));
    });
    await work();
    child.kill('SIGINT');
    await ended;
    return readdirSync(folder).map((name) => ({
      thread: Number(name.split('.').pop()), counts: readTrace(readFileSync(path.join(folder, name), 'utf8')),
    }));
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, {recursive: true, force: true});
  }
}

// Of all threads together.
function sum(traces) {
  const all = new Map();
  for (const {counts} of traces) {
    for (const [name, {calls, failed}] of counts) {
      const before = all.get(name) ?? {calls: 0, failed: 0};
      all.set(name, {calls: before.calls + calls, failed: before.failed + failed});
    }
  }
  return all;
}

function difference(whole, less, requests) {
  const per = (name, what) => ((whole.get(name)?.[what] ?? 0) - (less.get(name)?.[what] ?? 0)) / requests;
  const names = [...new Set([...less.keys(), ...whole.keys()])];
  return {
    calls: names.reduce((total, name) => total + per(name, 'calls'), 0),
    failed: names.reduce((total, name) => total + per(name, 'failed'), 0),
    names: names.map((name) => [name, per(name, 'calls')]).sort(([, a], [, b]) => b - a),
  };
}

/**
 * System calls per request, on the `worker` and on all threads together (`everybody`): what
 * `few + more` requests need beyond what `few` need, so that opening and closing connections does not
 * count. Each is {calls, failed, names: [[name, calls]]}; `work(n)` makes n requests.
 */
export async function countSystemCalls(pid, work, {few = 320, more = 6_400} = {}) {
  const less = await trace(pid, () => work(few));
  const whole = await trace(pid, () => work(few + more));
  const received = ({counts}) => counts.get('recvfrom')?.calls ?? 0;
  const {thread} = whole.reduce((most, each) => (received(each) > received(most) ? each : most));
  const of = (traces) => traces.find((each) => each.thread === thread)?.counts ?? new Map();
  return {
    worker: difference(of(whole), of(less), more),
    everybody: difference(sum(whole), sum(less), more),
  };
}
