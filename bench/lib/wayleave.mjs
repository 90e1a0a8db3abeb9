// The gateway as a company runs it: providers from files, apps, a customer who went through the
// install flow, an API key. Nothing is switched off.

import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';

import {startGateway} from '../../tests/support/gateway.mjs';
import {processFolder} from '../../tests/support/output.mjs';

export const user = 'customer-0000001';

// Like HubSpot in everything but the address its API has.
function providerFiles(upstream) {
  const folder = path.join(processFolder('providers'), 'providers');
  mkdirSync(folder);
  for (const [kind, scheme] of [['plain', 'http'], ['tls', 'https']]) {
    writeFileSync(path.join(folder, `bench-${kind}.yaml`),
                  `extends: hubspot-sandbox\nname: Bench ${kind}\nhosts:\n  default: ${scheme}://${upstream[kind]}\n`);
  }
  return folder;
}

/** Starts one: {gateway, apps, key, token, ...}. The apps are `plain` and `tls`, as the paths of the peers. */
export async function startWayleave({upstream, sandbox, authority, workers = 1, args = [], under}) {
  const gateway = await startGateway({
    sandbox,
    under,
    egress: [upstream.plain, upstream.tls],
    args: ['--workers', String(workers), '--providers', providerFiles(upstream), '--ca-file', authority.file, ...args],
  });
  const {key} = await gateway.createKey('proxy', 'backend');
  const connections = {};
  for (const slug of ['plain', 'tls']) {
    // The simulator keeps one secret for a client; several gateways may share it.
    const clientId = `client-${slug}-${gateway.pid}`;
    const app = await gateway.createApp({slug, provider: `bench-${slug}`, clientId});
    connections[slug] = await gateway.connect(app, user);
  }
  const {json} = await gateway.call('GET', `/v1/connections/${connections.plain.id}/token`);
  return {gateway, key, token: json.accessToken, pid: gateway.pid, url: gateway.url, stop: () => gateway.stop()};
}
