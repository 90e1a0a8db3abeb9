// Debian's HAProxy in front of replicas, configured as docs/replicas.md says.

import {writeFileSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import {freePort} from './free_port.mjs';
import {processFolder} from './output.mjs';
import {startProcess} from './process.mjs';

const configuration = (port, servers) => `
global
  maxconn 4000
defaults
  mode http
  timeout connect 2s
  timeout client 65s
  timeout server 65s
  # Only what surely never reached a replica goes to another one.
  retries 3
  option redispatch 1
  retry-on conn-failure
frontend wayleave
  bind 127.0.0.1:${port}
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 200ms fall 1 rise 1
${servers.map((host, i) => `  server replica${i} ${host}`).join('\n')}
`;

const accepts = (port) => new Promise((resolve) => {
  const socket = net.connect({host: '127.0.0.1', port});
  socket.on('connect', () => (socket.destroy(), resolve(true)));
  socket.on('error', () => resolve(false));
});

/** Starts it on `port` (else a free one) for replicas at `servers` (`address:port`). */
export async function startHaproxy({port, servers}) {
  port ??= await freePort();
  const folder = processFolder('haproxy');
  const file = path.join(folder, 'haproxy.cfg');
  writeFileSync(file, configuration(port, servers));
  const proxy = await startProcess('haproxy', ['haproxy', '-db', '-f', file], () => accepts(port), {folder});
  return {...proxy, url: `http://127.0.0.1:${port}`};
}
