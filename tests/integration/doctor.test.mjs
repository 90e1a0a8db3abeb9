// Each fault that `wayleave doctor` knows is made for real; it must find it, say what to do, and change
// nothing itself.

import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {DatabaseSync} from 'node:sqlite';

import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {binary, processFolder, secret} from '../support/output.mjs';
import {runOnce, startServer} from '../support/process.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';
import {eventually} from '../support/wait.mjs';

const users = ['ann', 'bob', 'cyd'];

let peer;
let api;
let gateway;
let app;
let model;  // a data folder to copy: a good one, with connections, no server running
before(async () => {
  peer = await startOAuthPeer();
  api = await startRecordingUpstream();
  gateway = await startGateway({egress: [peer.url, api.url]});
  app = await gateway.createCustomApp('patient', peer, api.url);
  for (const user of users) await gateway.connect(app, user);
  await gateway.stop();
  model = path.join(processFolder('model'), 'data');
  cpSync(gateway.data, model, {recursive: true});
  await gateway.start();
});
after(async () => {
  await gateway?.stop();
  await Promise.all([peer, api].map((each) => each?.stop()));
});

/** A data folder of its own for one fault. */
function patient() {
  const data = path.join(processFolder('patient'), 'data');
  rmSync(data, {recursive: true});
  cpSync(model, data, {recursive: true});
  return data;
}

function sql(data, work) {
  const store = new DatabaseSync(path.join(data, 'wayleave.db'));
  try {
    return work(store);
  } finally {
    store.close();
  }
}

function digest(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (name.startsWith('wayleave.db-')) continue;  // appear and go with every connection
    hash.update(name);
    hash.update(name.endsWith('.db') || name.startsWith('root.key') ? readFileSync(path.join(folder, name)) : '');
  }
  return hash.digest('hex');
}

/** Runs the doctor: {code, healthy, checks}, each check by its code or name. */
async function examine(data, args = [], options = {}) {
  const {code, stdout, stderr} = await runOnce(
      ['doctor', '--json', '--listen', '127.0.0.1:0', '--data', data, ...args], options);
  assert.equal(stderr, '');
  const {healthy, checks} = JSON.parse(stdout);
  assert.equal(code, healthy ? 0 : 1, 'exit code 1 exactly when something is broken');
  assert.equal(healthy, checks.every(({state}) => state !== 'fail'));
  for (const {state, remedy, code: name} of checks) {
    assert.equal(state === 'ok', name === null, 'what is not well has a code');
    assert.equal(state === 'ok', remedy === null, `what is not well has a remedy (${name})`);
  }
  return {healthy, checks, find: (name) => checks.find((check) => check.code === name || check.name === name)};
}

/** Expects that fault and no other that breaks things. */
async function expectFault(data, name, state, {args, options, detail = /./, remedy = /./} = {}) {
  const found = await examine(data, args, options);
  const check = found.find(name);
  assert.ok(check, `${name} in ${JSON.stringify(found.checks)}`);
  assert.equal(check.state, state);
  assert.match(check.detail, detail);
  assert.match(check.remedy, remedy);
  return found;
}

