// The type checks and unit tests of the web packages, as their package.json says: `check` is reported
// as `web/<folder>/types`, each test of `test` (vitest) under `web/<folder>/`.

import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const folders = ['console', 'sdk/connect', 'sdk/typescript', 'examples/express'];

/** Those that are there: {folder, scripts}. */
function packages() {
  return folders
      .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
      .map((folder) => ({
        folder,
        scripts: JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')).scripts ?? {},
      }));
}

/** A script's command with those in the place of `npm run name`: Debian's npm wants Debian's Node. */
function expand(scripts, name) {
  return scripts[name].replace(/\bnpm run (?:-s |--silent )?([\w:-]+)/g, (_, other) => expand(scripts, other));
}

/** Runs a command as `npm run` would, with the Node that runs this. */
function runScript(folder, command) {
  const bins = [path.join(root, folder, 'node_modules/.bin'), path.dirname(process.execPath)];
  const env = {...process.env, PATH: [...bins, process.env.PATH].join(':'), NO_COLOR: '1'};
  // What tells the runner of this process how to report.
  for (const name of ['NODE_TEST_CONTEXT', 'NODE_OPTIONS']) delete env[name];
  return new Promise((resolve) => {
    const child = spawn(command, {cwd: path.join(root, folder), shell: true, env, stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('close', (code, signal) => resolve({code: code ?? signal, output}));
  });
}

async function checkTypes({folder, scripts}, record) {
  const {code, output} = await runScript(folder, expand(scripts, 'check'));
  record(`web/${folder}/types`, code === 0 ? undefined : output.slice(-8000));
}

async function runVitest({folder, scripts}, record, wanted) {
  const scratch = await mkdtemp(path.join(tmpdir(), 'wayleave-web-'));
  const report = path.join(scratch, 'report.json');
  const {code, output} = await runScript(folder, `${expand(scripts, 'test')} --reporter=json --outputFile=${report}`);
  let failed = 0;
  try {
    for (const {name, message, assertionResults} of JSON.parse(readFileSync(report, 'utf8')).testResults) {
      const file = path.basename(name).replace(/\.test\.\w+$/, '');
      for (const {fullName, status, failureMessages} of assertionResults) {
        const whole = `web/${folder}/${file}/${fullName}`;
        if (!wanted.test(whole) || status === 'skipped' || status === 'pending') continue;
        if (status !== 'passed') failed += 1;
        record(whole, status === 'passed' ? undefined : failureMessages.join('\n'));
      }
      if (assertionResults.length === 0 && message) {
        failed += 1;
        record(`web/${folder}/${file}`, message);
      }
    }
  } catch (error) {
    record(`web/${folder}`, `no report (${error.message}); ended with ${code}\n${output.slice(-4000)}`);
    return;
  } finally {
    await rm(scratch, {recursive: true, force: true});
  }
  if (code !== 0 && failed === 0) record(`web/${folder}`, `ended with ${code}\n${output.slice(-4000)}`);
}

/** `record(name, error)` is told of every one whose name `wanted` matches. */
export async function runWebTests(record, wanted) {
  for (const one of packages()) {
    if (one.scripts.check && wanted.test(`web/${one.folder}/types`)) await checkTypes(one, record);
    // Tests for node:test are run by integration/sdk_package, on each Node the package is meant for.
    if (!one.scripts.test?.includes('vitest')) continue;
    // A filter that names no package may name a test: then all are run and those that match count.
    await runVitest(one, record, wanted);
  }
}
