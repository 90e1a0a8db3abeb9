// Three gateways on one PostgreSQL behind HAProxy: one refresh in all, what one is told the others
// know, replicas come and go without a failed call (TK-01, TK-02, AK-04, OP-07).

import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';

import {freePort} from '../support/free_port.mjs';
import {startHaproxy} from '../support/haproxy.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {processFolder} from '../support/output.mjs';
import {startPostgres} from '../support/postgres.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';
import {startReplicas} from '../support/replicas.mjs';
import {eventually} from '../support/wait.mjs';

const staleness = 5_000;  // ms in which every replica knows what one was told

let postgres;
let peer;
let api;
let proxy;
let replicas = [];
let front;  // the first replica's words, said to HAProxy
let app;
// Providers that take a spent refresh token again for a minute.
let lenient;
let slow;
let lenientApp;
let slowApp;
before(async () => {
  [postgres, peer, api] = await Promise.all([startPostgres(), startOAuthPeer(), startRecordingUpstream()]);
  [lenient, slow] = await Promise.all([startOAuthPeer({grace: 60_000}), startOAuthPeer()]);
  const port = await freePort();
  const providers = path.join(processFolder('providers'), 'providers');
  mkdirSync(providers);
  writeFileSync(path.join(providers, 'lenient.yaml'),
                'extends: oauth2\nname: Lenient\nauth: {refresh: {rotates: true, grace: 60s}}\n');
  replicas = await startReplicas(3, {
    database: postgres.createDatabase(), publicUrl: `http://127.0.0.1:${port}`,
    egress: [peer, lenient, slow, api].map(({url}) => url),
    args: ['--drain-delay', '1', '--providers', providers],
  });
  proxy = await startHaproxy({port, servers: replicas.map(({listen}) => listen)});
  front = Object.assign(Object.create(replicas[0]), {url: proxy.url});
  app = await front.createCustomApp('shared', peer, api.url);
  lenientApp = await front.createCustomApp('lenient', lenient, api.url, {provider: 'lenient'});
  slowApp = await front.createCustomApp('slow', slow, api.url);
  // An API that knows which tokens are good.
  api.answer = ({field}) => {
    const token = /^Bearer (.+)$/.exec(field('authorization') ?? '')?.[1];
    return good.has(token) ? api.plain
      : 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n';
  };
});
after(async () => {
  await proxy?.stop();
  await Promise.all(replicas.map((replica) => replica.stop()));
  await Promise.all([peer, lenient, slow, api, postgres].map((each) => each?.stop()));
  postgres?.keepFiles();
});

// Access tokens the API takes: what the peer issued and `expire` did not void.
const good = {
  voided: new Set(),
  has: (token) => [peer, lenient, slow].some(({accessTokens}) => accessTokens.has(token)) && !good.voided.has(token),
};
const expireAll = () => peer.accessTokens.forEach((token) => good.voided.add(token));

const repeat = (count, make) => Promise.all(Array.from({length: count}, (_, i) => make(i)));
const statuses = (answers) => [...new Set(answers.map(({status}) => status))].sort();

test('200 calls on an expired token over two replicas: one refresh, 200 successes (TK-01)', async () => {
  const two = replicas.slice(0, 2);
  for (const user of ['crowd-1', 'crowd-2', 'crowd-3']) {
    await front.connect(app, user);
    for (const replica of two) assert.equal((await replica.proxy('GET', app, user, '/x')).status, 200);
    const earlier = peer.tokenRequests.length;
    expireAll();
    const answers = await repeat(200, (i) => two[i % 2].proxy('GET', app, user, '/x'));
    assert.deepEqual(statuses(answers), [200], answers.find(({status}) => status !== 200)?.text);
    assert.equal(peer.tokenRequests.length - earlier, 1);
    assert.equal(peer.spent, 0, 'no refresh token was presented twice');
  }
});

test('200 calls on a token past its end of life: the same', async () => {
  peer.expiresIn = 1;
  const {id} = await front.connect(app, 'late');
  peer.expiresIn = 1800;
  // Held, so that all of them wait in both replicas.
  const earlier = peer.tokenRequests.length;
  let release;
  peer.onToken = async (_, usual) => {
    await new Promise((go) => (release = go));
    return usual();
  };
  const {expiresAt} = (await front.call('GET', `/v1/connections/${id}`)).json;
  await eventually('the token has expired', () => Date.now() > Date.parse(expiresAt) + 50);
  const calls = repeat(200, (i) => replicas[i % 2].proxy('GET', app, 'late', '/x'));
  await eventually('the provider is asked', () => release);
  peer.onToken = undefined;
  setTimeout(release, 1_000);
  assert.deepEqual(statuses(await calls), [200]);
  assert.equal(peer.tokenRequests.length - earlier, 1);
  assert.equal(peer.spent, 0);
});

