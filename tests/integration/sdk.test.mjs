// The TypeScript SDK against the real program and simulator: what a company's backend does with it.

import assert from 'node:assert/strict';
import {createHash, randomBytes} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

import {Client as HubSpot} from '@hubspot/api-client';

import {Browser} from '../support/browser.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {processFolder, secret} from '../support/output.mjs';
import {importSdk, sdkFolder} from '../support/sdk.mjs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const user = 'Bäcker & Söhne/7';
let sdk;
let sandbox;
let gateway;
let wayleave;
let app;

before(async () => {
  sdk = await importSdk();
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
  wayleave = new sdk.Wayleave({server: gateway.url, key: gateway.admin});
  app = await wayleave.apps.create({
    slug: 'hbDev', provider: 'hubspot-sandbox', clientId: 'client-sdk', clientSecret: secret('client secret', randomBytes(18).toString('base64url')),
    scopes: ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write'], returnOrigins: ['https://saas.example'],
  });
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

const failure = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);

/** The customer's part: presses the button of the hosted page and consents. Resolves to where they end up. */
async function follow(link) {
  const browser = new Browser({gateway: gateway.url});
  const page = await browser.open(link.url);
  return browser.submit(page, {until: /^https:\/\/saas\.example\//});
}

async function connect(name) {
  const landed = await follow(await wayleave.installLinks.create({app: 'hbdev', user: name, returnUrl: 'https://saas.example/settings'}));
  assert.match(landed.location, /^https:\/\/saas\.example\/settings\?status=connected&/);
  return wayleave.connections.find('hbdev', name);
}

describe('the journey', () => {
  let connection;

  test('from the key to a connected customer', async () => {
    const me = await wayleave.me();
    assert.equal(me.kind, 'key');
    assert.ok(me.scopes.includes('manage'));
    assert.equal((await wayleave.providers.get('hubspot-sandbox')).name, 'HubSpot sandbox');
    assert.equal(app.slug, 'hbdev');
    assert.equal((await wayleave.apps.get('HBDEV')).uuid, app.uuid);
    assert.equal(await wayleave.connections.find('hbdev', user), undefined);
    connection = await connect(user);
    assert.deepEqual([connection.user, connection.state, connection.app], [user, 'active', 'hbdev']);
    assert.equal((await wayleave.connections.get(connection.id)).externalAccount, connection.externalAccount);
  });

  test('calls by path, by absolute URL on each of the hosts, and by Request', async () => {
    const {hosts} = await wayleave.providers.get('hubspot-sandbox');
    const hubspot = wayleave.fetch('hbdev', user);
    for (const input of ['/crm/v3/objects/contacts?limit=2', `${hosts[0].baseUrl}/crm/v3/objects/contacts?limit=2`,
                         new URL(`${hosts[0].baseUrl}/crm/v3/objects/contacts?limit=2`), new Request(`${hosts[0].baseUrl}/crm/v3/objects/contacts?limit=2`)]) {
      const response = await hubspot(input);
      assert.equal(response.status, 200);
      assert.equal((await response.json()).results.length, 2);
      assert.ok(response.headers.get('x-hubspot-ratelimit-remaining'), 'the provider\'s own headers');
    }
    const forms = wayleave.fetch('hbdev', user, {base: 'forms'});
    assert.equal((await forms('/_sandbox/echo')).status, 200);
    const error = await failure(hubspot('https://api.hubapi.com/crm/v3/objects/contacts'));
    assert.deepEqual([error.name, error.code], ['Forbidden', 'host_not_allowed']);
  });

  test('what is sent arrives: method, query bytes, headers, body', async () => {
    const hubspot = wayleave.fetch('hbdev', user);
    const body = JSON.stringify({text: 'Grüße', padding: 'x'.repeat(100_000)});
    const seen = await (await hubspot('/_sandbox/echo/a%2Fb/@other?q=a%2Fb+c&q=', {method: 'PUT', headers: {'content-type': 'application/json', 'X-Trace': 'abc'}, body})).json();
    assert.deepEqual([seen.method, seen.path, seen.query, seen.bodySha256], ['PUT', '/_sandbox/echo/a%2Fb/@other', 'q=a%2Fb+c&q=', createHash('sha256').update(body).digest('hex')]);
    const headers = JSON.stringify(seen.headers).toLowerCase();
    assert.ok(headers.includes('"abc"') && headers.includes('content-length'), headers);
    assert.ok(!headers.includes(gateway.admin.toLowerCase()) && !headers.includes('wayleave'), 'nothing of ours');
  });

  test('a path that climbs does not leave the provider', async () => {
    const answers = [];
    for (const climbing of ['/../../../../v1/me', '/%2e%2e/%2e%2e/%2e%2e/v1/me']) answers.push(await wayleave.fetch('hbdev', user)(climbing));
    for (const answer of answers) {
      assert.equal(answer.status, 404);
      assert.equal(answer.headers.get('wayleave-error'), null, 'the provider\'s 404, not our /v1/me');
    }
  });

  test('an expired token is renewed without anybody noticing', async () => {
    const {refreshes} = await sandbox.stats();
    await sandbox.advance(1801);
    assert.equal((await wayleave.fetch('hbdev', user)('/crm/v3/objects/contacts?limit=1')).status, 200);
    assert.equal((await sandbox.stats()).refreshes, refreshes + 1);
    assert.equal((await wayleave.connections.refresh(connection.id)).state, 'active');
    const revealed = await wayleave.connections.revealToken(connection.id, {minValidity: 60});
    assert.equal(secret('access token', revealed.accessToken).length > 20, true);
  });

  test('calls are found in the log, by the id an error tells', async () => {
    const error = await failure(wayleave.fetch('hbdev', 'nobody')('/crm/v3/objects/contacts'));
    assert.deepEqual([error.name, error.code, error.status], ['NotFound', 'connection_not_found', 404]);
    let logged;
    for (const deadline = Date.now() + 15_000; !logged && Date.now() < deadline;) {
      [logged] = await wayleave.requests.list({requestId: error.requestId}).toArray({max: 1});
    }
    assert.deepEqual([logged?.status, logged?.code, logged?.path], [404, 'connection_not_found', '/crm/v3/objects/contacts']);
    assert.deepEqual(await wayleave.requests.get(logged.id), logged);
    const {total, failed, buckets} = await wayleave.requests.summary({app: 'hbdev'});
    assert.ok(total > 5 && failed >= 1 && buckets.length > 0);
  });

  test('an uninstalled app is ReauthorizationRequired; its link connects again', async () => {
    const {externalAccount} = await connect('leaver');
    const leave = async () => {
      const answer = await request('POST', `${sandbox.url}/_sandbox/uninstall`, {json: {portalId: Number(externalAccount)}});
      assert.equal(answer.status, 204, answer.text);
      await sandbox.advance(1801);
    };
    await leave();
    const error = await failure(wayleave.fetch('hbdev', 'leaver')('/crm/v3/objects/contacts'));
    assert.ok(error instanceof sdk.ReauthorizationRequired, String(error));
    assert.equal((await wayleave.connections.list({state: 'needs_reauthorization'}).page()).data[0].user, 'leaver');

    const proxyOnly = new sdk.Wayleave({server: gateway.url, key: (await gateway.createKey('proxy')).key});
    const withoutLink = await failure(proxyOnly.fetch('hbdev', 'leaver')('/crm/v3/objects/contacts'));
    assert.ok(withoutLink instanceof sdk.ReauthorizationRequired);
    assert.equal(withoutLink.installUrl, undefined, 'a key without `connect` gets no link');

    const browser = new Browser({gateway: gateway.url});
    const page = await browser.open(error.installUrl, {until: /\/oauth\/authorize\?/});
    const chosen = (url) => url.replace('/oauth/authorize?', `/oauth/${externalAccount}/authorize?`);
    const sent = page.location ? page : await browser.submit(page, {until: /\/oauth\/authorize\?/});
    await browser.open(chosen(sent.location));
    assert.equal((await wayleave.fetch('hbdev', 'leaver')('/crm/v3/objects/contacts?limit=1')).status, 200);
  });

  test('a connection tells what it did, and what happened to it', async () => {
    const {calls24h, rateLimits, lastCallAt} = await wayleave.connections.get(connection.id);
    assert.ok(calls24h.total >= 5 && rateLimits.length > 0 && lastCallAt);
    const actions = (await wayleave.connections.history(connection.id).toArray({max: 100})).map(({action}) => action);
    assert.ok(actions.length >= 2 && actions.every((action) => typeof action === 'string'), actions.join());
    const {total, byState} = await wayleave.connections.summary({app: 'hbdev'});
    assert.deepEqual([total, byState.active], [2, 2]);
  });

  test('a deleted connection is gone', async () => {
    assert.equal((await wayleave.connections.delete(connection.id)).id, connection.id);
    const error = await failure(wayleave.connections.get(connection.id));
    assert.deepEqual([error.name, error.code], ['NotFound', 'connection_not_found']);
  });
});

describe('errors', () => {
  const withKey = async (scopes) => new sdk.Wayleave({server: gateway.url, key: (await gateway.createKey(scopes)).key});

  test('tell what is wrong, and which field', async () => {
    const input = {provider: 'hubspot-sandbox', clientId: 'x', clientSecret: 'y', scopes: ['oauth']};
    const reader = await withKey('read');
    const cases = [
      [() => wayleave.apps.create({slug: '!', ...input}), 'InvalidRequest', 'invalid_request', 400, 'slug'],
      [() => wayleave.apps.create({slug: 'HBdev', ...input}), 'Conflict', 'conflict', 409, 'slug'],
      [() => wayleave.apps.get('nothing'), 'NotFound', 'app_not_found', 404, undefined],
      [() => wayleave.installLinks.create({app: 'hbdev', user: 'u', returnUrl: 'https://evil.example/'}), 'InvalidRequest', 'invalid_request', 400, 'returnUrl'],
      [() => reader.keys.list().page(), 'Forbidden', 'forbidden', 403, undefined],
      [() => reader.fetch('hbdev', 'u')('/x'), 'Forbidden', 'forbidden', 403, undefined],
      [() => new sdk.Wayleave({server: gateway.url, key: `wlk_${'0'.repeat(49)}`}).me(), 'Unauthenticated', 'unauthenticated', 401, undefined],
    ];
    for (const [call, name, code, status, field] of cases) {
      const error = await failure(call());
      assert.deepEqual([error.name, error.code, error.status], [name, code, status], String(error));
      if (field) assert.equal(error.field, field);
      assert.ok(error.detail.length > 5 && error.requestId, String(error));
    }
  });

  test('the same Idempotency-Key makes one thing; with another input it is refused', async () => {
    const make = (name) => wayleave.keys.create({name, scopes: ['read']}, {idempotencyKey: 'sdk-once'});
    const [first, again] = [await make('sdk-once'), await make('sdk-once')];
    secret('api key', first.key);
    assert.equal(again.id, first.id);
    assert.equal((await failure(make('sdk-twice'))).code, 'idempotency_mismatch');
    assert.ok((await wayleave.keys.revoke(first.id)).revokedAt);
  });

  test('a call survives a restart of the server', async () => {
    await gateway.stop();
    const call = wayleave.me({retries: 10});
    await gateway.start();
    assert.equal((await call).kind, 'key');
  });
});

describe('lists of thousands', () => {
  const many = 2500;

  test('are walked through to the end, each record once', async () => {
    const names = Array.from({length: many}, (_, i) => `bulk-${i}`);
    const waiting = [...names];
    await Promise.all(Array.from({length: 25}, async () => {
      for (let name = waiting.pop(); name; name = waiting.pop()) await wayleave.keys.create({name, scopes: ['read'], expiresIn: 3600});
    }));
    for (const limit of [undefined, 200]) {
      const seen = new Set();
      let count = 0;
      for await (const {name} of wayleave.keys.list(limit ? {limit} : {})) {
        count += 1;
        seen.add(name);
      }
      assert.equal(count, seen.size);
      assert.ok(names.every((name) => seen.has(name)));
    }
    let creations = 0;
    for await (const {action, target} of wayleave.audit.list({limit: 200})) {
      assert.ok(action && target !== undefined);
      if (action === 'key.create' || action === 'key.created') creations += 1;
    }
    assert.ok(creations >= many, `${creations} creations in the trail`);
  });
});

test('absolute URLs of a provider whose hosts differ from app to app', async () => {
  const folder = path.join(processFolder('providers'), 'providers');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'leased.yaml'),
                'extends: hubspot-sandbox\nname: Leased\nhosts:\n  default: "{sandbox}/{room}"\ntenant:\n  room: {title: Room, pattern: "[a-z_]+"}\n');
  const other = await startGateway({sandbox, args: ['--providers', folder]});
  try {
    const leased = await other.createApp({slug: 'leased', provider: 'leased', settings: {room: '_sandbox'}});
    await other.connect(leased, 'u');
    const fetch = new sdk.Wayleave({server: other.url, key: other.admin}).fetch('leased', 'u');
    assert.equal((await (await fetch(`${sandbox.url}/_sandbox/echo/x?y=1`)).json()).path, '/_sandbox/echo/x');
    assert.equal((await failure(fetch(`${sandbox.url}/crm/v3/objects/contacts`))).code, 'host_not_allowed', 'outside of the base path');
  } finally {
    await other.stop();
  }
});

describe('administration', () => {
  test('the audit trail is searched, downloaded and found whole', async () => {
    const made = await wayleave.keys.create({name: 'audited', scopes: ['read']});
    secret('api key', made.key);
    const [record] = await wayleave.audit.list({action: 'key.created', q: 'audited'}).toArray({max: 1});
    assert.ok(record.target.includes(made.id) || JSON.stringify(record.detail).includes('audited'), JSON.stringify(record));
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of await wayleave.audit.export({action: 'key.'})) text += decoder.decode(chunk, {stream: true});
    const lines = text.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.length > 0 && lines.every(({action}) => action.startsWith('key.')));
    assert.ok(lines.some(({sequence}) => sequence === record.sequence));
    const verdict = await wayleave.audit.verify();
    assert.deepEqual([verdict.intact, verdict.firstBroken], [true, null], JSON.stringify(verdict));
  });

  test('settings are changed', async () => {
    const {requireTotp} = await wayleave.settings.get();
    assert.equal((await wayleave.settings.update({companyName: 'Example GmbH'})).companyName, 'Example GmbH');
    assert.deepEqual(await wayleave.settings.get(), {companyName: 'Example GmbH', requireTotp});
  });

  test('the server says how it is', async () => {
    const {status, checks} = await wayleave.health();
    assert.match(status, /^(ok|warning)$/);
    assert.ok(checks.some(({name}) => name === 'database'), JSON.stringify(checks));
  });

  test('a key is limited to addresses, and replaced without a gap', async () => {
    const made = await wayleave.keys.create({name: 'rotated', scopes: ['read'], allowedAddresses: ['127.0.0.0/8']});
    const old = new sdk.Wayleave({server: gateway.url, key: secret('api key', made.key)});
    await old.me();
    const fresh = await wayleave.keys.rotate(made.id, {overlapSeconds: 600});
    await new sdk.Wayleave({server: gateway.url, key: secret('api key', fresh.key)}).me();
    await old.me();
    assert.deepEqual((await wayleave.keys.update(made.id, {allowedAddresses: ['203.0.113.7/32']})).allowedAddresses.length, 1);
    assert.equal((await failure(old.me())).name, 'Forbidden');
  });

  test('members are invited, changed and removed', async () => {
    const invited = await wayleave.members.create({email: 'ada@saas.example', name: 'Ada', role: 'viewer'});
    assert.deepEqual([invited.state, invited.role], ['invited', 'viewer']);
    assert.ok(invited.invitationUrl.startsWith(`${gateway.url}/console/welcome#`));
    assert.equal((await wayleave.members.update(invited.id, {role: 'developer'})).role, 'developer');
    assert.notEqual((await wayleave.members.invite(invited.id)).invitationUrl, invited.invitationUrl);
    assert.deepEqual((await wayleave.members.list().toArray({max: 10})).map(({email}) => email), ['ada@saas.example']);
    assert.equal((await failure(wayleave.members.create({email: 'ada@saas.example', role: 'viewer'}))).name, 'Conflict');
    assert.equal(await wayleave.members.removeTotp(invited.id), undefined);
    assert.equal(await wayleave.members.delete(invited.id), undefined);
    assert.equal((await failure(wayleave.members.delete(invited.id))).name, 'NotFound');
  });
});

