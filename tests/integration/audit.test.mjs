// The audit trail (LG-02, LG-03, LG-04): what is recorded, found, exported and verified, and what
// `wayleave audit verify` says when somebody wrote into the database. Keys that are limited to addresses,
// rotated and tell their last use (AK-05).

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {DatabaseSync} from 'node:sqlite';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {eventually} from '../support/wait.mjs';

let sandbox;
let gateway;
let app;

before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
  app = await gateway.createApp({slug: 'hbdev'});
  await gateway.connect(app, 'customer-1');
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

/** One statement behind the gateway's back, on either database. */
function sql(statement) {
  const url = gateway.env.WAYLEAVE_DATABASE;
  if (url) {
    execFileSync('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-c', statement, url], {encoding: 'utf8'});
    return;
  }
  const store = new DatabaseSync(path.join(gateway.data, 'wayleave.db'));
  try {
    store.exec('PRAGMA busy_timeout = 5000');
    store.exec(`ATTACH DATABASE '${path.join(gateway.folder, 'kept.db')}' AS kept`);
    store.exec(statement);
  } finally {
    store.close();
  }
}

const records = async (query = '') => {
  const {status, json, text} = await gateway.call('GET', `/v1/audit?limit=200${query}`);
  assert.equal(status, 200, text);
  return json.data;
};

async function verify() {
  const {code, stdout, stderr} = await gateway.run(['audit', 'verify', '--json']);
  assert.notEqual(stdout, '', stderr);
  const verdict = JSON.parse(stdout);
  assert.equal(code, verdict.intact ? 0 : 1, stdout);
  return verdict;
}

describe('records', () => {
  test('say who, what, from where, and what was before and after (LG-02)', async () => {
    const [created] = await records('&action=app.created');
    assert.equal(created.target, 'hbdev');
    assert.equal(created.actor.kind, 'key');
    assert.equal(created.actor.address, '127.0.0.1');
    assert.ok(created.actor.name, 'the name of the key');
    assert.match(created.hash, /^[0-9a-f]{64}$/);
    const changed = await gateway.call('PATCH', '/v1/apps/hbdev', {json: {returnOrigins: ['https://app.acme.example']}});
    assert.equal(changed.status, 200, changed.text);
    const [updated] = await records('&action=app.updated');
    assert.deepEqual(updated.detail.before, {returnOrigins: []});
    assert.deepEqual(updated.detail.after, {returnOrigins: ['https://app.acme.example']});
  });

  test('hold no secret, not even a changed one (LG-01)', async () => {
    const clientSecret = 'a-new-client-secret-0123456789';
    const changed = await gateway.call('PATCH', '/v1/apps/hbdev', {json: {clientSecret}});
    assert.equal(changed.status, 200, changed.text);
    const [updated] = await records('&action=app.updated');
    assert.equal(updated.detail.after.clientSecret, '(blanked)');
    assert.ok(!JSON.stringify(updated).includes(clientSecret));
  });

  test('are found by what they are about', async () => {
    const id = (await gateway.connection(app, 'customer-1')).id;
    assert.equal((await gateway.call('GET', `/v1/connections/${id}/token`)).status, 200);
    const [revealed] = await records(`&target=${id}&action=token.`);
    assert.equal(revealed.action, 'token.revealed');
    assert.ok((await records('&q=CUSTOMER-1')).length > 0);
    assert.deepEqual(await records('&since=2999-01-01T00:00:00Z'), []);
    assert.ok((await records('&actor=cli')).every(({actor}) => actor.kind === 'cli'));
  });

  test('are exported as lines and as a table, over HTTP and by the command line', async () => {
    const all = await records();
    const lines = await gateway.call('GET', '/v1/audit/export?format=jsonl');
    assert.equal(lines.status, 200);
    const parsed = lines.text.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(parsed.map(({sequence}) => sequence), all.map(({sequence}) => sequence));
    const key = await gateway.createKey('read', '=HYPERLINK("http://evil.example")');
    const table = await gateway.run(['audit', 'export', '--format', 'csv', '--target', key.id]);
    assert.equal(table.code, 0, table.stderr);
    assert.match(table.stdout, /^sequence,at,actorKind,/);
    assert.match(table.stdout, /key\.created/);
    const listed = await gateway.run(['audit', 'list', '--action', 'audit.', '--json']);
    assert.deepEqual(JSON.parse(listed.stdout).data.map(({action}) => action), ['audit.exported']);
  });
});