test('a disconnect in one is refused by the others well within the bound of staleness', async (t) => {
  const took = [];
  for (let round = 0; round < 10; round += 1) {
    const user = `leaver-${round}`;
    const {id} = await front.connect(app, user);
    await repeat(3, async (i) => {
      assert.equal((await replicas[i].proxy('GET', app, user, '/x')).status, 200);
    });
    assert.equal((await replicas[0].call('DELETE', `/v1/connections/${id}`)).status, 200);
    const told = performance.now();
    assert.equal((await replicas[0].proxy('GET', app, user, '/x')).status, 404, 'the one that did it knows at once');
    await repeat(2, async (i) => {
      await eventually('the others refuse it', async () =>
        (await replicas[i + 1].proxy('GET', app, user, '/x')).status === 404, {timeout: staleness, every: 1});
      took.push(performance.now() - told);
    });
  }
  took.sort((a, b) => a - b);
  t.diagnostic(`known elsewhere after ${took[took.length >> 1].toFixed(1)} ms (median), ${took.at(-1).toFixed(1)} ms (most) of ${took.length}`);
  assert.ok(took.at(-1) < 1_000);
});

test('a key revoked in one is refused by the others within a second (AK-04)', async () => {
  await front.connect(app, 'keyed');
  const {key, id} = await replicas[0].createKey('proxy');
  await repeat(3, (i) => eventually('the key is known', async () =>
    (await replicas[i].proxy('GET', app, 'keyed', '/x', {key})).status === 200));
  assert.equal((await replicas[2].call('DELETE', `/v1/keys/${id}`)).status, 200);
  const told = performance.now();
  await repeat(3, (i) => eventually('the key is refused', async () =>
    (await replicas[i].proxy('GET', app, 'keyed', '/x', {key})).status === 401, {every: 1}));
  assert.ok(performance.now() - told < 1_000);
});

test('a rolling restart fails no call (OP-07)', async (t) => {
  const users = ['steady-1', 'steady-2', 'steady-3', 'steady-4'];
  for (const user of users) await front.connect(app, user);
  const agent = new http.Agent({keepAlive: true, maxSockets: 16});
  const seen = new Map();
  const failed = [];
  let on = true;
  let calls = 0;
  const count = (key) => seen.set(key, (seen.get(key) ?? 0) + 1);
  const callers = Array.from({length: 16}, async (_, i) => {
    while (on) {
      calls += 1;
      // Half of them cannot be repeated by anybody on the way.
      const method = i % 2 ? 'POST' : 'GET';
      try {
        const answer = await front.proxy(method, app, users[i % 4], '/x', {agent, ...(i % 2 ? {json: {n: calls}} : {})});
        count(answer.status);
        if (answer.status !== 200) failed.push(`${method} ${answer.status} ${answer.text}`);
      } catch (error) {
        count(error.code);
        failed.push(`${method} ${error}`);
      }
    }
  });
  const served = (more, from = calls) => eventually('calls go on', () => calls > from + more);
  await served(200);
  for (let round = 0; round < 2; round += 1) {
    for (const replica of replicas) {
      assert.deepEqual(await replica.stop(), {code: 0, signal: null});
      await served(100);
      await replica.start();
      await eventually('HAProxy uses it again', async () =>
        (await replica.call('GET', '/readyz', {key: null})).status === 200);
      await served(300);
    }
  }
  on = false;
  await Promise.all(callers);
  agent.destroy();
  t.diagnostic(`${calls} calls over 6 restarts: ${JSON.stringify([...seen])}`);
  assert.deepEqual(failed, []);
});

// The life of a lease is 15 s: these two take that long, together.
describe('slower than a lease lives', {concurrency: true}, () => {
  test('a frozen replica is overtaken and cannot overwrite when it thaws (TK-02)', async () => {
    const {id} = await front.connect(lenientApp, 'frozen');
    const [frozen, other] = replicas;
    const held = [];
    lenient.onToken = async (_, usual) => {
      await new Promise((go) => held.push(go));
      return usual();
    };
    const first = frozen.call('POST', `/v1/connections/${id}/refresh`);
    await eventually('the provider is asked', () => held.length === 1);
    process.kill(frozen.pid, 'SIGSTOP');
    lenient.onToken = undefined;
    const taken = await other.call('POST', `/v1/connections/${id}/refresh`);
    process.kill(frozen.pid, 'SIGCONT');
    assert.equal(taken.status, 200, taken.text);
    assert.equal(lenient.refreshes, 1, 'the other one asked as soon as it might');
    // Only now the provider acts on the first request too and spends what the other one has stored.
    held[0]();
    await first;
    assert.match(frozen.server.errors(), /token\.overtaken/);
    // It did not overwrite; which of the two answers the provider holds to is not known, and said so.
    assert.equal((await other.call('GET', `/v1/connections/${id}`)).json.state, 'refresh_unknown');
    for (const replica of [other, frozen]) {
      const again = await replica.call('POST', `/v1/connections/${id}/refresh`);
      assert.equal(again.status, 200, again.text);
      assert.equal((await replica.proxy('GET', lenientApp, 'frozen', '/x')).status, 200);
      assert.equal((await replica.call('GET', `/v1/connections/${id}`)).json.state, 'active');
    }
    assert.equal(lenient.spent, 0);
  });

  test('a provider slower than a lease lives is asked once by all (TK-02)', async () => {
    const {id} = await front.connect(slowApp, 'patient');
    const earlier = slow.tokenRequests.length;
    slow.onToken = async (_, usual) => {
      await pause(20_000);  // longer than a lease lives, shorter than anybody waits
      return usual();
    };
    const answers = await repeat(3, (i) => replicas[i].call('POST', `/v1/connections/${id}/refresh`));
    assert.deepEqual(statuses(answers), [200], answers.map(({text}) => text).join('\n'));
    assert.equal(slow.tokenRequests.length - earlier, 1);
    assert.equal(slow.spent, 0);
  });
});
