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
    }).sort((a, b) => b.total - a.total);
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
      const [worker, ...others] = await dump(pid);
      const costs = readCosts(worker.file);
      return {
        worker: worker.total / requests,
        others: others.reduce((sum, {total}) => sum + total, 0) / requests,
        allocations: allocators.reduce((sum, name) => sum + (costs.get(name)?.calls ?? 0), 0) / requests,
        self: dearest(costs, 'self', requests),
        inclusive: dearest(costs, 'inclusive', requests),
      };
    },
    remove: () => rmSync(folder, {recursive: true, force: true}),
  };
}

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

const threads = (pid) => readdirSync(`/proc/${pid}/task`).map(Number);
const ran = (pid, thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);

/** The thread that does most of `work`: the worker, where there is one worker. */
export async function busiestThread(pid, work) {
  const before = new Map(threads(pid).map((thread) => [thread, ran(pid, thread)]));
  await work();
  return threads(pid).map((thread) => ({thread, time: ran(pid, thread) - (before.get(thread) ?? 0)}))
      .reduce((most, each) => (each.time > most.time ? each : most)).thread;
}

// Counts of one run by name, from the table of `strace -c`.
function readTable(text) {
  const counts = new Map();
  for (const [, calls, errors, name] of text.matchAll(/^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:(\d+) +)?(\w+)$/gm)) {
    if (name === 'total') continue;
    counts.set(name, {calls: Number(calls), failed: Number(errors ?? 0)});
  }
  return counts;
}

// The system calls of a thread, or of a process with all its threads, during `work`.
async function trace(target, everybody, work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'wayleave-strace-'));
  const file = path.join(folder, 'counts');
  const child = spawn('strace', ['-c', ...(everybody ? ['-f'] : []), '-o', file, '-p', String(target)],
                      {stdio: ['ignore', 'ignore', 'pipe']});
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
    return readTable(readFileSync(file, 'utf8'));
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, {recursive: true, force: true});
  }
}

/**
 * System calls per request: what `few + more` requests need beyond what `few` need, so that opening
 * and closing connections does not count. {calls, failed, names: [[name, calls]]}; `work(n)` makes n.
 */
export async function countSystemCalls(target, work, {few = 320, more = 6_400, everybody = false} = {}) {
  const less = await trace(target, everybody, () => work(few));
  const whole = await trace(target, everybody, () => work(few + more));
  const per = (name, what) => ((whole.get(name)?.[what] ?? 0) - (less.get(name)?.[what] ?? 0)) / more;
  const names = [...new Set([...less.keys(), ...whole.keys()])];
  return {
    calls: names.reduce((sum, name) => sum + per(name, 'calls'), 0),
    failed: names.reduce((sum, name) => sum + per(name, 'failed'), 0),
    names: names.map((name) => [name, per(name, 'calls')]).sort(([, a], [, b]) => b - a),
  };
}
