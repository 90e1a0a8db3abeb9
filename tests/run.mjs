// Runs every test and ends with `N passed, N failed`: the unit tests that CTest knows (GoogleTest
// programs, one by one), the checks of the web packages, the integration tests and those in a real
// browser (node:test files), the canary last because it searches what all the others left behind. What keeps rows is run a second time on PostgreSQL; those
// results are named `unit/postgres/...` and `integration/postgres/...`.
//
//   node tests/run.mjs --build build/release [--filter REGEX]

import {execFile, spawn} from 'node:child_process';
import {mkdtemp, mkdir, readFile, readdir, rm} from 'node:fs/promises';
import {availableParallelism, tmpdir} from 'node:os';
import path from 'node:path';
import {run} from 'node:test';
import {parseArgs, promisify} from 'node:util';

import {runWebTests} from './support/web_packages.mjs';

const root = path.resolve(import.meta.dirname, '..');
const {values: options} = parseArgs({
  options: {build: {type: 'string', default: 'build/release'}, filter: {type: 'string', default: ''}},
});
const build = path.resolve(root, options.build);
const wanted = new RegExp(options.filter, 'i');
// A filter that begins with a kind needs no other.
const isKindWanted = (kind) => {
  const named = ['unit', 'web', 'integration', 'e2e'].find((name) => new RegExp(`^\\^?${name}(/|$)`, 'i').test(options.filter));
  return named === undefined || named === kind;
};
const failures = [];
let passed = 0;

const say = (line) => process.stdout.write(`${line}\n`);

function record(name, error) {
  if (error === undefined) {
    passed += 1;
    return;
  }
  failures.push(name);
  say(`FAILED ${name}\n${String(error).replace(/^/gm, '    ')}`);
}

// ---- PostgreSQL ----

// Whose tests are run a second time. `db` itself tests both drivers in one run.
const keepRows = ['access', 'api', 'app', 'connect', 'gateway', 'vault'];
const onPostgres = ['audit', 'crash', 'journey', 'lifecycle', 'oidc', 'refresh'];
let postgres;

// One server for all; the tests make databases and schemas of their own on it.
async function startServerForAll() {
  const {startPostgres} = await import('./support/postgres.mjs');
  postgres = await startPostgres();
  process.env.WAYLEAVE_TEST_POSTGRES = postgres.url();
}

// ---- unit tests ----

async function unitPrograms() {
  const {stdout} = await promisify(execFile)(
      'ctest', ['--test-dir', build, '--show-only=json-v1'], {maxBuffer: 1 << 26});
  return JSON.parse(stdout).tests.map(({name, command}) => ({name, command}));
}

