// Runs one bench, or says which there are.
//
//   node bench/run.mjs [name] [options]

import {existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const names = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.bench.mjs')).map((file) => file.replace('.bench.mjs', ''));

async function main([name, ...args]) {
  const chosen = name === undefined || name.startsWith('-') ? names : [name];
  if (name?.startsWith('-') || !chosen.every((each) => names.includes(each))) {
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
  let code = 0;
  for (const each of chosen) {
    const {default: bench} = await import(`./${each}.bench.mjs`);
    code = Math.max(code, await bench(chosen.length === 1 ? args : []));
  }
  return code;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
}
