// Who runs against whom, and what a client sends to each: as many header fields to one as to another.

import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

import {makeAuthority} from '../../tests/support/certificates.mjs';
import {contact, startConnectedGateway, startLastingSandbox, user} from '../../tests/support/connected_gateway.mjs';
import {request as ask} from '../../tests/support/http.mjs';
import {outputRoot} from '../../tests/support/output.mjs';
import {eventually} from '../../tests/support/wait.mjs';
import {startHaproxy} from './haproxy.mjs';
import {answers, startNginxProxy, startUpstream} from './nginx.mjs';
import {startRelay} from './relay.mjs';

/** `base` is another build of Wayleave, where one was named. `post`: the same call as a POST; its peer is the POST through nginx. */
export const contenders = {
  direct: {server: 'upstream'},
  relay: {server: 'relay', peer: 'nginx'},
  nginx: {server: 'nginx'},
  haproxy: {server: 'haproxy', peer: 'nginx'},
  wayleave: {server: 'wayleave', peer: 'nginx'},
  base: {server: 'base', peer: 'nginx'},
  'nginx-post': {server: 'nginx', post: true},
  envelope: {server: 'wayleave', post: true, peer: 'nginx-post'},
};

/** The provider, the sandbox and an authority: what all contenders share. */
export async function startScene() {
  const authority = makeAuthority();
  const upstream = await startUpstream(authority);
  const sandbox = await startLastingSandbox();
  const folder = mkdtempSync(path.join(outputRoot, 'bodies-'));
  const body = (name, json) => {
    const file = path.join(folder, name);
    writeFileSync(file, JSON.stringify(json));
    return file;
  };
  const bodies = {contact: body('contact', contact)};
  for (const size of Object.keys(answers)) {
    bodies[size] = body(size, {userForeignIdentifier: user, method: 'POST', url: `/${size}`, body: contact});
  }
  return {
    authority, upstream, sandbox, bodies,
    async stop() {
      await Promise.all([upstream.stop(), sandbox.stop()]);
      authority.remove();
    },
  };
}

/** Starts the proxies with so many workers each: {name: {pid, url, …}}, the upstream among them. */
export async function startProxies(scene, workers, basePath) {
  const {upstream, sandbox, authority} = scene;
  const startWayleave = (program) => startConnectedGateway({
    sandbox, workers, program, args: ['--ca-file', authority.file],
    upstreams: {plain: `http://${upstream.plain}`, tls: `https://${upstream.tls}`},
  });
  const wayleave = await startWayleave();
  const base = basePath ? {base: await startWayleave(basePath)} : {};
  const [nginx, haproxy] = await Promise.all([
    startNginxProxy(upstream, workers, wayleave.token), startHaproxy(upstream, workers, wayleave.token),
  ]);
  const relay = await startRelay(upstream);
  return {upstream, ...(relay ? {relay} : {}), nginx, haproxy, wayleave, ...base};
}

/** What `contender` is sent for an answer of `size` over `kind` (plain, tls): see `load`. */
export function requestFor(contender, scene, servers, {kind, size}) {
  const {server, post} = contenders[contender];
  const bearer = {Authorization: `Bearer ${servers[server].key ?? servers.wayleave.token}`};
  const asked = {
    upstream: [`http://${scene.upstream.plain}/${size}`, {...bearer, 'X-User': user}],
    relay: [`${servers.relay?.url}/${size}`, {...bearer, 'X-User': user}],
    nginx: [`${servers.nginx.url}/${kind}/${size}`, {'X-Api-Key': servers.wayleave.key, 'X-User': user}],
    haproxy: [`${servers.haproxy.url}/${kind}/${size}`, {'X-Api-Key': servers.wayleave.key, 'X-User': user}],
  };
  const own = post
    ? [`${servers[server].url}/api/raw/${kind}`, bearer]
    : [`${servers[server].url}/proxy/${kind}/${size}`, {...bearer, 'Wayleave-User': user}];
  const [url, fields] = asked[server] ?? own;
  return {
    url,
    method: post ? 'POST' : 'GET',
    headers: {'User-Agent': 'bench/1.0', Accept: 'application/json', ...fields},
    bodyBytes: answers[size],
    ...(post ? {bodyFile: server === 'wayleave' ? scene.bodies[size] : scene.bodies.contact, contentType: 'application/json'} : {}),
  };
}

/** Asks once and fails loudly unless the answer is the provider's; a new key is known within a second. */
export async function tryOnce(name, {url, method, headers, bodyBytes, bodyFile, contentType}) {
  const body = bodyFile && readFileSync(bodyFile);
  await eventually(`${name} answers`, async () => {
    const answer = await ask(method, url, {headers: {...headers, ...(body ? {'content-type': contentType} : {})}, body});
    if (answer.status !== 200 || answer.bytes.length < bodyBytes) {
      throw new Error(`${method} ${url}: ${answer.status}, ${answer.bytes.length} bytes: ${answer.text.slice(0, 300)}`);
    }
    return true;
  });
}