/** Runs the program as the user nobody. */
async function asNobody(args) {
  const copy = path.join(processFolder('nobody'), 'wayleave');
  copyFileSync(binary, copy);
  chmodSync(copy, 0o755);
  for (let folder = path.dirname(copy); folder !== '/'; folder = path.dirname(folder)) execFileSync('chmod', ['o+x', folder]);
  const child = spawn(copy, args, {uid: 65534, gid: 65534, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/'});
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return {code, stdout, stderr};
}

const keyText = (first) =>
  secret('root key', Buffer.from(Array.from({length: 32}, (_, i) => (i * 7 + first) % 256)).toString('base64'));

test('finds nothing wrong with a good one, running or not, and leaves it as it is', async () => {
  for (const data of [model, gateway.data]) {
    const earlier = digest(data);
    const {healthy, checks, find} = await examine(data);
    assert.ok(healthy, JSON.stringify(checks));
    for (const name of ['root key', 'schema', 'database', 'data keys', 'servers', 'sealed values',
                        'connections', 'audit trail', 'emergency folder']) {
      assert.equal(find(name)?.state, 'ok', `${name} ${JSON.stringify(checks)}`);
    }
    assert.match(find('sealed values').detail, /^[1-9]\d* rows opened$/);
    if (data === model) assert.equal(digest(data), earlier);
  }
});

test('finds nothing broken where nothing has been started yet, and makes nothing', async () => {
  const data = path.join(processFolder('unborn'), 'data');
  rmSync(data, {recursive: true});
  const {healthy} = await expectFault(data, 'database_missing', 'warn');
  assert.ok(healthy);
  assert.ok(!existsSync(data));
});

describe('the root key', () => {
  test('is missing', async () => {
    const data = patient();
    rmSync(path.join(data, 'root.key'));
    await expectFault(data, 'root_key_missing', 'fail', {remedy: /backup/});
    assert.ok(!existsSync(path.join(data, 'root.key')), 'the doctor makes none');
  });

  test('is another one', async () => {
    const data = patient();
    const earlier = digest(data);
    await expectFault(data, 'root_key_wrong', 'fail', {
      options: {env: {WAYLEAVE_ROOT_KEY: keyText(5)}}, detail: /fingerprint [0-9a-f]{16}.*fingerprint [0-9a-f]{16}/});
    assert.equal(digest(data), earlier);
  });

  test('can be read by others', async () => {
    const data = patient();
    chmodSync(path.join(data, 'root.key'), 0o640);
    await expectFault(data, 'root_key_readable', 'fail', {detail: /chmod 600/});
  });

  test('was to be changed, and the change did not take effect', async () => {
    const data = patient();
    writeFileSync(path.join(data, 'root.key.new'), Buffer.alloc(32, 'a key that was made').toString('base64'), {mode: 0o600});
    const {healthy} = await expectFault(data, 'root_key_change_begun', 'warn', {remedy: /rotate-key --root/});
    assert.ok(healthy);
  });

  test('was changed, and the files were not put in place', async () => {
    const data = patient();
    const {stdout} = await runOnce(['rotate-key', '--root', '--json', '--data', data]);
    renameSync(path.join(data, 'root.key'), path.join(data, 'root.key.new'));
    renameSync(JSON.parse(stdout).oldKeptAs, path.join(data, 'root.key'));
    await expectFault(data, 'root_key_change_unfinished', 'warn', {remedy: /next start/});
    assert.ok(existsSync(path.join(data, 'root.key.new')), 'the doctor does not finish it');
    assert.equal((await runOnce(['app', 'list', '--data', data])).code, 0);
    assert.ok(!existsSync(path.join(data, 'root.key.new')), 'the next start does');
    assert.equal((await examine(data)).find('root key').state, 'ok');
  });

  test('was changed while a server runs that cannot have the new one', async () => {
    const data = path.join(processFolder('outdated'), 'data');
    const env = {WAYLEAVE_ROOT_KEY: keyText(7)};
    const server = await startServer(
        'outdated', ['serve', '--listen', '127.0.0.1:0', '--data', data], /^wayleave listening on (http:\S+)/m, {env});
    try {
      const changed = {WAYLEAVE_ROOT_KEY: keyText(8)};
      const {code, stderr} = await runOnce(['rotate-key', '--root', '--data', data], {
        env: {...env, WAYLEAVE_NEW_ROOT_KEY: changed.WAYLEAVE_ROOT_KEY}});
      assert.equal(code, 0, stderr);
      await expectFault(data, 'root_key_outdated', 'warn', {options: {env: changed}, remedy: /start them again/});
    } finally {
      await server.stop();
    }
  });
});

describe('the data keys', () => {
  test('a rotation stands still', async () => {
    const data = patient();
    // It waits for a server that does not answer, until it is killed.
    sql(data, (store) => store.exec(
        "INSERT INTO key_holder (id, root_fingerprint, heard_key, held_key, sealing_key, seen_at)" +
        " SELECT 'srv_gone', root_fingerprint, 0, 0, 0, 0 FROM data_key"));
    assert.equal((await runOnce(['rotate-key', '--data', data], {killAfter: 1500})).code, null);
    await expectFault(data, 'rotation_unfinished', 'warn', {remedy: /wayleave rotate-key/});
    sql(data, (store) => store.exec('DELETE FROM key_holder'));
    assert.equal((await runOnce(['rotate-key', '--data', data])).code, 0);
    assert.equal((await examine(data)).find('data keys').state, 'ok');
  });

  test('values are still sealed with an old one', async () => {
    const data = patient();
    const old = sql(data, (store) => store.prepare("SELECT access_token FROM connection WHERE user_id = 'ann'").get());
    assert.equal((await runOnce(['rotate-key', '--data', data])).code, 0);
    sql(data, (store) => {
      store.prepare("UPDATE connection SET access_token = ? WHERE user_id = 'ann'").run(old.access_token);
      store.exec('UPDATE data_key SET retired_at = NULL');
    });
    await expectFault(data, 'old_data_keys_needed', 'warn', {detail: /^1 values/, remedy: /--resume/});
    assert.equal((await runOnce(['rotate-key', '--resume', '--data', data])).code, 0);
    assert.equal((await examine(data)).find('data keys').state, 'ok');
  });

  test('sealed values are damaged', async () => {
    const data = patient();
    const {id} = sql(data, (store) => {
      store.exec("UPDATE connection SET access_token = refresh_token WHERE user_id = 'bob'");
      return store.prepare("SELECT id FROM connection WHERE user_id = 'bob'").get();
    });
    for (const args of [[], ['--deep']]) {
      const {find} = await expectFault(data, 'sealed_values_damaged', 'fail', {
        args, detail: new RegExp(`^1 do not open: connection.access_token of ${id}`), remedy: /connect again/});
      assert.equal(find('data keys').state, 'ok');
    }
  });

  test('a data key itself is damaged', async () => {
    const data = patient();
    sql(data, (store) => store.exec("UPDATE data_key SET wrapped = x'0102'"));
    await expectFault(data, 'data_key_damaged', 'fail', {remedy: /restore/});
  });
});

describe('the database', () => {
  test('cannot be reached', async () => {
    await expectFault(model, 'database_unavailable', 'fail', {
      args: ['--database', 'postgres://wayleave@127.0.0.1:1/wayleave'], remedy: /server runs/});
  });

  test('is no database', async () => {
    const data = patient();
    writeFileSync(path.join(data, 'wayleave.db'), 'this is not a database, not at all '.repeat(200));
    const {healthy, checks} = await examine(data);
    assert.ok(!healthy);
    assert.match(JSON.stringify(checks), /restore it from a backup|check the path/);
  });

  test('may not be written', {skip: process.getuid() === 0 ? false : 'needs root'}, async () => {
    const data = patient();
    // As a user who may only read.
    execFileSync('chown', ['-R', '65534:65534', data]);
    execFileSync('chown', ['0:0', path.join(data, 'wayleave.db')]);
    chmodSync(path.join(data, 'wayleave.db'), 0o644);
    for (let folder = path.dirname(data); folder !== '/'; folder = path.dirname(folder)) execFileSync('chmod', ['o+x', folder]);
    const {code, stdout} = await asNobody(['doctor', '--json', '--listen', '127.0.0.1:0', '--data', data]);
    assert.equal(code, 1);
    const found = JSON.parse(stdout).checks.find((check) => check.name === 'database');
    assert.equal(found.state, 'fail');
    assert.match(found.detail, /change its owner and permissions/);
  });

  test('lies on a full disk', async (t) => {
    const mounted = path.join(processFolder('full'), 'mounted');
    mkdirSync(mounted);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=0700', 'tmpfs', mounted], {stdio: 'ignore'});
    } catch {
      return t.skip('cannot mount');
    }
    try {
      const data = path.join(mounted, 'data');
      cpSync(model, data, {recursive: true});
      try {
        writeFileSync(path.join(mounted, 'ballast'), Buffer.alloc(4 << 20));
      } catch (error) {
        assert.equal(error.code, 'ENOSPC');
      }
      const {find} = await expectFault(data, 'disk_full', 'fail', {remedy: /free some space/});
      const check = find('database_full') ?? find('database_unavailable') ?? find('database_read_only');
      assert.equal(check?.state, 'fail', JSON.stringify(check));
      rmSync(path.join(mounted, 'ballast'));
      assert.equal((await examine(data)).find('database').state, 'ok');
    } finally {
      execFileSync('umount', [mounted]);
    }
  });

  test('lies on a disk that is mounted read-only', async (t) => {
    const mounted = path.join(processFolder('readonly'), 'mounted');
    mkdirSync(mounted);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'tmpfs', mounted], {stdio: 'ignore'});
    } catch {
      return t.skip('cannot mount');
    }
    try {
      const data = path.join(mounted, 'data');
      cpSync(model, data, {recursive: true});
      execFileSync('mount', ['-o', 'remount,ro', mounted]);
      const {healthy, find} = await examine(data);
      assert.ok(!healthy);
      assert.match(find('database').detail, /cannot|Read-only/);
    } finally {
      execFileSync('umount', [mounted]);
    }
  });

  test('was used by a newer version', async () => {
    const data = patient();
    sql(data, (store) => store.exec("INSERT INTO schema_migration (room, number, applied_at) VALUES ('vault', 999, 1)"));
    await expectFault(data, 'schema_newer', 'fail', {detail: /vault 999/, remedy: /newer version/});
  });

  test('is of an older version, which the doctor does not change', async () => {
    const data = patient();
    sql(data, (store) => store.exec("DELETE FROM schema_migration WHERE room = 'api'; DROP TABLE idempotency"));
    const {healthy} = await expectFault(data, 'schema_older', 'warn', {remedy: /wayleave backup/});
    assert.ok(healthy);
    assert.equal(sql(data, (store) => store.prepare("SELECT count(*) AS n FROM schema_migration WHERE room = 'api'").get().n), 0);
    assert.equal((await runOnce(['app', 'list', '--data', data])).code, 0);
    assert.equal((await examine(data)).find('schema').state, 'ok');
  });
});

