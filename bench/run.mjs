// Runs one bench, or says which there are.
//
//   node bench/run.mjs [name] [options]

import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const names = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.bench.mjs')).map((file) => file.replace('.bench.mjs', ''));

async function main([name, ...args]) {
  // Each in a process of its own: they choose cores and priorities.
  if (name === undefined) {
    for (const each of names) {
      const {status} = spawnSync(process.execPath, [...process.execArgv, process.argv[1], each], {stdio: 'inherit'});
      if (status !== 0) return status ?? 1;
    }
    return 0;
  }
  if (!names.includes(name)) {
    process.stderr.write(`usage: script/bench [${names.join(' | ')}] [options]\n`);
    return 2;
  }
  // What the servers print and store; the support modules read the variable when they are loaded.
  const scratch = mkdtempSync(path.join(tmpdir(), 'wayleave-bench-'));
  process.env.WAYLEAVE_TEST_OUTPUT = scratch;
  process.on('exit', () => rmSync(scratch, {recursive: true, force: true}));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

  const {binary} = await import('../tests/support/output.mjs');
  if (!existsSync(binary)) throw new Error(`no program at ${binary}: run script/build first`);
  const {default: bench} = await import(`./${name}.bench.mjs`);
  return bench(args);
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
}
