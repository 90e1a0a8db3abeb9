// Changing keys while a server runs and commands are killed: nothing becomes unreadable (VT-06, VT-07).

import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {DatabaseSync} from 'node:sqlite';

import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';
import {openStore} from '../support/store.mjs';
import {eventually} from '../support/wait.mjs';

const users = Array.from({length: 24}, (_, i) => `user-${i}`);
const seed = Number(process.env.WAYLEAVE_TEST_SEED ?? Date.now() % 1_000_000);
const sealedColumns = {
  app: ['client_secret'], connection: ['access_token', 'refresh_token'],
  install_flow: ['verifier'], idempotency: ['request', 'answer'],
};

// mulberry32: small, seedable, good enough to choose moments.
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

let peer;
let api;
let gateway;
let app;
before(async () => {
  peer = await startOAuthPeer();
  api = await startRecordingUpstream();
  gateway = await startGateway({egress: [peer.url, api.url]});
  app = await gateway.createCustomApp('keys', peer, api.url);
  for (const user of users) await gateway.connect(app, user);
});
after(async () => {
  await gateway?.stop();
  await Promise.all([peer, api].map((each) => each?.stop()));
});

function inStore(work) {
  const store = openStore(gateway);
  try {
    return work(store);
  } finally {
    store.close();
  }
}

/** How many values are sealed with each data key: {id: n}. */
const sealedWith = () => inStore((store) => {
  const counts = {};
  for (const [table, columns] of Object.entries(sealedColumns)) {
    for (const column of columns) {
      const rows = store.prepare(
          `SELECT hex(substr(${column}, 2, 4)) AS id, count(*) AS n FROM ${table} WHERE ${column} IS NOT NULL GROUP BY 1`).all();
      for (const {id, n} of rows) counts[parseInt(id, 16)] = (counts[parseInt(id, 16)] ?? 0) + n;
    }
  }
  return counts;
});
const dataKeys = () => inStore((store) => store.prepare('SELECT * FROM data_key ORDER BY id').all());
const newestKey = () => dataKeys().at(-1).id;

/** Calls, refreshes and new links without pause. Every answer must be a success. */
function storm() {
  let going = true;
  const refused = [];
  let calls = 0;
  const runner = async (part) => {
    for (let i = part; going; i += 1) {
      const user = users[i % users.length];
      const connection = await gateway.connection(app, user);
      const answers = [
        await gateway.proxy('GET', app, user, '/x'),
        await gateway.call('POST', `/v1/connections/${connection.id}/refresh`),
        await gateway.call('POST', '/v1/install-links', {
          json: {app: 'keys', user: `new-${part}-${i}`}, headers: {'idempotency-key': `${part}-${i}-${calls}`}}),
      ];
      for (const {status, text} of answers) {
        calls += 1;
        if (status >= 300) refused.push(`${status} ${text}`);
      }
    }
  };
  const runners = [0, 7, 13].map((part) => runner(part).catch((error) => refused.push(String(error.stack))));
  return async () => {
    going = false;
    await Promise.all(runners);
    return {refused, calls};
  };
}

async function everybodyWorks() {
  for (const user of users) {
    const answer = await gateway.proxy('GET', app, user, '/x');
    assert.equal(answer.status, 200, `${user}: ${answer.text}`);
  }
}

test('a rotation reaches a running server and every value', async () => {
  const before = newestKey();
  const {code, stdout, stderr} = await gateway.run(['rotate-key', '--json']);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.equal(report.dataKey, before + 1);
  assert.equal(report.servers, 1);
  assert.ok(report.resealed >= 2 * users.length);
  assert.deepEqual(report.oldKeysStillNeeded, []);
  assert.deepEqual(Object.keys(sealedWith()), [String(before + 1)]);
  assert.ok(dataKeys().at(-2).retired_at);
  // What the server writes from now on is sealed with the new key, without a restart.
  const {id} = await gateway.connection(app, users[0]);
  assert.equal((await gateway.call('POST', `/v1/connections/${id}/refresh`)).status, 200);
  assert.deepEqual(Object.keys(sealedWith()), [String(before + 1)]);
  const {json} = await gateway.call('GET', '/v1/audit?limit=200');
  for (const action of ['data_key.announced', 'data_key.in_use', 'data_key.retired']) {
    assert.ok(json.data.some((record) => record.action === action), action);
  }
});

