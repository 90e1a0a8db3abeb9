// kill -9 of one of two replicas at any moment of a refresh loop, again and again: no grant is lost but
// by an answer of the provider that nobody lived to store (TK-01, TK-04, TK-05, TK-07, OP-01).
// WAYLEAVE_KILLS: how many kills for each provider.

import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';

import {startAnswerTap} from '../support/answer_tap.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {startOidcPeer} from '../support/oidc_peer.mjs';
import {processFolder, secret} from '../support/output.mjs';
import {startPostgres} from '../support/postgres.mjs';
import {random} from '../support/random.mjs';
import {startReplicas} from '../support/replicas.mjs';

const kills = Number(process.env.WAYLEAVE_KILLS ?? 40);
const seed = Number(process.env.WAYLEAVE_TEST_SEED ?? Date.now() % 1_000_000);
const crowd = 6;  // connections under load at once
const storeTime = 1_000;  // ms in which an answer that arrived is surely stored

let postgres;
before(async () => (postgres = await startPostgres()));
after(async () => {
  await postgres?.stop();
  postgres?.keepFiles();
});

// Each replica has its own path to the token endpoint, by which the tap knows it.
function providerFile(name, {authorize, issuer, tap, refresh}) {
  const folder = path.join(processFolder('providers'), 'providers');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'killed.yaml'), `
name: Killed
category: generic
docs: https://www.rfc-editor.org/rfc/rfc6749
auth:
  kind: oauth2
  authorize: ${authorize}
  token: ${tap.url}/${name}/token
  ${issuer ? `issuer: ${issuer}` : ''}
  pkce: required
  refresh: ${refresh}
hosts: {default: ${tap.url}}
fields:
  - {name: clientId, title: Client ID, hint: Any text, required: true}
  - {name: clientSecret, title: Client secret, hint: Any text, secret: true, required: true}
`);
  return folder;
}

async function startPair(t, {scopes, peer, ...provider}) {
  t.after(() => Promise.all([provider.tap.stop(), peer.stop()]));
  const replicas = await startReplicas(2, {
    database: postgres.createDatabase(), egress: [peer.url, provider.tap.url],
    each: (i) => ['--providers', providerFile(`r${i}`, provider)],
  });
  t.after(() => Promise.all(replicas.map((replica) => replica.kill())));
  const client = {clientId: 'client-killed', clientSecret: secret('client secret', 'a-secret-of-the-killed-ones')};
  const app = await replicas[0].createApp({slug: 'killed', provider: 'killed', scopes, ...client});
  peer.register?.({...client, redirectUrl: app.redirectUrl});
  return {replicas, app};
}

const share = (values, part) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) * part)];

/**
 * A few users refresh without end at either replica, one of which is killed at any moment and comes back;
 * then every connection has to work, or has lost its grant in a way `explain(one, killed)` accepts.
 * `tries`: how often a connection may have to ask.
 */