describe('keys (AK-05)', () => {
  const from = (localAddress, method, target, key, options = {}) => request(method, gateway.url + target, {
    localAddress, ...options, headers: {authorization: `Bearer ${key}`, 'wayleave-user': 'customer-1'},
  });
  const own = '/proxy/hbdev/crm/v3/objects/contacts';

  test('limited to addresses are refused elsewhere, on the hot path too, and that is recorded once', async () => {
    const made = await gateway.call('POST', '/v1/keys', {
      json: {name: 'limited', scopes: ['proxy', 'read'], allowedAddresses: ['127.0.0.1']},
    });
    assert.equal(made.status, 201, made.text);
    const {id, key} = made.json;
    for (let i = 0; i < 3; i += 1) {
      for (const target of [own, '/v1/apps']) {
        assert.equal((await from('127.0.0.1', 'GET', target, key)).status, 200, target);
        const refused = await from('127.0.0.2', 'GET', target, key);
        assert.equal(refused.status, 403, refused.text);
        assert.equal(refused.header('wayleave-error'), 'forbidden');
      }
    }
    // The refusal itself does not wait for its record.
    await eventually('a record of the refusal', async () => (await records(`&action=key.refused&target=${id}`)).length > 0);
    const refusals = await records(`&action=key.refused&target=${id}`);
    assert.equal(refusals.length, 1);
    assert.equal(refusals[0].actor.address, '127.0.0.2');
    const changed = await gateway.call('PATCH', `/v1/keys/${id}`, {json: {allowedAddresses: ['127.0.0.0/8']}});
    assert.equal(changed.status, 200, changed.text);
    assert.equal((await from('127.0.0.2', 'GET', own, key)).status, 200, 'at once');
  });

  test('are rotated with an overlap', async () => {
    const old = await gateway.createKey('proxy', 'rolling');
    assert.equal((await from('127.0.0.1', 'GET', own, old.key)).status, 200);
    const rotated = await gateway.call('POST', `/v1/keys/${old.id}/rotate`, {json: {overlapSeconds: 2}});
    assert.equal(rotated.status, 201, rotated.text);
    for (const key of [old.key, rotated.json.key]) assert.equal((await from('127.0.0.1', 'GET', own, key)).status, 200);
    await eventually('the end of the overlap', async () => (await from('127.0.0.1', 'GET', own, old.key)).status === 401);
    assert.equal((await from('127.0.0.1', 'GET', own, rotated.json.key)).status, 200);
  });

  test('tell when they were last used', async () => {
    const {id, key} = await gateway.createKey('proxy', 'counted');
    const lastUse = async () => (await gateway.call('GET', '/v1/keys?limit=200')).json.data.find((it) => it.id === id).lastUsedAt;
    assert.equal(await lastUse(), null);
    const began = Date.now();
    assert.equal((await from('127.0.0.1', 'GET', own, key)).status, 200);
    await gateway.restart();
    const at = Date.parse(await lastUse());
    assert.ok(at >= began - 1_000 && at <= Date.now(), `${at}`);
  });
});

describe('verify (LG-04)', () => {
  test('a whole trail is intact, and sealed once the server has stopped', async () => {
    await gateway.stop();
    const verdict = await verify();
    assert.equal(verdict.intact, true, verdict.fault);
    assert.equal(verdict.chainedFrom, 1);
    assert.equal(verdict.sealedUpTo, verdict.records);
    await gateway.start();
  });

  test('a running server seals what is new', async () => {
    await gateway.createKey('read', 'one more');
    const [newest] = await records();
    await eventually('a seal on it', async () => {
      const {json} = await gateway.call('POST', '/v1/audit/verify');
      return json.sealedUpTo >= newest.sequence;
    }, {timeout: 40_000, every: 500});
  });

  test('a new data key and a new root key keep the seals good', async () => {
    for (const args of [['rotate-key'], ['rotate-key', '--root']]) {
      const rotated = await gateway.run(args);
      assert.equal(rotated.code, 0, rotated.stderr);
      const verdict = await verify();
      assert.equal(verdict.intact, true, verdict.fault);
    }
  });

  // Each begins from the same trail: what the one before did is undone from a copy of the tables.
  const tables = ['audit', 'audit_counter', 'audit_seal'];
  const attacks = {
    'an edited record': ['UPDATE audit SET target = \'nobody\' WHERE sequence = 3', 3],
    'a blanked hash': ['UPDATE audit SET hash = NULL WHERE sequence = 3', 3],
    'a removed first record': ['DELETE FROM audit WHERE sequence = 1', 1],
    'a removed record': ['DELETE FROM audit WHERE sequence = 3', 3],
    'a removed last record': ['DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)', 'last'],
    'a truncated trail with a mended counter': [
      'DELETE FROM audit WHERE sequence > 4;\n' +
      'UPDATE audit_counter SET value = 4, hash = (SELECT hash FROM audit WHERE sequence = 4)', 5],
  };
  test('names the first broken record', async () => {
    await gateway.stop();
    if (gateway.env.WAYLEAVE_DATABASE) sql('CREATE SCHEMA kept');
    for (const table of tables) sql(`CREATE TABLE kept.${table} AS SELECT * FROM ${table}`);
    const {records: last} = await verify();
    for (const [what, [statement, broken]] of Object.entries(attacks)) {
      for (const part of statement.split(';\n')) sql(part);
      const verdict = await verify();
      assert.equal(verdict.intact, false, what);
      assert.equal(verdict.firstBroken, broken === 'last' ? last : broken, `${what}: ${verdict.fault}`);
      for (const table of tables) {
        sql(`DELETE FROM ${table}`);
        sql(`INSERT INTO ${table} SELECT * FROM kept.${table}`);
      }
    }
    assert.equal((await verify()).intact, true, 'all undone');
    await gateway.start();
  });
});
