// Without its root key the store stays shut and unchanged (VT-05); with it, the key is in no child's
// environment, no other process's view of ours and no core file (VT-09).

import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {
  chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';

import {processFolder, secret} from '../support/output.mjs';
import {runOnce, startServer} from '../support/process.mjs';

const ready = /^wayleave listening on (http:\S+)/m;
const serve = ['serve', '--listen', '127.0.0.1:0'];
const keyText = (first) =>
  secret('root key', Buffer.from(Array.from({length: 32}, (_, i) => (i * 7 + first) % 256)).toString('base64'));

// Key files of these tests: not where the canary looks for keys that went astray.
const vault = mkdtempSync(path.join(tmpdir(), 'wayleave-keys-'));
after(() => rmSync(vault, {recursive: true}));

/** A digest of every file in a folder but those named. */
function digest(folder, except = []) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, {recursive: true}).sort()) {
    if (except.includes(name)) continue;
    hash.update(name);
    try {
      hash.update(readFileSync(path.join(folder, name)));
    } catch (error) {
      if (error.code !== 'EISDIR') throw error;
    }
  }
  return hash.digest('hex');
}

describe('a store whose root key does not fit', () => {
  let data;
  let key;
  before(async () => {
    data = path.join(processFolder('sealed'), 'data');
    const server = await startServer('keyed', [...serve, '--data', data], ready);
    await server.stop();
    key = path.join(data, 'root.key');
  });

  async function staysShut(args, env, expected) {
    const earlier = digest(data);
    for (const command of [serve, ['app', 'list'], ['key', 'create', '--name', 'x'], ['rotate-key'],
                           ['rotate-key', '--root'], ['backup', path.join(data, '..', 'no.backup')]]) {
      const {code, stdout, stderr} = await runOnce([...command, '--data', data, ...args], {env, timeout: 10_000});
      assert.equal(code, 1, `${command.join(' ')}: ${stdout} ${stderr}`);
      assert.match(stderr, expected);
      for (const value of Object.values(env)) assert.ok(!stderr.includes(value), 'the key is not repeated');
    }
    assert.equal(digest(data), earlier, 'nothing was changed');
  }

  const cases = {
    wrong: [[], {WAYLEAVE_ROOT_KEY: keyText(3)}, /does not fit this database|is not the one/],
    short: [[], {WAYLEAVE_ROOT_KEY: Buffer.alloc(16, 'short key').toString('base64')}, /only 16 bytes/],
    long: [[], {WAYLEAVE_ROOT_KEY: Buffer.alloc(40, 'a long key').toString('base64')}, /longer than 32 bytes/],
    'all zero': [[], {WAYLEAVE_ROOT_KEY: Buffer.alloc(32).toString('base64')}, /placeholder/],
    'not base64': [[], {WAYLEAVE_ROOT_KEY: '!!!not base64!!!'}, /not base64/],
    'a file that is not there': [['--root-key-file', '/nowhere/root.key'], {}, /cannot read \/nowhere\/root.key/],
    'a folder': [['--root-key-file', '/tmp'], {}, /is not a file/],
    'a failing command': [['--root-key-command', 'echo nothing; exit 7'], {}, /command failed/],
    'a command that is not there': [['--root-key-command', '/nowhere/print-key 2>/dev/null'], {}, /command failed/],
    'a silent command': [['--root-key-command', 'true'], {}, /missing/],
  };
  for (const [what, [args, env, expected]] of Object.entries(cases)) {
    test(`stays shut and unchanged: ${what}`, () => staysShut(args, env, expected));
  }

  test('stays shut and unchanged: no root key in the data folder', async () => {
    const aside = path.join(data, '..', 'aside.key');
    renameSync(key, aside);
    await staysShut([], {}, /there is no root key|root key .* is not/);
    renameSync(aside, key);
  });

  test('stays shut and unchanged: empty, cut and readable by others', async () => {
    const whole = readFileSync(key, 'utf8');
    for (const [text, mode, expected] of [
      ['', 0o600, /missing/], [whole.slice(0, 20), 0o600, /not base64|only \d+ bytes/], [whole, 0o644, /chmod 600/]]) {
      writeFileSync(key, text);
      chmodSync(key, mode);
      await staysShut([], {}, expected);
    }
    writeFileSync(key, whole);
    chmodSync(key, 0o600);
  });

  test('opens again with its own', async () => {
    assert.equal((await runOnce(['app', 'list', '--data', data])).code, 0);
  });
});

describe('the root key in a running process', () => {
  test('is not in its environment, nor in that of the command that prints it', async () => {
    const folder = processFolder('environ');
    const data = path.join(folder, 'data');
    const own = keyText(11);
    const seen = path.join(folder, 'seen');
    const env = {
      WAYLEAVE_ROOT_KEY: own, WAYLEAVE_NEW_ROOT_KEY: keyText(12), WAYLEAVE_KEY: 'wlk_not-for-children-0123456789',
      WAYLEAVE_CLIENT_SECRET: 'not-for-children-either-0123456789'};
    const server = await startServer('secretive', [...serve, '--data', data], ready, {env});
    try {
      const environ = readFileSync(`/proc/${server.pid}/environ`, 'latin1');
      for (const value of Object.values(env)) assert.ok(!environ.includes(value));
      assert.match(readFileSync(`/proc/${server.pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
    } finally {
      await server.stop();
    }
    const file = path.join(vault, 'own.key');
    writeFileSync(file, own, {mode: 0o600});
    const {WAYLEAVE_ROOT_KEY: _, ...others} = env;
    const {code, stderr} = await runOnce(
        ['app', 'list', '--data', data, '--root-key-command', `env > ${seen}; cat ${file}`], {env: others});
    assert.equal(code, 0, stderr);
    const child = readFileSync(seen, 'utf8');
    assert.match(child, /^PATH=/m);
    for (const value of Object.values(env)) assert.ok(!child.includes(value), child);
    rmSync(seen);
  });

  test('leaves no core file when the process crashes', async () => {
    const folder = processFolder('crashed');
    const server = await startServer('crashing', [...serve, '--data', path.join(folder, 'data')], ready, {folder});
    process.kill(server.pid, 'SIGABRT');
    assert.equal((await server.exited).signal, 'SIGABRT');
    assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('core')), []);
  });

  test('may come from a file, a command or the environment, to one and the same store', async () => {
    const folder = processFolder('rooted');
    const data = path.join(folder, 'data');
    const text = keyText(21);
    const file = path.join(vault, 'my.key');
    writeFileSync(file, `${text}\n`, {mode: 0o600});
    const ways = [
      [[], {WAYLEAVE_ROOT_KEY: text}], [['--root-key-file', file], {}], [['--root-key-command', `cat ${file}`], {}],
      [[], {WAYLEAVE_ROOT_KEY_FILE: file}], [[], {WAYLEAVE_ROOT_KEY_COMMAND: `cat ${file}`}],
    ];
    for (const [args, env] of ways) {
      const server = await startServer('rooted', [...serve, '--data', data, ...args], ready, {env});
      assert.deepEqual(await server.stop(), {code: 0, signal: null});
      assert.ok(!readdirSync(data).includes('root.key'), 'none is made beside it');
    }
    const beside = path.join(folder, 'copy');
    mkdirSync(beside, {mode: 0o700});
    for (const name of readdirSync(data)) {
      if (name.startsWith('wayleave.db')) copyFileSync(path.join(data, name), path.join(beside, name));
    }
    assert.equal((await runOnce(['app', 'list', '--data', beside])).code, 1);
    assert.equal((await runOnce(['app', 'list', '--data', beside, '--root-key-file', file])).code, 0);
  });
});
