// Starts programs (the real one above all), waits until they are ready, stops them by process id.

import {spawn} from 'node:child_process';
import {createWriteStream} from 'node:fs';
import path from 'node:path';

import {binary, processFolder, secret} from './output.mjs';
import {eventually} from './wait.mjs';

const running = new Map();
// Whoever dies must not leave servers behind.
process.on('exit', () => running.forEach((signal, child) => child.kill(signal)));

// The tests decide the environment; the caller's WAYLEAVE_ settings stay out of it.
function cleanEnvironment(extra) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('WAYLEAVE_'));
  return {...Object.fromEntries(kept), ...extra};
}

/**
 * A long-running process: {url, pid, folder, exited, stop(), kill()}. `ready`: an expression found in
 * what it prints, whose first group is its URL, or a function asked until it answers something true.
 * `atExit`: the signal it gets when this process dies; a program with children of its own needs one
 * that it can catch.
 */
export async function startProcess(
    name, [command, ...args], ready, {env = {}, folder = processFolder(name), atExit = 'SIGKILL'} = {}) {
  const child = spawn(command, args, {
    cwd: folder,
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.set(child, atExit);
  const exited = new Promise((resolve) => {
    child.on('error', (error) => resolve({error}));
    child.on('close', (code, signal) => resolve({code, signal}));
  });
  exited.then(() => running.delete(child));
  let errors = '';
  let seen = '';
  child.stderr.pipe(createWriteStream(path.join(folder, 'stderr'), {flags: 'a'}));
  child.stderr.on('data', (data) => (errors = (errors + data).slice(-4000)));
  child.stdout.pipe(createWriteStream(path.join(folder, 'stdout'), {flags: 'a'}));

  const ended = exited.then((how) => {
    throw new Error(`${name} ended before it was ready (${how.error ?? JSON.stringify(how)})\n${seen}${errors}`);
  });
  ended.catch(() => {});  // after it was ready an end is nobody's error here
  const printed = new Promise((resolve) => {
    child.stdout.on('data', (data) => {
      if (typeof ready === 'function' || seen === undefined) return;
      seen += data;
      const match = ready.exec(seen);
      if (!match) return;
      seen = undefined;
      resolve(match[1]);
    });
  });
  const url = await Promise.race([
    ended, typeof ready === 'function' ? eventually(`${name} is ready`, ready) : printed,
  ]);
  return {
    url,
    pid: child.pid,
    folder,
    exited,
    errors: () => errors,
    /** SIGTERM; resolves to how it ended. */
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
    /** SIGKILL: nothing is flushed, nothing is tidied. */
    async kill() {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

/**
 * A long-running process of our program, or of `program`, which is a copy of it. `under`: a command to
 * run it under, such as valgrind.
 */
export const startServer = (name, args, ready, {under = [], program = binary, ...options} = {}) =>
  startProcess(name, [...under, program, ...args], ready, options);

/**
 * Runs the program to its end. Resolves to {code, stdout, stderr}. What it prints is kept in the run
 * folder, unless `reveals`: then its output may hold a secret (a new key). `killAfter`: SIGKILL after so
 * many milliseconds; then `code` is null when it had not ended.
 */
export async function runOnce(
    args, {env = {}, input, reveals = false, cwd, timeout = 60_000, killAfter} = {}) {
  const folder = processFolder('command');
  const child = spawn(binary, args, {
    cwd: cwd ?? folder,
    env: cleanEnvironment(env),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  running.set(child, 'SIGKILL');
  if (input !== undefined) {
    child.stdin.on('error', () => {});  // it may end without reading
    child.stdin.end(input);
  }
  const output = {stdout: '', stderr: ''};
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8');
    child[name].on('data', (data) => (output[name] += data));
    if (!reveals) child[name].pipe(createWriteStream(path.join(folder, name)));
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfter ?? timeout);
  const {code, signal, error} = await new Promise((resolve) => {
    child.on('error', (spawnError) => resolve({error: spawnError}));
    child.on('close', (exitCode, exitSignal) => resolve({code: exitCode, signal: exitSignal}));
  });
  clearTimeout(timer);
  running.delete(child);
  if (error) throw error;
  if (signal && killAfter === undefined) throw new Error(`wayleave ${args.join(' ')}: ended by ${signal}\n${output.stderr}`);
  for (const [key] of output.stdout.matchAll(/wlk_[0-9A-Za-z]{20,}/g)) secret('api key', key);
  return {code, ...output};
}