test(`rotations under load, killed at any moment, seed ${seed}: no failed read, nothing left behind`, {timeout: 240_000}, async () => {
  const stop = storm();
  let killed = 0;
  let begun = 0;
  for (let round = 0; round < 15; round += 1) {
    const before = newestKey();
    const {code} = await gateway.run(['rotate-key', '--json'], {killAfter: Math.floor(random() * 500)});
    if (code === null) killed += 1;
    if (newestKey() > before) begun += 1;
  }
  const {refused, calls} = await stop();
  assert.deepEqual(refused, []);
  assert.ok(calls > 50 && killed > 3 && begun > 1, JSON.stringify({calls, killed, begun}));
  // The next command goes on with what the killed ones left.
  const {code, stdout, stderr} = await gateway.run(['rotate-key', '--resume', '--json']);
  assert.equal(code, 0, stderr + stdout);
  assert.deepEqual(Object.keys(sealedWith()), [String(newestKey())]);
  assert.equal(dataKeys().filter((key) => !key.retired_at).length, 1);
  await everybodyWorks();
  await gateway.restart();
  await everybodyWorks();
});

test('a server that dies during a rotation comes back to one that goes on', {timeout: 120_000}, async () => {
  for (let round = 0; round < 2; round += 1) {
    const before = newestKey();
    const rotating = gateway.run(['rotate-key', '--json']);
    await eventually('the rotation has begun', () => newestKey() > before, {every: 2});
    await gateway.kill();
    const {code, stderr} = await rotating;
    // It waits a little for the dead server, and then does without.
    assert.equal(code, 0, stderr);
    await gateway.start();
    await everybodyWorks();
  }
  assert.deepEqual(Object.keys(sealedWith()), [String(newestKey())]);
});

test('old data keys are removed when nothing needs them any more', async () => {
  const ids = dataKeys().map(({id}) => id);
  assert.ok(ids.length > 1);
  const remove = async () => JSON.parse((await gateway.run(['rotate-key', '--remove-old', '--json'])).stdout).removed;
  assert.deepEqual(await remove(), [], 'not at once');
  const store = new DatabaseSync(join(gateway.data, 'wayleave.db'));
  store.exec('UPDATE data_key SET retired_at = retired_at - 3600000 WHERE retired_at IS NOT NULL');
  store.close();
  assert.deepEqual(await remove(), ids.slice(0, -1));
  assert.deepEqual(dataKeys().map(({id}) => id), ids.slice(-1));
  await everybodyWorks();
  await gateway.restart();
  await everybodyWorks();
});

const opens = async (args = []) => (await gateway.run(['key', 'list', ...args])).code === 0;

test('the root key is changed while the server runs', async () => {
  const {code, stdout, stderr} = await gateway.run(['rotate-key', '--root', '--json']);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.equal(report.made, join(gateway.data, 'root.key'));
  await everybodyWorks();
  assert.ok(await opens());
  assert.ok(!(await opens(['--root-key-file', report.oldKeptAs])));
  // A data key made under the new root key reaches the server that started with the old one.
  const rotated = await gateway.run(['rotate-key', '--json']);
  assert.equal(rotated.code, 0, rotated.stderr);
  assert.equal(JSON.parse(rotated.stdout).servers, 1);
  await everybodyWorks();
  await gateway.restart();
  await everybodyWorks();
});

test(`changes of the root key killed at any moment, seed ${seed}: one key always opens the store`, {timeout: 180_000}, async () => {
  let killed = 0;
  for (let round = 0; round < 30; round += 1) {
    const {code} = await gateway.run(['rotate-key', '--root'], {killAfter: Math.floor(random() * 90)});
    if (code === null) killed += 1;
    assert.ok(await opens(), `round ${round}`);
  }
  assert.ok(killed > 5, `${killed} were killed`);
  await everybodyWorks();
  await gateway.restart();
  await everybodyWorks();
  // A key that was made and not used yet is the next one to be used.
  assert.equal((await gateway.run(['rotate-key', '--root'])).code, 0);
  assert.ok(!existsSync(join(gateway.data, 'root.key.new')));
});

test('a server that cannot have the new root key keeps the data key from being used', async () => {
  await gateway.stop();
  const {stdout} = await gateway.run(['rotate-key', '--root', '--json', '--new-root-key-file', join(gateway.folder, 'a.key')]);
  assert.equal(JSON.parse(stdout).nextStart, `--root-key-file ${join(gateway.folder, 'a.key')}`);
  const withA = ['--root-key-file', join(gateway.folder, 'a.key')];
  await gateway.start(withA);
  // Changed once more, to a file that the server does not know of.
  const b = join(gateway.folder, 'b.key');
  assert.equal((await gateway.run(['rotate-key', '--root', '--new-root-key-file', b, ...withA])).code, 0);
  await everybodyWorks();
  const before = sealedWith();
  const refused = await gateway.run(['rotate-key', '--root-key-file', b]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Start it again with the present root key/);
  assert.deepEqual(sealedWith(), before);
  await everybodyWorks();
  await gateway.stop();
  await gateway.start(['--root-key-file', b]);
  assert.equal((await gateway.run(['rotate-key', '--root-key-file', b])).code, 0);
  await everybodyWorks();
});
