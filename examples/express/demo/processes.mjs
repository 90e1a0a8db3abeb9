// Programs of the demo: started until they say where they are, ended with it.

import {execFile, spawn} from 'node:child_process';
import {promisify} from 'node:util';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

// The settings of whoever starts the demo are not meant for it.
function environment(extra) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WAYLEAVE_'));
  return {...Object.fromEntries(own), ...extra};
}

/** Starts one. `ready`: found in what it prints, its first group is its URL. */
export function start(name, program, args, ready, env = {}) {
  const child = spawn(program, args, {env: environment(env), stdio: ['ignore', 'pipe', 'pipe']});
  running.add(child);
  return new Promise((resolve, reject) => {
    let printed = '';
    let errors = '';
    child.stderr.on('data', (data) => (errors = (errors + data).slice(-4000)));
    child.stdout.on('data', (data) => {
      if (printed === undefined) return;
      printed += data;
      const url = ready.exec(printed)?.[1];
      if (!url) return;
      printed = undefined;
      resolve({url});
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      if (printed !== undefined)
        reject(new Error(`${name} ended with ${code ?? signal}\n${printed}${errors}`));
    });
  });
}

/** Runs one to its end; resolves to what it printed. */
export async function run(program, args) {
  const {stdout} = await promisify(execFile)(program, args, {env: environment({})});
  return stdout;
}

/** Ends all, the last one first. */
export async function stopAll() {
  for (const child of [...running].reverse()) {
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    await closed;
  }
}