describe('what is stored', () => {
  test('the clock went back', async () => {
    const data = patient();
    sql(data, (store) => store.exec('UPDATE audit SET at = at + 86400000'));
    await expectFault(data, 'clock_went_back', 'fail', {remedy: /clock/});
  });

  test('an answer to a refresh was lost', async () => {
    const {id} = await gateway.connection(app, 'cyd');
    peer.onToken = (form, usual) => {
      usual();
      return undefined;
    };
    await gateway.call('POST', `/v1/connections/${id}/refresh`);
    await eventually('the outcome is unknown', async () =>
      (await gateway.call('GET', `/v1/connections/${id}`)).json.state === 'refresh_unknown');
    await expectFault(gateway.data, 'refresh_unknown', 'warn', {detail: /^1 of \d+/});
    peer.onToken = undefined;
  });

  test('a token that the database did not take waits in the emergency folder', {timeout: 120_000}, async () => {
    const {id} = await gateway.connection(app, 'ann');
    let lock;
    peer.onToken = (form, usual) => {
      // Between the provider's answer and the commit somebody else locks the database, and stays.
      lock ??= new DatabaseSync(path.join(gateway.data, 'wayleave.db'));
      if (!lock.isTransaction) lock.exec('BEGIN IMMEDIATE');
      return usual();
    };
    const refreshing = gateway.call('POST', `/v1/connections/${id}/refresh`).catch(() => undefined);
    try {
      await eventually('it is kept', async () => {
        const {find} = await examine(gateway.data);
        return find('emergency_not_empty');
      }, {timeout: 60_000, every: 500});
      const {find} = await examine(gateway.data);
      const check = find('emergency_not_empty');
      assert.equal(check.state, 'fail');
      assert.match(check.remedy, /do not delete/);
    } finally {
      peer.onToken = undefined;
      lock?.exec('ROLLBACK');
      lock?.close();
    }
    await refreshing;
    await eventually('it was stored', async () => (await examine(gateway.data)).find('emergency folder').state === 'ok',
                     {timeout: 60_000, every: 500});
  });
});
