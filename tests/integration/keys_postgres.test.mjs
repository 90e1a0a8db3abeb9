// Keys and backups with two servers on one PostgreSQL: both follow a rotation (VT-06), and a backup
// restores onto the other kind of database and back (VT-11).

import assert from 'node:assert/strict';
import {copyFileSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {DatabaseSync} from 'node:sqlite';

import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {processFolder} from '../support/output.mjs';
import {startPostgres} from '../support/postgres.mjs';
import {runOnce} from '../support/process.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';

const users = Array.from({length: 12}, (_, i) => `user-${i}`);
const sealed = {
  app: ['client_secret'], connection: ['access_token', 'refresh_token'],
  install_flow: ['verifier'], idempotency: ['request', 'answer'],
};

let postgres;
let database;
let name;
let peer;
let api;
let one;
let two;
let app;
before(async () => {
  [postgres, peer, api] = await Promise.all([startPostgres(), startOAuthPeer(), startRecordingUpstream()]);
  database = postgres.createDatabase();
  name = new URL(database).pathname.slice(1);
  const egress = [peer.url, api.url];
  one = await startGateway({egress, database});
  app = await one.createCustomApp('shared', peer, api.url);
  for (const user of users) await one.connect(app, user);
  two = await startGateway({egress, database, data: houseWithKeyOf(one)});
});
after(async () => {
  await Promise.all([one, two].map((each) => each?.stop()));
  await postgres?.stop();
  await Promise.all([peer, api].map((each) => each?.stop()));
});

function houseWithKeyOf(gateway) {
  const data = path.join(processFolder('house'), 'data');
  mkdirSync(data, {recursive: true, mode: 0o700});
  copyFileSync(path.join(gateway.data, 'root.key'), path.join(data, 'root.key'));
  return data;
}

const dataKeys = () => Object.entries(sealed).flatMap(([table, columns]) => columns.flatMap((column) =>
  postgres.sql(`SELECT DISTINCT encode(substr(${column}, 2, 4), 'hex') FROM ${table} WHERE ${column} IS NOT NULL`, name)
      .split('\n').filter((id) => id !== '').map((id) => parseInt(id, 16))));

async function everybodyWorks() {
  for (const gateway of [one, two]) {
    for (const user of users) {
      const answer = await gateway.proxy('GET', app, user, '/x');
      assert.equal(answer.status, 200, `${user}: ${answer.text}`);
    }
  }
}

test('rotations under load, some killed: both servers follow, no read fails', {timeout: 180_000}, async () => {
  let going = true;
  const refused = [];
  let calls = 0;
  const runner = async (gateway, part) => {
    for (let i = part; going; i += 1) {
      const user = users[i % users.length];
      const {id} = await gateway.connection(app, user);
      const answers = [await gateway.proxy('GET', app, user, '/x')];
      // Each server writes what the other reads at once.
      if (i % 3 === 0) answers.push(await gateway.call('POST', `/v1/connections/${id}/refresh`));
      for (const {status, text} of answers) {
        calls += 1;
        if (status >= 300) refused.push(`${status} ${text}`);
      }
    }
  };
  const runners = [[one, 0], [two, 6], [one, 3], [two, 9]].map(([gateway, part]) =>
    runner(gateway, part).catch((error) => refused.push(String(error.stack))));
  let killed = 0;
  for (let round = 0; round < 10; round += 1) {
    const {code} = await one.run(['rotate-key', '--json'], {killAfter: 150 + round * 60});
    if (code === null) killed += 1;
  }
  going = false;
  await Promise.all(runners);
  assert.deepEqual(refused, []);
  assert.ok(calls > 50 && killed > 0, JSON.stringify({calls, killed}));
  await one.run(['rotate-key', '--resume']);
  const {code, stdout, stderr} = await two.run(['rotate-key', '--json']);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.equal(report.servers, 2);
  assert.deepEqual([...new Set(dataKeys())], [report.dataKey]);
  await everybodyWorks();
});

test('a change of the root key reaches both through their files', async () => {
  const {code, stderr} = await one.run(['rotate-key', '--root']);
  assert.equal(code, 0, stderr);
  await everybodyWorks();
  copyFileSync(path.join(one.data, 'root.key'), path.join(two.data, 'root.key'));
  const {stdout} = await one.run(['rotate-key', '--json']);
  assert.equal(JSON.parse(stdout).servers, 2);
  await everybodyWorks();
  await two.restart();
  await everybodyWorks();
});

test('a backup moves the store to an embedded database and back to a server', {timeout: 60_000}, async () => {
  const first = path.join(processFolder('backup'), 'first.backup');
  const made = await one.run(['backup', first, '--json']);
  assert.equal(made.code, 0, made.stderr);
  const house = houseWithKeyOf(one);
  const embedded = await runOnce(['restore', first, '--data', house, '--json']);
  assert.equal(embedded.code, 0, embedded.stderr);
  assert.deepEqual(JSON.parse(embedded.stdout).damagedValues, []);
  const store = new DatabaseSync(path.join(house, 'wayleave.db'), {readOnly: true});
  assert.equal(store.prepare('SELECT count(*) AS n FROM connection').get().n, users.length);
  store.close();

  const second = path.join(processFolder('backup'), 'second.backup');
  assert.equal((await runOnce(['backup', second, '--data', house])).code, 0);
  const there = {WAYLEAVE_DATABASE: postgres.createDatabase()};
  const back = await runOnce(['restore', second, '--data', house, '--json'], {env: there});
  assert.equal(back.code, 0, back.stderr);
  assert.equal(JSON.parse(back.stdout).rows, JSON.parse(embedded.stdout).rows + 1, 'the record of the restore');
  const again = await runOnce(['restore', second, '--data', house], {env: there});
  assert.equal(again.code, 1);
  assert.match(again.stderr, /in use already/);
  await Promise.all([one.stop(), two.stop()]);
  const gateway = await startGateway({egress: [peer.url, api.url], data: house, database: there.WAYLEAVE_DATABASE});
  try {
    for (const user of users) assert.equal((await gateway.proxy('GET', app, user, '/x')).status, 200);
  } finally {
    await gateway.stop();
    await Promise.all([one.start(), two.start()]);
  }
});

test('a restore into PostgreSQL that is killed has left nothing', {timeout: 120_000}, async () => {
  const file = path.join(processFolder('backup'), 'all.backup');
  assert.equal((await one.run(['backup', file])).code, 0);
  const url = postgres.createDatabase();
  const target = new URL(url).pathname.slice(1);
  let killed = 0;
  for (let round = 0; round < 12; round += 1) {
    const {code} = await runOnce(['restore', file, '--data', one.data], {env: {WAYLEAVE_DATABASE: url}, killAfter: 20 + round * 15});
    if (code === null) killed += 1;
    const there = postgres.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'connection'", target) === '1'
      ? Number(postgres.sql('SELECT count(*) FROM connection', target)) : 0;
    assert.ok(there === 0 || there === users.length, `${there} of ${users.length}`);
    if (there > 0) break;
  }
  assert.ok(killed > 0);
  const last = await runOnce(['restore', file, '--data', one.data], {env: {WAYLEAVE_DATABASE: url}});
  assert.ok(last.code === 0 || /in use already/.test(last.stderr), last.stderr);
});

test('the doctor knows what a PostgreSQL server should not be', {timeout: 60_000}, async () => {
  const examine = async () => {
    const {code, stdout} = await one.run(['doctor', '--json', '--listen', '127.0.0.1:0']);
    const {checks} = JSON.parse(stdout);
    return {code, check: checks.find((each) => each.name === 'PostgreSQL'), checks};
  };
  const good = await examine();
  assert.equal(good.code, 0, JSON.stringify(good.checks));
  assert.equal(good.check.state, 'ok');
  postgres.sql('ALTER SYSTEM SET full_page_writes = off');
  postgres.sql('SELECT pg_reload_conf()');
  const pages = await examine();
  assert.equal(pages.code, 0);
  assert.equal(pages.check.code, 'postgres_full_page_writes_off');
  postgres.sql('ALTER SYSTEM SET fsync = off');
  postgres.sql('SELECT pg_reload_conf()');
  const sync = await examine();
  assert.equal(sync.code, 1);
  assert.equal(sync.check.code, 'postgres_fsync_off');
  assert.match(sync.check.remedy, /ALTER SYSTEM SET fsync = on/);
  for (const setting of ['fsync', 'full_page_writes']) postgres.sql(`ALTER SYSTEM RESET ${setting}`);
  postgres.sql('SELECT pg_reload_conf()');
  postgres.sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  const readOnly = await examine();
  assert.equal(readOnly.code, 1, 'a database that takes no writes is told, whatever the reason');
  postgres.sql(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
  await Promise.all([one.stop(), two.stop()]);
  await postgres.stop();
  const gone = await examine();
  assert.equal(gone.code, 1);
  assert.equal(gone.checks.find((each) => each.name === 'database').code, 'database_unavailable');
  await postgres.start();
  await Promise.all([one.start(), two.start()]);
  assert.equal((await examine()).code, 0);
  await everybodyWorks();
});