describe('50 MB', () => {
  const size = 50 << 20;

  before(() => connect('streamer'));

  // What is held outside of the heap once all garbage is gone. Asked now and then while bytes go by.
  const held = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const every = 4 << 20;
  const grownMax = 16 << 20;

  test('come down in flat memory', async () => {
    const earlier = held();
    const response = await wayleave.fetch('hbdev', 'streamer')(`/_sandbox/bytes?n=${size}`);
    assert.ok(response.headers.get('etag'));
    let [bytes, asked, peak] = [0, 0, 0];
    for await (const chunk of response.body) {
      bytes += chunk.length;
      if (bytes - asked < every) continue;
      asked = bytes;
      peak = Math.max(peak, held());
    }
    assert.equal(bytes, size);
    assert.ok(peak - earlier < grownMax, `grew by ${peak - earlier} bytes`);
  });

  for (const [how, send] of Object.entries({
    'from a stream': (body) => wayleave.fetch('hbdev', 'streamer')('/_sandbox/echo/up', {method: 'POST', body}),
    'from a Request': (body) => wayleave.fetch('hbdev', 'streamer')(new Request(`${sandbox.url}/_sandbox/echo/up`, {method: 'POST', body, duplex: 'half'})),
  })) {
    test(`go up in flat memory ${how}`, async () => {
      const block = randomBytes(1 << 16);
      const digest = createHash('sha256');
      const earlier = held();
      let [sent, asked, peak] = [0, 0, 0];
      const body = new ReadableStream({
        pull(controller) {
          if (sent >= size) return controller.close();
          sent += block.length;
          digest.update(block);
          controller.enqueue(new Uint8Array(block));
          if (sent - asked < every) return;
          asked = sent;
          peak = Math.max(peak, held());
        },
      });
      const answer = await (await send(body)).json();
      assert.equal(answer.bodyBytes, size);
      assert.equal(answer.bodySha256, digest.digest('hex'));
      assert.ok(peak > 0 && peak - earlier < grownMax, `grew by ${peak - earlier} bytes`);
    });
  }

  test('can be given up in the middle', async () => {
    const controller = new AbortController();
    const response = await wayleave.fetch('hbdev', 'streamer')('/_sandbox/bytes?n=268435456', {signal: controller.signal});
    let bytes = 0;
    await assert.rejects((async () => {
      for await (const chunk of response.body) {
        bytes += chunk.length;
        if (bytes > 1 << 20) controller.abort();
      }
    })(), {name: 'AbortError'});
    assert.ok(bytes < 64 << 20);
  });
});