async function listGoogleTests([program]) {
  const {stdout} = await promisify(execFile)(program, ['--gtest_list_tests'], {maxBuffer: 1 << 26});
  const names = [];
  let suite = '';
  for (const line of stdout.split('\n').map((text) => text.replace(/\s*#.*/, ''))) {
    if (/^\S+\.$/.test(line)) suite = line;
    else if (/^ {2}\S/.test(line)) names.push(suite + line.trim());
  }
  return names;
}

function runProgram([program, ...args], env) {
  return new Promise((resolve) => {
    const child = spawn(
        program, args, {cwd: root, env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => resolve({code: -1, output: String(error)}));
    child.on('close', (code, signal) => resolve({code: code ?? signal, output}));
  });
}

async function runUnitProgram({name, command, env}, scratch) {
  const all = await listGoogleTests(command);
  const names = all.filter((test) => wanted.test(`unit/${name}/${test}`));
  if (names.length === 0) return;
  const report = path.join(scratch, `${name.replaceAll('/', '-')}.json`);
  const filter = names.length === all.length ? [] : [`--gtest_filter=${names.join(':')}`];
  const started = performance.now();
  const {code, output} = await runProgram([...command, `--gtest_output=json:${report}`, ...filter], env);
  let suites;
  try {
    suites = JSON.parse(await readFile(report, 'utf8')).testsuites;
  } catch {
    record(`unit/${name}`, `ended with ${code} before it could report\n${output.slice(-4000)}`);
    return;
  }
  let failed = 0;
  let ran = 0;
  for (const suite of suites) {
    for (const test of suite.testsuite) {
      if (test.status !== 'RUN') continue;
      ran += 1;
      if (test.failures) failed += 1;
      record(`unit/${name}/${suite.name}.${test.name}`,
             test.failures?.map(({failure}) => failure).join('\n'));
    }
  }
  // A sanitizer, or a crash after the last test.
  if (code !== 0 && failed === 0) record(`unit/${name}`, `ended with ${code}\n${output.slice(-4000)}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(`unit/${name}: ${ran - failed} of ${ran} passed (${seconds} s)`);
}

async function runUnitTests() {
  const programs = (await unitPrograms()).flatMap((program) => !keepRows.includes(program.name) ? program : [
    program, {...program, name: `postgres/${program.name}`, env: {WAYLEAVE_TEST_DATABASE: 'postgres'}},
  ]);
  const scratch = await mkdtemp(path.join(tmpdir(), 'wayleave-unit-'));
  try {
    const lanes = Array.from({length: availableParallelism()}, async () => {
      for (let next = programs.shift(); next; next = programs.shift()) {
        await runUnitProgram(next, scratch);
      }
    });
    await Promise.all(lanes);
  } finally {
    await rm(scratch, {recursive: true, force: true});
  }
}

// ---- integration tests, and those in a browser ----

const kindOf = (file) => path.basename(path.dirname(file));
const baseOf = (file) => path.basename(file, '.test.mjs');
const onWhat = () => (process.env.WAYLEAVE_TEST_DATABASE ? 'postgres/' : '');
const label = (file) => `${kindOf(file)}/${onWhat()}${baseOf(file)}`;

// Which files of a kind to run, on which databases, and whether all their tests are meant.
async function nodeTestFiles(kind, twice) {
  const folder = path.join(root, 'tests', kind);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.test.mjs')).sort();
  const again = names.filter((name) => twice.includes(baseOf(name)));
  const isChosen = (prefix) => (name) => wanted.test(`${kind}/${prefix}${baseOf(name)}/`);
  const chosen = [names.filter(isChosen('')), again.filter(isChosen('postgres/'))];
  const whole = options.filter === '' || chosen.flat().length > 0;
  const [paths, pathsAgain] = (whole ? chosen : [names, again])
      .map((list) => list.map((name) => path.join(folder, name)));
  return {whole, paths, pathsAgain};
}

function runNodeTests(files, whole, concurrency) {
  return new Promise((resolve, reject) => {
    if (files.length === 0) return resolve();
    const counts = new Map();
    const count = (file, ok) => {
      const entry = counts.get(file) ?? {ok: 0, all: 0};
      entry.all += 1;
      if (ok) entry.ok += 1;
      counts.set(file, entry);
    };
    const stream = run({
      files,
      concurrency,
      timeout: 600_000,
      ...(whole ? {} : {testNamePatterns: [wanted]}),
    });
    const isCase = ({details, name, skip}, file) =>
      details?.type !== 'suite' && skip === undefined && name !== file;
    const fileOf = (data) => data.file ?? data.name;
    stream.on('test:pass', (data) => {
      if (!isCase(data, fileOf(data))) return;
      count(fileOf(data), true);
      record(`${label(fileOf(data))}/${data.name}`);
    });
    stream.on('test:fail', (data) => {
      const file = fileOf(data);
      const error = data.details?.error;
      // A failed case fails its suites too: count the case alone.
      if (error?.failureType === 'subtestsFailed') return;
      count(file, false);
      record(`${label(file)}/${data.name}`, error?.cause?.stack ?? error?.cause ?? error);
    });
    stream.on('test:stderr', ({message}) => process.stderr.write(message));
    stream.on('test:stdout', ({message}) => process.stdout.write(message));
    stream.on('error', reject);
    stream.on('end', () => {
      for (const [file, {ok, all}] of counts) say(`${label(file)}: ${ok} of ${all} passed`);
      resolve();
    });
    stream.resume();
  });
}

async function prepareOutput() {
  const output = path.join(build, 'test-output');
  await rm(output, {recursive: true, force: true});
  await mkdir(output, {recursive: true});
  process.env.WAYLEAVE_TEST_OUTPUT = output;
  process.env.NODE_OPTIONS = '--disable-warning=ExperimentalWarning';  // node:sqlite
  process.env.WAYLEAVE_BIN ??= path.join(build, 'wayleave');
}

const lanes = Math.max(2, availableParallelism());

// Two browsers at once are enough for any machine.
async function runBrowserTests() {
  const {whole, paths} = await nodeTestFiles('e2e', []);
  await runNodeTests(paths, whole, 2);
}

async function runIntegrationTests(between) {
  const {whole, paths, pathsAgain} = await nodeTestFiles('integration', onPostgres);
  // Alone: they measure memory, count what a hit costs, and search what the others left.
  const alone = ['transparency', 'hot_path', 'canary'];
  await runNodeTests(paths.filter((file) => !alone.includes(baseOf(file))), whole, lanes);
  process.env.WAYLEAVE_TEST_DATABASE = 'postgres';
  await runNodeTests(pathsAgain, whole, lanes);
  delete process.env.WAYLEAVE_TEST_DATABASE;
  await between();
  for (const name of alone) {
    await runNodeTests(paths.filter((file) => baseOf(file) === name), whole, 1);
  }
}

await prepareOutput();
await startServerForAll();
try {
  if (isKindWanted('unit')) await runUnitTests();
  if (isKindWanted('web')) await runWebTests(record, wanted);
  const browserTests = () => (isKindWanted('e2e') ? runBrowserTests() : undefined);
  if (isKindWanted('integration')) await runIntegrationTests(browserTests);
  else await browserTests();
} finally {
  await postgres.stop();
}
if (passed + failures.length === 0) {
  record('no test', `nothing matches the filter '${options.filter}'`);
}
if (failures.length > 0) say(`\nfailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
say(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
