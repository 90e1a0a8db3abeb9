// The gateway on PostgreSQL: what only this database brings. What both do alike is tested by running
// the other files on it as well (run.mjs).

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';

import {makeAuthority} from '../support/certificates.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {processFolder} from '../support/output.mjs';
import {startPostgres} from '../support/postgres.mjs';
import {runOnce} from '../support/process.mjs';
import {eventually} from '../support/wait.mjs';

const contacts = '/crm/v3/objects/contacts?limit=1';
let authority;
let postgres;
let sandbox;
before(async () => {
  authority = makeAuthority();
  [postgres, sandbox] = await Promise.all([
    startPostgres({tls: authority.issue({names: 'DNS:localhost,IP:127.0.0.1'})}),
    startSandbox({args: ['--auto-consent', '--rate-limit', '1000000/10s']}),
  ]);
});
after(async () => {
  await sandbox?.stop();
  await postgres?.stop();
  postgres?.keepFiles();
  authority?.remove();
});

const done = async (args, options) => {
  const ended = await runOnce(args, options);
  assert.equal(ended.code, 0, ended.stderr);
  return ended.stdout;
};
/** Runs the program, which must refuse; gives what it said. The password is not in it. */
const refused = async (args, options) => {
  const ended = await runOnce(args, options);
  assert.equal(ended.code, 1, ended.stdout + ended.stderr);
  assert.ok(!(ended.stdout + ended.stderr).includes(postgres.password));
  return ended.stderr;
};
const migrate = (url, extra = []) =>
  ['migrate', '--data', processFolder('migrate'), '--database', url, ...extra];

