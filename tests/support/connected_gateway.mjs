// A gateway as a company runs it: providers from files, apps, a customer who went through the install
// flow, an API key for the backend. Nothing is switched off.

import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';

import {startGateway, startSandbox} from './gateway.mjs';
import {startJsonUpstream} from './json_upstream.mjs';
import {requestBytes} from './keep_alive.mjs';
import {processFolder} from './output.mjs';

export const user = 'customer-0000001';

// Like HubSpot's simulator in everything but the address its API has.
function providerFiles(upstreams) {
  const folder = path.join(processFolder('providers'), 'providers');
  mkdirSync(folder);
  for (const [name, url] of Object.entries(upstreams)) {
    writeFileSync(path.join(folder, `at-${name}.yaml`),
                  `extends: hubspot-sandbox\nname: At ${name}\nhosts:\n  default: ${url}\n`);
  }
  return folder;
}

/** The simulator with tokens that outlive every measurement. */
export const startLastingSandbox = () => startSandbox({args: ['--auto-consent', '--access-token-ttl', '86400']});

/**
 * Starts one with an app for each of `upstreams` ({slug: URL}) and the customer `user` connected to each:
 * {gateway, pid, url, key, token, apps, stop()}. More options are those of `startGateway`.
 */
export async function startConnectedGateway({upstreams, workers = 1, args = [], ...options}) {
  const gateway = await startGateway({
    ...options,
    egress: Object.values(upstreams),
    args: ['--workers', String(workers), '--providers', providerFiles(upstreams), ...args],
  });
  const {key} = await gateway.createKey('proxy', 'backend');
  const apps = {};
  let connection;
  for (const slug of Object.keys(upstreams)) {
    // The simulator keeps one secret for a client; several gateways may share it.
    apps[slug] = await gateway.createApp({slug, provider: `at-${slug}`, clientId: `client-${slug}-${gateway.pid}`});
    connection = await gateway.connect(apps[slug], user);
  }
  const {json} = await gateway.call('GET', `/v1/connections/${connection.id}/token`);
  return {gateway, pid: gateway.pid, url: gateway.url, key, token: json.accessToken, apps, stop: () => gateway.stop()};
}

/** What a company's backend would create, about 300 bytes. */
export const contact = {properties: {
  email: 'ada@example.com', firstname: 'Ada', lastname: 'Example', phone: '+49 30 1234567',
  company: 'Example GmbH', website: 'example.com', lifecyclestage: 'lead', annualrevenue: 1234567.25,
  notes: 'met at the fair, wants a quote for 25 seats before the end of the quarter',
}};

/**
 * The hit of the cache, ready to be counted: one worker, a provider that answers 1 KB, and the bytes of
 * the same call in its three forms: {url, pid, requests: {get, post, envelope}, stop()}.
 */
export async function startHit(options = {}) {
  const [sandbox, upstream] = await Promise.all([startLastingSandbox(), startJsonUpstream({bytes: 1024})]);
  const connected = await startConnectedGateway({sandbox, upstreams: {api: upstream.url}, ...options});
  const {url, key, pid} = connected;
  const headers = {'User-Agent': 'bench/1.0', Accept: 'application/json', Authorization: `Bearer ${key}`};
  const json = {...headers, 'Content-Type': 'application/json'};
  const target = '/crm/v3/objects/contacts';
  const proxied = `${url}/proxy/api${target}`;
  const body = JSON.stringify({...contact, padding: 'x'.repeat(1024)}).slice(0, 1022) + '"}';
  return {
    url,
    pid,
    gateway: connected.gateway,
    requests: {
      get: requestBytes(proxied, {headers: {...headers, 'Wayleave-User': user}}),
      post: requestBytes(proxied, {method: 'POST', headers: {...json, 'Wayleave-User': user}, body}),
      envelope: requestBytes(`${url}/api/raw/api`, {
        method: 'POST', headers: json,
        body: JSON.stringify({userForeignIdentifier: user, method: 'POST', url: target, body: contact}),
      }),
    },
    async stop() {
      const how = await connected.stop();
      await Promise.all([upstream.stop(), sandbox.stop()]);
      return how;
    },
  };
}
