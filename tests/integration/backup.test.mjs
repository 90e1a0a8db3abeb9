// Backups under load, restored elsewhere; killed at any moment (VT-11).

import assert from 'node:assert/strict';
import {copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {DatabaseSync} from 'node:sqlite';

import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {processFolder} from '../support/output.mjs';
import {runOnce} from '../support/process.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';

const users = Array.from({length: 16}, (_, i) => `user-${i}`);

let peer;
let api;
let gateway;
let app;
before(async () => {
  peer = await startOAuthPeer();
  api = await startRecordingUpstream();
  gateway = await startGateway({egress: [peer.url, api.url]});
  app = await gateway.createCustomApp('backup', peer, api.url);
  for (const user of users) await gateway.connect(app, user);
});
after(async () => {
  await gateway?.stop();
  await Promise.all([peer, api].map((each) => each?.stop()));
});

const backupFile = () => join(processFolder('backup'), 'all.backup');

/** A data folder with the gateway's root key and nothing else. */
function emptyHouse() {
  const data = join(processFolder('restored'), 'data');
  mkdirSync(data, {recursive: true, mode: 0o700});
  copyFileSync(join(gateway.data, 'root.key'), join(data, 'root.key'));
  return data;
}

function rows(data, sql) {
  const store = new DatabaseSync(join(data, 'wayleave.db'), {readOnly: true});
  try {
    return store.prepare(sql).all();
  } finally {
    store.close();
  }
}

/** Refreshes and new links without pause until told to stop: what a backup has to be consistent in. */
function writeStorm() {
  let going = true;
  let writes = 0;
  const runner = async (part) => {
    for (let i = part; going; i += 1) {
      const {id} = await gateway.connection(app, users[i % users.length]);
      const answers = [
        await gateway.call('POST', `/v1/connections/${id}/refresh`),
        await gateway.call('POST', '/v1/install-links', {json: {app: 'backup', user: `new-${part}-${i}`}}),
      ];
      for (const {status, text} of answers) assert.ok(status < 300, text);
      writes += answers.length;
    }
  };
  const runners = [0, 5, 11].map(runner);
  return async () => {
    going = false;
    await Promise.all(runners);
    return writes;
  };
}

test('a backup under a write storm restores to a store in which every record opens', {timeout: 120_000}, async () => {
  const stop = writeStorm();
  const files = [];
  for (let i = 0; i < 4; i += 1) {
    const file = backupFile();
    const {code, stdout, stderr} = await gateway.run(['backup', file, '--json']);
    assert.equal(code, 0, stderr);
    assert.ok(JSON.parse(stdout).rows > users.length);
    files.push(file);
  }
  assert.ok(await stop() > 10);
  for (const file of files) {
    const data = emptyHouse();
    const {code, stdout, stderr} = await runOnce(['restore', file, '--data', data, '--json']);
    assert.equal(code, 0, stderr);
    const report = JSON.parse(stdout);
    assert.deepEqual(report.damagedValues, []);
    assert.ok(report.checked >= users.length);
    assert.equal(rows(data, 'PRAGMA integrity_check')[0].integrity_check, 'ok');
    assert.deepEqual(rows(data, 'PRAGMA foreign_key_check'), []);
    assert.equal(rows(data, 'SELECT count(*) AS n FROM connection')[0].n, users.length);
  }
});

test('the restored store serves on another machine', {timeout: 60_000}, async () => {
  const file = backupFile();
  assert.equal((await gateway.run(['backup', file])).code, 0);
  const data = emptyHouse();
  const {code, stdout, stderr} = await runOnce(['restore', file, '--data', data]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /may be refused by their providers/);
  await gateway.stop();
  const there = await startGateway({egress: [peer.url, api.url], data});
  try {
    for (const user of users) {
      const answer = await there.proxy('GET', app, user, '/x');
      assert.equal(answer.status, 200, answer.text);
    }
    const {json} = await there.call('GET', '/v1/audit?limit=200');
    assert.ok(json.data.some(({action}) => action === 'backup.restored'));
  } finally {
    await there.stop();
    await gateway.start();
  }
});

test('a backup that is killed leaves no file of that name', {timeout: 60_000}, async () => {
  let killed = 0;
  for (let round = 0; round < 15; round += 1) {
    const file = backupFile();
    const {code} = await gateway.run(['backup', file], {killAfter: 5 + round * 4});
    if (code === null) killed += 1;
    if (existsSync(file)) assert.equal((await gateway.run(['restore', '--check', file])).code, 0);
    if (code === 0) assert.ok(existsSync(file));
  }
  assert.ok(killed > 2, `${killed} were killed`);
});

test('a restore that is killed can be repeated, and serves nothing half', {timeout: 120_000}, async () => {
  const file = backupFile();
  assert.equal((await gateway.run(['backup', file])).code, 0);
  const data = emptyHouse();
  let killed = 0;
  for (let round = 0; round < 20; round += 1) {
    const {code, stderr} = await runOnce(['restore', file, '--data', data], {killAfter: 10 + round * 5});
    if (code === 0) break;
    if (code === null) killed += 1;
    if (code === 1) {
      assert.match(stderr, /in use already/);  // it was killed after the commit
      break;
    }
    if (!existsSync(join(data, 'wayleave.db'))) continue;
    let there;
    try {
      [{there}] = rows(data, 'SELECT count(*) AS there FROM connection');
    } catch (error) {
      assert.match(error.message, /no such table/);
      continue;
    }
    assert.ok(there === 0 || there === users.length, `${there} of ${users.length}`);
  }
  assert.ok(killed > 1, `${killed} were killed`);
  const last = await runOnce(['restore', file, '--data', data]);
  assert.ok(last.code === 0 || /in use already/.test(last.stderr), last.stderr);
  assert.equal(rows(data, 'SELECT count(*) AS n FROM connection')[0].n, users.length);
});

test('it needs the root key it was made with, and says which', async () => {
  const file = backupFile();
  const made = JSON.parse((await gateway.run(['backup', file, '--json'])).stdout);
  const data = join(processFolder('restored'), 'data');
  rmSync(data, {recursive: true});
  const missing = await runOnce(['restore', file, '--data', data]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, new RegExp(made.rootKey));
  assert.ok(!existsSync(data) || readdirSync(data).length === 0, 'nothing was made');
  mkdirSync(data, {recursive: true, mode: 0o700});
  writeFileSync(join(data, 'root.key'), Buffer.alloc(32, 'another key than that').toString('base64'), {mode: 0o600});
  const wrong = await runOnce(['restore', file, '--data', data]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, new RegExp(`needs the root key with the fingerprint ${made.rootKey}`));
  assert.deepEqual(readdirSync(data), ['root.key']);
  // From the environment it is as good.
  const key = readFileSync(join(gateway.data, 'root.key'), 'utf8').trim();
  const {code, stderr} = await runOnce(['restore', file, '--data', data], {env: {WAYLEAVE_ROOT_KEY: key}});
  assert.equal(code, 0, stderr);
});

test('a store that is in use is not written over', async () => {
  const file = backupFile();
  assert.equal((await gateway.run(['backup', file])).code, 0);
  const {code, stderr} = await gateway.run(['restore', file]);
  assert.equal(code, 1);
  assert.match(stderr, /in use already/);
  assert.equal((await gateway.proxy('GET', app, users[0], '/x')).status, 200);
});
