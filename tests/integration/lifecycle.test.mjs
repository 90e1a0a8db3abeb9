// Stopping and starting: SIGTERM finishes what is in flight and takes nothing new (contract section 2,
// OP-07).

import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {after, before, beforeEach, test} from 'node:test';

import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {runOnce} from '../support/process.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';
import {eventually} from '../support/wait.mjs';

let peer;
let api;
before(async () => {
  peer = await startOAuthPeer();
  api = await startRecordingUpstream();
});
after(() => Promise.all([peer, api].map((each) => each?.stop())));

async function connected(user) {
  const gateway = await startGateway({egress: [peer.url, api.url]});
  const app = await gateway.createCustomApp('life', peer, api.url);
  const connection = await gateway.connect(app, user);
  return {gateway, app, connection};
}

beforeEach(() => {
  peer.onToken = undefined;
  api.reset();
});

const refused = (gateway) => gateway.call('GET', '/healthz', {timeout: 2_000}).then(() => false, () => true);

test('a proxied call in flight is finished, new ones are not taken', async () => {
  const {gateway, app} = await connected('streamer');
  let finish;
  api.answer = (_, socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst');
    finish = () => socket.write('after');
  };
  const call = gateway.proxy('GET', app, 'streamer', '/slow');
  await eventually('the call is under way', () => finish);
  const stopped = gateway.stop();
  await eventually('nothing new is taken', () => refused(gateway));
  finish();
  const answer = await call;
  assert.equal(answer.status, 200);
  assert.equal(answer.text, 'firstafter');
  assert.deepEqual(await stopped, {code: 0, signal: null});
});

test('a refresh in flight is finished and stored: no outcome is left unknown', async () => {
  const {gateway, app, connection} = await connected('refresher');
  let release;
  const asked = new Promise((resolve) => {
    peer.onToken = (form, usual) => new Promise((answer) => {
      const lawful = usual(form);  // the old refresh token is dead from here on
      release = () => answer(lawful);
      resolve();
    });
  });
  const call = gateway.call('POST', `/v1/connections/${connection.id}/refresh`).catch(() => undefined);
  await asked;
  const stopped = gateway.stop();
  await eventually('nothing new is taken', () => refused(gateway));
  release();
  assert.deepEqual(await stopped, {code: 0, signal: null});
  await call;
  peer.onToken = undefined;
  await gateway.start();
  assert.equal((await gateway.connection(app, 'refresher')).state, 'active');
  const again = await gateway.call('POST', `/v1/connections/${connection.id}/refresh`);
  assert.equal(again.status, 200, again.text);
  assert.equal(peer.spent, 0);
  await gateway.stop();
});

test('idle connections of callers do not hold up a stop', async () => {
  const {gateway} = await connected('idler');
  const agent = new http.Agent({keepAlive: true});
  await gateway.call('GET', '/healthz', {agent});
  const started = Date.now();
  assert.deepEqual(await gateway.stop(), {code: 0, signal: null});
  assert.ok(Date.now() - started < 5_000);
  agent.destroy();
});

test('SIGHUP takes up a changed provider file, and leaves everything as it was when one is wrong', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'wayleave-providers-'));
  const gateway = await startGateway({args: ['--providers', folder]});
  const provider = async (slug) => (await gateway.call('GET', `/v1/providers/${slug}`)).json;
  const write = (name, host) => writeFileSync(path.join(folder, `${name}.yaml`), `name: ${name}
auth: {kind: oauth2, authorize: "https://${host}/authorize", token: "https://${host}/token"}
hosts: {default: "https://api.${host}"}
`);
  const reload = () => process.kill(gateway.pid, 'SIGHUP');
  try {
    assert.equal((await provider('acme')).code, 'not_found');
    write('acme', 'acme.example');
    reload();
    await eventually('the new provider is known', async () => (await provider('acme')).slug === 'acme');
    write('acme', 'other.example');
    writeFileSync(path.join(folder, 'broken.yaml'), 'colour: red\n');
    const earlier = gateway.server.errors().length;
    reload();
    await eventually('the refusal is told', () => /reload\.refused/.test(gateway.server.errors().slice(earlier)));
    assert.equal((await provider('acme')).hosts[0].baseUrl, 'https://api.acme.example');
    assert.equal((await provider('broken')).code, 'not_found');
    rmSync(path.join(folder, 'broken.yaml'));
    reload();
    await eventually('the mended folder is taken up', async () => (await provider('acme')).hosts[0].baseUrl === 'https://api.other.example');
  } finally {
    await gateway.stop();
    rmSync(folder, {recursive: true});
  }
});

test('an address in use is told and is exit 1', async () => {
  const {gateway} = await connected('neighbour');
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => taken.once('listening', ready));
  const {code, stderr} = await runOnce(['serve', '--listen', `127.0.0.1:${taken.address().port}`, '--data', `${gateway.folder}/other`], {timeout: 10_000});
  assert.equal(code, 1, stderr);
  assert.match(stderr, /in use|address/i);
  await new Promise((closed) => taken.close(closed));
  await gateway.stop();
});