describe('opening', () => {
  test('a missing database, a wrong password and a stopped server are told apart', async () => {
    assert.match(await refused(migrate(postgres.url('nothere'))), /createdb .*nothere/);
    const wrong = postgres.url('postgres').replace(postgres.password, 'wrong');
    assert.match(await refused(migrate(wrong)), /refuses this user or password/);
    assert.match(await refused(migrate(`postgres://u:${postgres.password}@127.0.0.1:1/d`)), /cannot reach PostgreSQL at 127\.0\.0\.1:1/);
    const spoilt = postgres.url('postgres').replace(postgres.password, `${postgres.password}@x`);
    const {code, stderr} = await runOnce(migrate(spoilt));
    assert.equal(code, 1);
    assert.match(stderr, /%40/);
    assert.ok(!stderr.includes(postgres.password));
  });

  test('TLS to the server is verified when the URL says so', async () => {
    const url = postgres.createDatabase();
    const other = makeAuthority();
    const tls = (file, mode = 'verify-full') => `${url}?sslmode=${mode}&sslrootcert=${encodeURIComponent(file)}`;
    await done(migrate(tls(authority.file)));
    const encrypted = postgres.sql("SELECT count(*) FROM pg_stat_ssl WHERE ssl");
    assert.match(encrypted, /^\d+$/);
    assert.match(await refused(migrate(tls(other.file))), /no trusted TLS connection/);
    other.remove();
    const gateway = await startGateway({sandbox, database: tls(authority.file)});
    assert.ok(Number(postgres.sql(
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'wayleave'")) > 0);
    await gateway.stop();
  });

  test('a name that the certificate does not have is refused', async () => {
    const url = postgres.createDatabase().replace('127.0.0.1', '127.0.0.2');
    const query = `?sslmode=verify-full&sslrootcert=${encodeURIComponent(authority.file)}&hostaddr=127.0.0.1`;
    assert.match(await refused(migrate(url + query)), /no trusted TLS connection/);
  });
});

describe('migrate', () => {
  test('applies what is missing, tells which, and then nothing', async () => {
    const url = postgres.createDatabase();
    const {applied} = JSON.parse(await done(migrate(url, ['--json'])));
    assert.ok(applied.includes('db 1') && applied.includes('vault 1'), applied.join());
    assert.deepEqual(JSON.parse(await done(migrate(url, ['--json']))), {applied: []});
    assert.match(await done(migrate(url)), /up to date/);
  });

  test('several at once apply each step once', async () => {
    const url = postgres.createDatabase();
    const all = await Promise.all([1, 2, 3].map(async () => JSON.parse(await done(migrate(url, ['--json']))).applied));
    const steps = all.flat();
    assert.equal(new Set(steps).size, steps.length);
    assert.ok(steps.length > 5);
  });

  test('a newer schema is refused and left alone', async () => {
    const url = postgres.createDatabase();
    await done(migrate(url));
    const name = new URL(url).pathname.slice(1);
    postgres.sql("INSERT INTO schema_migration (room, number, applied_at) VALUES ('vault', 99, 1)", name);
    assert.match(await refused(migrate(url)), /newer version.*vault 99/);
  });
});

test('two servers that start at once on an empty database both come up', async () => {
  const database = postgres.createDatabase();
  // The same root key for both, as an operator would give it.
  const file = path.join(processFolder('root-key'), 'root.key');
  writeFileSync(file, randomBytes(32).toString('base64'), {mode: 0o600});
  const start = () => startGateway({sandbox, database, args: ['--root-key-file', file], env: {WAYLEAVE_ROOT_KEY_FILE: file}});
  const gateways = await Promise.all([start(), start()]);
  const app = await gateways[0].createApp({slug: 'shared'});
  await gateways[0].connect(app, 'u');
  // What one does the other knows at once, or nearly.
  await eventually('the other knows the connection', async () =>
    (await gateways[1].proxy('GET', app, 'u', contacts)).status === 200);
  const {key, id} = await gateways[0].createKey('proxy');
  await eventually('the other knows the key', async () =>
    (await gateways[1].proxy('GET', app, 'u', contacts, {key})).status === 200);
  assert.equal((await gateways[0].call('DELETE', `/v1/keys/${id}`)).status, 200);
  const began = Date.now();
  await eventually('the other refuses the revoked key', async () =>
    (await gateways[1].proxy('GET', app, 'u', contacts, {key})).status === 401);
  assert.ok(Date.now() - began < 5_000, 'the bound of staleness');
  await Promise.all(gateways.map((gateway) => gateway.stop()));
});

test('a restart of PostgreSQL under load fails no call with a cached token', async () => {
  const gateway = await startGateway({sandbox, database: postgres.createDatabase()});
  const app = await gateway.createApp({slug: 'busy'});
  await gateway.connect(app, 'u');
  await gateway.proxy('GET', app, 'u', contacts);
  const statuses = new Map();
  let enough = false;
  const callers = Array.from({length: 8}, async () => {
    while (!enough) {
      const {status} = await gateway.proxy('GET', app, 'u', contacts);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  const calls = () => [...statuses.values()].reduce((sum, count) => sum + count, 0);
  for (const mode of ['fast', 'immediate']) {
    const reached = calls() + 50;
    await eventually('calls go on', () => calls() > reached);
    await postgres.stop(mode);
    const without = calls() + 50;
    await eventually('calls go on without a database', () => calls() > without);
    const {status} = await gateway.call('GET', '/healthz', {key: null});
    assert.equal(status, 200);
    await postgres.start();
    // A write waits for the database rather than fail.
    const {json, ...answer} = await gateway.call('POST', '/v1/install-links', {json: {app: 'busy', user: `after-${mode}`}});
    assert.ok(answer.status < 300, JSON.stringify(json));
  }
  await eventually('ready again', async () => (await gateway.call('GET', '/readyz', {key: null})).status === 200);
  enough = true;
  await Promise.all(callers);
  assert.deepEqual([...statuses.keys()], [200]);
  assert.equal((await gateway.stop()).code, 0);
});

test('copy takes everything to PostgreSQL and back', async () => {
  const gateway = await startGateway({sandbox});
  const app = await gateway.createApp({slug: 'moving'});
  for (const user of ['a', 'b', '\u00e4 & \u{1f600}']) await gateway.connect(app, user);
  const before = await gateway.connections();
  const file = `sqlite:${gateway.data}/wayleave.db`;
  const target = postgres.createDatabase();
  const copy = (from, to, extra = []) => ['copy', '--data', gateway.data, '--from', from, '--to', to, ...extra];

  assert.match(await refused(copy(file, target)), /running server/);
  await gateway.stop();
  const report = JSON.parse(await done(copy(file, target, ['--json'])));
  assert.equal(report.tables.find(({name}) => name === 'connection').rows, 3);
  assert.match(await refused(copy(file, target)), /in use already/);
  assert.match(await refused(copy(target, target)), /same database/);
  assert.match(await refused(copy('sqlite:/nowhere/x.db', target)), /no database/);
  const stranger = await startGateway({sandbox, database: postgres.createDatabase()});
  await stranger.stop();
  assert.match(await refused(['copy', '--data', stranger.data, '--from', file, '--to', postgres.createDatabase()]), /root key/);

  gateway.env.WAYLEAVE_DATABASE = target;
  await gateway.start();
  assert.deepEqual(await gateway.connections(), before);
  for (const {user} of before) assert.equal((await gateway.proxy('GET', app, user, contacts)).status, 200);
  const {id} = before[0];
  assert.equal((await gateway.call('POST', `/v1/connections/${id}/refresh`)).status, 200);
  await gateway.stop();

  // And back, into a new file beside the old one.
  const fresh = `sqlite:${gateway.data}/back.db`;
  await done(copy(target, fresh));
  gateway.env.WAYLEAVE_DATABASE = fresh;
  await gateway.start();
  assert.equal((await gateway.connections()).length, 3);
  assert.equal((await gateway.proxy('GET', app, before[0].user, contacts)).status, 200);
  assert.equal((await gateway.call('POST', `/v1/connections/${id}/refresh`)).status, 200);
  await gateway.stop();
});
