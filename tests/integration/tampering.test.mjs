// Somebody writes into the database: swapped rows, flipped bytes, older versions put back. Each is
// refused for its own record only, recorded, and mended by a new consent (VT-03, VT-04).

import assert from 'node:assert/strict';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {DatabaseSync} from 'node:sqlite';

import {Browser} from '../support/browser.mjs';
import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';

const flips = Array.from({length: 14}, (_, i) => `flip-${i}`);
const users = ['swap-a', 'swap-b', 'crossed', 'replayed', 'cut', 'emptied', 'well', 'also-well', ...flips];

let peer;
let api;
let gateway;
let app;
let other;

before(async () => {
  peer = await startOAuthPeer();
  api = await startRecordingUpstream();
  gateway = await startGateway({egress: [peer.url, api.url]});
  app = await gateway.createCustomApp('tampered', peer, api.url);
  other = await gateway.createCustomApp('neighbour', peer, api.url);
  for (const user of users) await gateway.connect(app, user);
  await gateway.connect(other, 'theirs');
});
after(async () => {
  await gateway?.stop();
  await Promise.all([peer, api].map((each) => each?.stop()));
});

/** Writes into the database behind the gateway's back, while it is down: nothing is in its caches. */
async function tamper(work) {
  await gateway.stop();
  const store = new DatabaseSync(path.join(gateway.data, 'wayleave.db'));
  try {
    work({
      row: (user) => store.prepare('SELECT * FROM connection WHERE user_id = ?').get(user),
      set: (user, column, value) =>
        store.prepare(`UPDATE connection SET ${column} = ? WHERE user_id = ?`).run(value, user),
      run: (sql, ...values) => store.prepare(sql).run(...values),
    });
  } finally {
    store.close();
  }
  await gateway.start();
}

const audited = async (action) => {
  const {json} = await gateway.call('GET', '/v1/audit?limit=200');
  return json.data.filter((record) => record.action === action).map(({target}) => target);
};

async function refused(user) {
  const before = api.requests.length;
  const answer = await gateway.proxy('GET', app, user, '/x');
  assert.equal(answer.status, 409, `${user}: ${answer.text}`);
  assert.equal(answer.json.code, 'reauthorization_required');
  assert.match(answer.json.detail, /damaged or were tampered with/);
  assert.equal(api.requests.length, before, 'nothing went out');
  const {id} = await gateway.connection(app, user);
  assert.ok((await audited('connection.damaged')).includes(id), `${user} was recorded`);
  return answer.json;
}

async function well(user) {
  const answer = await gateway.proxy('GET', app, user, '/x');
  assert.equal(answer.status, 200, `${user}: ${answer.text}`);
}

const flipped = (bytes, at) => {
  const changed = Uint8Array.from(bytes);
  changed[at] ^= 1 << (at % 8);
  return changed;
};

test('swapped, flipped, cut and replayed values are refused, recorded, and harm no other', async () => {
  let old;
  await tamper(({row}) => { old = row('replayed'); });
  const {id} = await gateway.connection(app, 'replayed');
  assert.equal((await gateway.call('POST', `/v1/connections/${id}/refresh`)).status, 200);
  await tamper(({row, set}) => {
    const [a, b] = [row('swap-a'), row('swap-b')];
    set('swap-a', 'access_token', b.access_token);
    set('swap-b', 'access_token', a.access_token);
    // The refresh token in the place of the access token: of the same row, but another column.
    set('crossed', 'access_token', row('crossed').refresh_token);
    assert.notEqual(row('replayed').version, old.version);
    set('replayed', 'access_token', old.access_token);
    set('replayed', 'refresh_token', old.refresh_token);
    set('cut', 'refresh_token', row('cut').refresh_token.slice(0, 40));
    set('emptied', 'access_token', new Uint8Array());
    flips.forEach((user, i) => {
      const column = i % 2 === 0 ? 'access_token' : 'refresh_token';
      const bytes = row(user)[column];
      // From the first byte, over key id, nonce and text, to the last of the tag.
      set(user, column, flipped(bytes, Math.floor(i * (bytes.length - 1) / (flips.length - 1))));
    });
  });
  for (const user of users.filter((each) => !each.endsWith('well'))) await refused(user);
  for (const user of ['well', 'also-well']) await well(user);
  assert.equal((await gateway.proxy('GET', other, 'theirs', '/x')).status, 200);
});

test('neither refresh nor reveal gives anything away', async () => {
  const {id} = await gateway.connection(app, 'swap-a');
  for (const [method, target] of [['POST', `/v1/connections/${id}/refresh`], ['GET', `/v1/connections/${id}/token`]]) {
    const {status, json} = await gateway.call(method, target);
    assert.equal(status, 409, target);
    assert.equal(json.code, 'reauthorization_required');
  }
  assert.equal((await gateway.call('GET', `/v1/connections/${id}`)).status, 200, 'it can still be looked at');
});

test('a new consent mends a connection, and it can be deleted', async () => {
  const {installUrl} = await refused('swap-b');
  assert.ok(installUrl);
  const browser = new Browser({gateway: gateway.url});
  const page = await browser.submit(await browser.open(installUrl));
  assert.equal(page.status, 200, page.text);
  await well('swap-b');
  const {id} = await gateway.connection(app, 'cut');
  const deleted = await gateway.call('DELETE', `/v1/connections/${id}`);
  assert.equal(deleted.status, 200, deleted.text);
  await gateway.connect(app, 'cut');
  await well('cut');
});

test('rotate-key tells what it could not open and keeps its key', async () => {
  const {code, stdout} = await gateway.run(['rotate-key', '--json']);
  assert.equal(code, 1);
  const report = JSON.parse(stdout);
  assert.ok(report.damaged >= flips.length);
  assert.ok(report.damagedValues.some((text) => /^connection\.access_token of con_/.test(text)));
  assert.ok(report.oldKeysStillNeeded.length >= 1);
  await well('well');
});

test('a client secret of another app is refused as the operator\'s matter', async () => {
  await tamper(({run}) => {
    run("UPDATE app SET client_secret = (SELECT client_secret FROM app WHERE slug = 'tampered') WHERE slug = 'neighbour'");
  });
  const {id} = await gateway.connection(other, 'theirs');
  const before = peer.tokenRequests.length;
  const answer = await gateway.call('POST', `/v1/connections/${id}/refresh`);
  assert.equal(answer.status, 409, answer.text);
  assert.equal(answer.json.code, 'app_misconfigured');
  assert.match(answer.json.detail, /wayleave app update neighbour --client-secret-file/);
  assert.equal(peer.tokenRequests.length, before, 'no secret went to anybody');
  // The token that is still good goes on being used.
  assert.equal((await gateway.proxy('GET', other, 'theirs', '/x')).status, 200);
});
