// Generates the types from api/openapi.yaml, compiles to CommonJS and puts an ES module in front of it
// that exports the same. One implementation instead of two: an error thrown to a program that both
// imports and requires the package is of the class the program knows.
//
// Does nothing when `dist` is of these very sources. Two of these at once take turns.

import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const dist = path.join(root, 'dist');
const staging = path.join(root, 'dist.new');
const lock = path.join(root, 'node_modules/.building');
const description = path.join(root, '../../api/openapi.yaml');
const generated = path.join(root, 'src/openapi.ts');

function filesBelow(folder) {
  return readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(name) : name;
  });
}

function digest() {
  const hash = createHash('sha256');
  const sources = [
    ...filesBelow(path.join(root, 'src')).filter((name) => name !== generated),
    description,
    fileURLToPath(import.meta.url),
    ...['package.json', 'package-lock.json', 'tsconfig.json'].map((name) => path.join(root, name)),
  ];
  for (const name of sources.sort())
    hash
      .update(`${path.relative(root, name)}\0`)
      .update(readFileSync(name))
      .update('\0');
  return hash.digest('hex');
}

const stamp = () =>
  existsSync(path.join(dist, '.built-from')) &&
  readFileSync(path.join(dist, '.built-from'), 'utf8');

function run(program, ...args) {
  const entry = path.resolve(
    path.dirname(require.resolve(`${program[0]}/package.json`)),
    program[1],
  );
  try {
    execFileSync(process.execPath, [entry, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  } catch (error) {
    throw new Error(`${program[0]} failed\n${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

function build(wanted) {
  // A field with a default may be left out by the caller.
  run(
    ['openapi-typescript', 'bin/cli.js'],
    description,
    '--output',
    generated,
    '--default-non-nullable=false',
  );
  rmSync(staging, {recursive: true, force: true});
  run(['typescript', 'bin/tsc'], '--project', root, '--outDir', staging);
  const names = Object.keys(require(path.join(staging, 'index.js'))).sort();
  writeFileSync(
    path.join(staging, 'index.mjs'),
    `import sdk from './index.js';\n\nexport const {\n${names.map((name) => `  ${name},\n`).join('')}} = sdk;\n`,
  );
  writeFileSync(path.join(staging, 'index.d.mts'), "export * from './index.js';\n");
  writeFileSync(path.join(staging, '.built-from'), wanted);
  rmSync(dist, {recursive: true, force: true});
  renameSync(staging, dist);
}

async function takeLock() {
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    // Of somebody who died.
    if (Date.now() - (statSync(lock, {throwIfNoEntry: false})?.mtimeMs ?? Date.now()) > 120_000)
      rmSync(lock, {recursive: true, force: true});
    await pause(50);
  }
}

const wanted = digest();
if (stamp() !== wanted) {
  await takeLock();
  try {
    if (stamp() !== wanted) build(wanted);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    rmSync(lock, {recursive: true, force: true});
  }
}