async function killAgainAndAgain({replicas, app}, tap, {tries, explain}) {
  const next = random(seed);
  const either = () => replicas[next() < 0.5 ? 0 : 1];
  const tally = {kills: 0, refreshes: 0, unanswered: 0, unknown: 0, lost: 0};

  async function connect(one) {
    tap.connecting = one.user;
    one.id = (await replicas[0].connect(app, one.user)).id;
    return one;
  }

  async function refresh(one) {
    const answer = await either().call('POST', `/v1/connections/${one.id}/refresh`);
    if (answer.status !== 200) return answer;
    one.toldAt = performance.now();  // what was asked for until here is stored, and somebody knows
    tally.refreshes += 1;
    return answer;
  }

  // The token that is stored is the provider's current one: proved by a refresh that works.
  async function prove(one, killed) {
    for (let i = 0; i < tries; i += 1) {
      const answer = await refresh(one);
      const {state, stateReason} = (await either().call('GET', `/v1/connections/${one.id}`)).json;
      if (answer.status === 200) return assert.equal(state, 'active');
      if (state === 'needs_reauthorization') {
        assert.equal(stateReason, 'refresh_outcome_unknown', 'it says that it does not know');
        tally.lost += 1;
        explain(one, killed);
        return connect(one);
      }
      assert.equal(state, 'refresh_unknown', `${answer.status} ${answer.text}`);
      if (i === 0) tally.unknown += 1;
    }
    return assert.fail(`${one.user} does not come to rest`);
  }

  const crew = [];
  for (let i = 0; i < crowd; i += 1) crew.push(await connect({user: `user-${i}`, toldAt: -Infinity}));
  for (; tally.kills < kills; tally.kills += 1) {
    let on = true;
    const callers = crew.map(async (one) => {
      while (on) {
        const answer = await refresh(one).catch(() => undefined);
        if (!answer) return;  // its replica was killed
        assert.ok([200, 409, 502, 503].includes(answer.status), `${answer.status} ${answer.text}`);
      }
    });
    await pause(5 + Math.floor(next() * 80));  // the moment is the test's input
    const which = next() < 0.5 ? 0 : 1;
    const killed = {name: `r${which}`, since: performance.now()};
    await replicas[which].kill();
    killed.until = performance.now();
    on = false;
    const open = tap.notes.filter(({name, sentAt}) => name === killed.name && sentAt === undefined);
    if (open.length > 0) tally.unanswered += 1;
    await replicas[which].start();
    await Promise.all(callers);
    for (const one of crew) await prove(one, killed);
    tap.notes.length = 0;
  }
  for (const replica of replicas) assert.equal((await replica.stop()).code, 0);
  return tally;
}

test(`${kills} kills with rotation and reuse detection, no grace, seed ${seed}: no grant is lost by us`, {timeout: 3_600_000}, async (t) => {
  const next = random(seed + 1);
  const peer = await startOidcPeer();
  // Half of the answers take a while, so that kills meet requests that wait for theirs.
  const tap = await startAnswerTap(peer.url, {hold: () => (next() < 0.5 ? next() * 20 : 0)});
  const pair = await startPair(t, {
    peer, tap, scopes: ['openid', 'email'], authorize: `${peer.url}/auth`, issuer: peer.url, refresh: '{rotates: true}',
  });
  // How an answer was lost: not sent yet, or so many ms before the kill and not stored yet.
  let unsent = 0;
  const unstored = [];
  const tally = await killAgainAndAgain(pair, tap, {tries: 2, explain(one, killed) {
    const answered = tap.notes.findLast(({user, name, actedAt, askedAt}) =>
      user === one.user && name === killed.name && actedAt !== undefined && askedAt < killed.until && askedAt > one.toldAt);
    assert.ok(answered, `the grant of ${one.user} was lost, and no answer to ${killed.name}: ${JSON.stringify(tap.notes.filter(({user}) => user === one.user))}`);
    if (answered.sentAt === undefined || answered.sentAt > killed.since) {
      unsent += 1;
    } else {
      unstored.push(killed.since - answered.sentAt);
      assert.ok(unstored.at(-1) < storeTime, `an answer was not stored for ${unstored.at(-1)} ms`);
    }
  }});
  t.diagnostic(JSON.stringify({seed, ...tally, lostUnsent: unsent, lostUnstored: unstored.length,
                               unstoredMs: [share(unstored, 0.5), share(unstored, 1)].map((ms) => Number(ms?.toFixed(1)))}));
});

test(`${kills} kills while answers are dropped, with grace, seed ${seed}: no grant is lost`, {timeout: 3_600_000}, async (t) => {
  const next = random(seed + 2);
  const peer = await startOAuthPeer({grace: 60_000});
  const tap = await startAnswerTap(peer.url, {
    hold: () => (next() < 0.5 ? next() * 20 : 0), drop: () => next() < 0.25,
  });
  const pair = await startPair(t, {
    peer, tap, scopes: ['read'], authorize: `${peer.url}/authorize`, refresh: '{rotates: true, grace: 60s}',
  });
  const tally = await killAgainAndAgain(pair, tap, {
    tries: 20, explain: (one) => assert.fail(`the grant of ${one.user} was lost`),
  });
  t.diagnostic(JSON.stringify({seed, ...tally}));
  assert.equal(peer.spent, 0);
});
