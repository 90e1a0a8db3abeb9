// HAProxy as a proxy with a static token; /plain/ and /tls/ lead to the provider.

import {writeFileSync} from 'node:fs';
import path from 'node:path';

import {processFolder} from '../../tests/support/output.mjs';
import {startProcess} from '../../tests/support/process.mjs';
import {accepts, freePorts} from './ports.mjs';

export async function startHaproxy(upstream, workers, token) {
  const [port] = await freePorts(1);
  const folder = processFolder('haproxy');
  const config = path.join(folder, 'haproxy.cfg');
  const backend = (kind, tls) => `
backend ${kind}
  http-request set-path %[path,regsub(^/${kind},)]
  http-request del-header x-api-key
  http-request del-header x-user
  http-request set-header authorization "Bearer ${token}"
  http-request set-header host ${upstream[kind]}
  server provider ${upstream[kind]} pool-purge-delay 1h${tls}`;
  writeFileSync(config, `
global
  nbthread ${workers}
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout http-keep-alive 1h
  http-reuse always
frontend all
  bind 127.0.0.1:${port} backlog 4096
  use_backend tls if { path_beg /tls/ }
  default_backend plain
${backend('plain', '')}
${backend('tls', ' ssl verify none ssl-min-ver TLSv1.3')}
`);
  const server = await startProcess(
      'haproxy', ['haproxy', '-db', '-f', config], () => accepts(port), {folder, atExit: 'SIGTERM'});
  return {...server, url: `http://127.0.0.1:${port}`};
}