describe('other SDKs', () => {
  const foreign = createRequire(path.join(sdkFolder, 'package.json'));
  before(() => connect('sdks'));

  test('HubSpot\'s own client, with the address that stands for HubSpot', async () => {
    const {key} = await gateway.createKey('proxy');
    const client = new HubSpot({basePath: wayleave.proxyUrl('hbdev', 'sdks'), accessToken: key});
    const made = await client.crm.contacts.basicApi.create({properties: {email: 'ada@client.example', firstname: 'Ada'}, associations: []});
    assert.equal((await client.crm.contacts.basicApi.getById(made.id, ['firstname'])).properties.firstname, 'Ada');
    assert.ok((await client.crm.contacts.getAll(100, undefined, ['email'])).some(({id}) => id === made.id));
  });

  test('one that takes a fetch: openapi-fetch, which gives it Requests', async () => {
    const createClient = foreign('openapi-fetch').default;
    const {hosts} = await wayleave.providers.get('hubspot-sandbox');
    const client = createClient({baseUrl: hosts[0].baseUrl, fetch: wayleave.fetch('hbdev', 'sdks')});
    const {data} = await client.POST('/crm/v3/objects/contacts', {body: {properties: {email: 'grace@client.example'}}});
    assert.match(data.id, /^\d+$/);
    const read = await client.GET('/crm/v3/objects/contacts/{id}', {params: {path: {id: data.id}, query: {properties: 'email'}}});
    assert.equal(read.data.properties.email, 'grace@client.example');
    const {error, response} = await client.GET('/crm/v3/objects/contacts/{id}', {params: {path: {id: '999999999'}}});
    assert.deepEqual([response.status, error.category], [404, 'OBJECT_NOT_FOUND'], 'the provider\'s errors stay its own');
  });
});
