// Stopping and starting: SIGTERM finishes what is in flight and takes nothing new (contract section 2,
// OP-07).

import assert from 'node:assert/strict';
import {after, before, beforeEach, test} from 'node:test';

import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
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
  const http = await import('node:http');
  const agent = new http.Agent({keepAlive: true});
  await gateway.call('GET', '/healthz', {agent});
  const started = Date.now();
  assert.deepEqual(await gateway.stop(), {code: 0, signal: null});
  assert.ok(Date.now() - started < 5_000);
  agent.destroy();
});

test('an address in use is told and is exit 1', async () => {
  const {gateway} = await connected('neighbour');
  const {runOnce} = await import('../support/process.mjs');
  const {createServer} = await import('node:net');
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => taken.once('listening', ready));
  const {code, stderr} = await runOnce(['serve', '--listen', `127.0.0.1:${taken.address().port}`, '--data', `${gateway.folder}/other`], {timeout: 10_000});
  assert.equal(code, 1, stderr);
  assert.match(stderr, /in use|address/i);
  await new Promise((closed) => taken.close(closed));
  await gateway.stop();
});
