// One measured run of wrk against one contender.

import {spawn} from 'node:child_process';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';

import {cpuMs, memory} from './processes.mjs';

const scripts = import.meta.dirname;

function runWrk(args) {
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', args, {stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (code) => {
      const line = output.split('\n').find((text) => text.startsWith('{'));
      if (code !== 0 || !line) reject(new Error(`wrk ended with ${code}\n${output}`));
      else resolve(JSON.parse(line));
    });
  });
}

/** What was wrong with a run, or undefined. A short answer shows in the bytes per request. */
function complaint(result, bodyBytes) {
  const failed = ['connect', 'read', 'write', 'timeout', 'status'].filter((kind) => result[kind] > 0);
  if (failed.length > 0) return failed.map((kind) => `${result[kind]} ${kind} errors`).join(', ');
  if (result.requests === 0) return 'no answer at all';
  if (result.bytes / result.requests < bodyBytes) return 'answers shorter than the body';
  return undefined;
}

/**
 * Loads `request` ({url, method, headers, bodyFile?, contentType?, bodyBytes}, or instead of a body
 * {users: {prefix, count, skip}}: see users.lua) for `seconds` and measures the process `pid`: {requests, rps, cpu (ms per
 * 1,000 requests), use (cores), p50, p99 (us), pss, rss (MiB, half-way), wrong?}.
 */
export async function load({request, pid, connections, seconds, threads = 1, cores}) {
  const fields = Object.entries(request.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const {users} = request;
  const [script, ...args] = users
    ? ['users.lua', users.prefix, String(users.count), String(users.skip)]
    : ['wrk.lua', request.method, request.bodyFile ?? '-', request.contentType ?? '-'];
  const before = cpuMs(pid);
  const running = runWrk([
    '--cpu-list', cores, 'wrk', '-t', String(Math.min(threads, connections)), '-c', String(connections),
    '-d', `${seconds}s`, '--timeout', '10s', '--latency', '-s', path.join(scripts, script), ...fields, request.url,
    '--', ...args,
  ]);
  running.catch(() => {});
  await pause(seconds * 500);
  const held = memory(pid);
  const result = await running;
  const cpu = cpuMs(pid) - before;
  return {
    requests: result.requests,
    rps: result.requests / (result.us / 1e6),
    cpu: cpu / (result.requests / 1000),
    use: cpu / (result.us / 1000),
    p50: result.p50,
    p99: result.p99,
    ...held,
    wrong: complaint(result, request.bodyBytes),
  };
}
