// A gateway with the look of one at work: apps, a few hundred customers in every state, a week of calls
// with days and nights, members, keys. All but the past is made through the product itself; the past
// (when a customer came, what was called last Tuesday) is written into the database while nobody serves.
// The same seed makes the same world.

import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';

import {freePort} from './free_port.mjs';
import {startGateway, startSandbox} from './gateway.mjs';

const day = 86_400_000;
const days = 7;

const companies = [
  'Alder & Finch', 'Blue Harbour', 'Brightwater Labs', 'Cedar Point Dental', 'Cobalt Freight', 'Copperleaf', 'Dune Analytics',
  'Eastgate Motors', 'Elm Street Realty', 'Fieldstone', 'Foxglove Studio', 'Granite Peak', 'Greenway Energy', 'Halcyon Travel',
  'Harvest Foods', 'Ironbridge', 'Juniper Health', 'Kestrel Air', 'Lakeside Hotels', 'Lantern Media', 'Larkspur', 'Maple Rail',
  'Meridian Tax', 'Northlight', 'Oakline Furniture', 'Orchard Schools', 'Paper Kite', 'Pinecrest Clinic', 'Quarry Works',
  'Redwood Legal', 'Saltmarsh', 'Silverline', 'Stonebrook', 'Summit Sports', 'Tidewater', 'Umber Coffee', 'Verdant', 'Waypoint',
  'Westfield Grain', 'Wren & Co',
];
const apps = [
  {slug: 'acme-crm', share: 0.55, about: ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write', 'crm.objects.companies.read', 'crm.objects.deals.read']},
  {slug: 'acme-forms', share: 0.25, about: ['oauth', 'forms', 'crm.objects.contacts.read', 'crm.objects.contacts.write']},
  {slug: 'acme-support', share: 0.2, about: ['oauth', 'tickets', 'crm.objects.contacts.read', 'crm.objects.owners.read']},
];
const calls = [
  [34, 'GET', '/crm/v3/objects/contacts', 200, 38], [22, 'POST', '/crm/v3/objects/contacts/search', 200, 74],
  [12, 'PATCH', '/crm/v3/objects/contacts/1051', 200, 96], [9, 'GET', '/crm/v3/objects/companies', 200, 41],
  [7, 'POST', '/crm/v3/objects/contacts/batch/read', 200, 120], [6, 'GET', '/crm/v3/objects/deals/40321', 200, 35],
  [4, 'POST', '/crm/v3/objects/contacts', 201, 110], [2, 'GET', '/crm/v3/objects/contacts/77', 404, 30],
  [2, 'POST', '/crm/v3/objects/contacts', 409, 52], [1.4, 'POST', '/crm/v3/objects/contacts/search', 429, 22],
  [0.5, 'GET', '/crm/v3/objects/companies', 502, 900], [0.3, 'GET', '/crm/v3/objects/contacts', 401, 28],
];

/** Numbers from 0 to 1 that look random and are the same each time (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function weighted(rows, dice) {
  let left = dice() * rows.reduce((sum, [weight]) => sum + weight, 0);
  for (const row of rows) if ((left -= row[0]) <= 0) return row;
  return rows.at(-1);
}

const identifier = (name, n) =>
  `${name.toLowerCase().replace(/[^a-z]+/g, '-')}${n < companies.length ? '' : `-${1 + Math.floor(n / companies.length)}`}`;

async function inLanes(items, lanes, work) {
  const queue = [...items];
  await Promise.all(Array.from({length: lanes}, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  }));
}

/** An account at the provider for each company. */
async function makeAccounts(sandbox) {
  const ids = companies.map((_, n) => 24_187_400 + n * 37);
  for (const [n, name] of companies.entries()) {
    await sandbox.control('PUT', `accounts/${ids[n]}`, {name, domain: `${identifier(name, 0)}.example`});
  }
  return ids;
}

async function connectCustomers(gateway, sandbox, customers, dice) {
  const accounts = await makeAccounts(sandbox);
  const made = [];
  const wanted = Array.from({length: customers}, (_, n) => {
    let left = dice();
    const app = apps.find(({share}) => (left -= share) <= 0) ?? apps[0];
    return {app, user: identifier(companies[n % companies.length], n), account: accounts[n % accounts.length]};
  });
  await inLanes(wanted, 4, async ({app, user, account}) => {
    const connection = await gateway.connect({slug: app.slug, provider: 'hubspot-sandbox'}, user, {account});
    made.push({app: app.slug, user, id: connection.id});
  });
  return made.sort((a, b) => (a.user < b.user ? -1 : 1));
}

/** Customers who took their permission back, and some who were disconnected. It really happens. */
async function troubleSome(gateway, sandbox, connections) {
  const refresh = ({id}) => gateway.call('POST', `/v1/connections/${id}/refresh`);
  const every = (step, from) => connections.filter((_, index) => index % step === from);
  await sandbox.fault({path: '/oauth/2026-09/token', method: 'POST', status: 400, body: {status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token'}});
  for (const one of every(19, 3)) await refresh(one);
  await sandbox.clearFaults();
  for (const one of every(41, 7)) await gateway.call('DELETE', `/v1/connections/${one.id}`);
}

/** A working day: quiet nights, a dip at noon. Whenever this runs, now is a Thursday at half past four. */
function busyness(ago) {
  const hour = (((16.5 - ago / 3_600_000) % 24) + 24) % 24;
  const weekend = [4, 5].includes(Math.floor((ago + 7.5 * 3_600_000) / day)) ? 0.35 : 1;
  const bell = (middle, width) => Math.exp(-(((hour - middle) / width) ** 2));
  return weekend * (0.08 + bell(10.5, 2.4) + 0.9 * bell(15.5, 2.6));
}

function* pastCalls(connections, callsPerDay, now, dice) {
  const live = connections.slice(0, 180);
  for (let start = now - days * day; start < now; start += 60_000) {
    const expected = (callsPerDay / 1440) * 2.3 * busyness(now - start);
    const count = Math.floor(expected) + (dice() < expected % 1 ? 1 : 0);
    for (let i = 0; i < count; ++i) {
      const one = live[Math.floor(live.length * dice() ** 1.6)];
      const [, method, target, status, usual] = weighted(calls, dice);
      const provider = Math.round(usual * (0.55 + dice() ** 3 * 4));
      yield {at: start + Math.floor(dice() * 60_000), one, method, target, status, provider};
    }
  }
}

function writeCalls(store, connections, callsPerDay, now, dice) {
  const all = [...pastCalls(connections, callsPerDay, now, dice)].sort((a, b) => a.at - b.at);
  const columns = ['id', 'workspace', 'app', 'user_id', 'connection', 'method', 'path', 'path_cut', 'status', 'class', 'cut', 'code',
                   'request_bytes', 'answer_bytes', 'duration_ms', 'provider_ms', 'attempts', 'request_id', 'trace_id'];
  const insert = store.prepare(`INSERT INTO request_log (${columns}) VALUES (${columns.map(() => '?')})`);
  all.forEach(({at, one, method, target, status, provider}, n) => {
    const ours = status === 502;
    const id = (BigInt(at) << 20n) | BigInt(n & 0xfffff);
    insert.run(id, 'default', one.app, one.user, one.id, method, target, 0, status, Math.floor(status / 100), 0,
               ours ? 'upstream_unreachable' : null, method === 'GET' ? 0 : 180 + Math.floor(dice() * 900),
               status < 300 ? 700 + Math.floor(dice() * 9000) : 240, provider + 1, provider, status === 502 ? 3 : 1,
               `req_${(n + 46656 * 36).toString(36).toUpperCase().padStart(9, '7')}`, null);
  });
  store.prepare(`INSERT INTO request_log_total (name, numbers, rows) VALUES ('all', ?, ?)
    ON CONFLICT (name) DO UPDATE SET numbers = numbers + excluded.numbers, rows = rows + excluded.rows`).run(all.length, all.length);
  return all;
}

/** Customers came over the last months; their tokens were renewed within the last half hour. */
function spreadInTime(store, connections, now, dice) {
  const came = store.prepare('UPDATE connection SET created_at = ?, refreshed_at = CASE WHEN refreshed_at IS NULL THEN ? ELSE refreshed_at END WHERE id = ?');
  for (const {id} of connections) {
    came.run(now - Math.floor(day * (0.4 + 120 * dice())), now - Math.floor(dice() * 1_500_000), id);
  }
  // HubSpot makes it hard to come into these two.
  const into = store.prepare("UPDATE connection SET state = ?, state_reason = ? WHERE id = ? AND state = 'active'");
  connections.forEach(({id}, index) => {
    if (index % 83 === 5) into.run('refresh_unknown', 'no_answer', id);
    if (index % 71 === 9) into.run('revoked', 'revoked_at_provider', id);
  });
  const since = store.prepare("UPDATE connection SET updated_at = ? WHERE id = ? AND state <> 'active'");
  for (const {id} of connections) since.run(now - Math.floor(dice() * 3 * day), id);
  store.prepare('UPDATE app SET created_at = ?, updated_at = ?').run(now - 130 * day, now - 9 * day);
}

function writePast(gateway, connections, callsPerDay, now, dice) {
  const store = new DatabaseSync(path.join(gateway.data, 'wayleave.db'));
  try {
    store.exec('BEGIN IMMEDIATE');
    spreadInTime(store, connections, now, dice);
    const all = writeCalls(store, connections, callsPerDay, now, dice);
    store.exec('COMMIT');
    return all.length;
  } finally {
    store.close();
  }
}

/** What the connect page of an app looks like. */
async function dress(gateway) {
  for (const {slug} of apps) {
    await gateway.call('PATCH', `/v1/apps/${slug}`, {json: {
      appearance: {companyName: 'Acme', accentColor: '#0b6b53', supportUrl: 'https://acme.example/help'},
    }});
  }
}

async function makeKeys(gateway) {
  for (const [name, scopes] of [['backend production', ['proxy', 'connect']], ['nightly export', ['read', 'proxy']], ['terraform', ['manage', 'read']]]) {
    await gateway.call('POST', '/v1/keys', {json: {name, scopes, ...(name === 'nightly export' ? {expiresIn: 30 * 86_400} : {})}});
  }
}

const people = [
  ['Second Admin', 'operations@acme.example', 'admin'], ['Backend Team', 'backend@acme.example', 'developer'],
  ['Integrations Team', 'integrations@acme.example', 'developer'], ['Support Desk', 'support@acme.example', 'viewer'],
];

/** Members beside the first one; the last invitation is still open. */
async function invitePeople(gateway) {
  for (const [name, email, role] of people) {
    const {json} = await gateway.call('POST', '/v1/members', {json: {name, email, role}});
    const token = json.invitationUrl.split('#')[1];
    if (role === 'viewer') continue;
    await gateway.call('POST', '/v1/invitations/accept', {
      key: null, json: {token, name, password: `${name} has a long password`},
    });
  }
}

/** Starts both; resolves to {gateway, sandbox, connections, people(), stop()};
 * `people` invites members once there is a first one. `data`: its
 * data folder. */
export async function startSeeded({customers = 260, callsPerDay = 1_400, data} = {}) {
  const dice = generator(20_260_301);
  const sandbox = await startSandbox();
  await sandbox.control('POST', 'settings', {rateLimit: 0, tokenLimit: 0});
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const gateway = await startGateway({sandbox, data, listen: `127.0.0.1:${port}`, args: ['--public-url', url]});
  for (const {slug, about} of apps) {
    await gateway.createApp({slug, scopes: about, returnOrigins: ['https://app.acme.example'], appId: '2710984'});
  }
  const connections = await connectCustomers(gateway, sandbox, customers, dice);
  await troubleSome(gateway, sandbox, connections);
  await dress(gateway);
  await makeKeys(gateway);
  await gateway.stop();
  const written = writePast(gateway, connections, callsPerDay, Date.now(), dice);
  await gateway.start();
  const stop = async () => {
    await gateway.stop();
    await sandbox.stop();
  };
  return {gateway, sandbox, connections, written, people: () => invitePeople(gateway), stop};
}
