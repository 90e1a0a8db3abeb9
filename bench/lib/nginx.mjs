// nginx as the provider behind every contender, and as the first of the peers.

import {writeFileSync} from 'node:fs';
import path from 'node:path';

import {processFolder} from '../../tests/support/output.mjs';
import {startProcess} from '../../tests/support/process.mjs';
import {accepts, freePorts} from './ports.mjs';

/** Sizes of the provider's answers in bytes, by path. */
export const answers = {'1k': 1024, '100k': 102_400};

// JSON of exactly so many bytes; nothing in it that nginx takes for a variable or a quote.
function json(bytes) {
  const frame = '{"results":[""]}';
  return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
}

// Keep-alive without an end, so that no connection is closed in the middle of a run.
const common = (folder, http) => `
daemon off;
${process.getuid() === 0 ? 'user root;' : ''}
pid ${folder}/pid;
error_log ${folder}/error.log warn;
worker_rlimit_nofile 65536;
events { worker_connections 20000; multi_accept on; }
http {
  access_log off;
  server_tokens off;
  keepalive_timeout 3600s;
  keepalive_requests 1000000000;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  default_type application/json;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/tmp-${kind};`).join(' ')}
  client_body_buffer_size 256k;
  client_max_body_size 64m;
${http}
}
`;

async function startNginx(name, workers, port, http) {
  const folder = processFolder(name);
  const config = path.join(folder, 'nginx.conf');
  writeFileSync(config, `worker_processes ${workers};${common(folder, http(folder))}`);
  return startProcess(
      name, ['nginx', '-e', `${folder}/error.log`, '-p', folder, '-c', config], () => accepts(port),
      {folder, atExit: 'SIGTERM'});
}

/** The provider: {pid, plain, tls, stop()} with host:port of both. 1 KB from memory, 100 KB by sendfile. */
export async function startUpstream(authority) {
  const [plain, tls] = await freePorts(2);
  const server = await startNginx('upstream', 1, plain, (folder) => {
    const {key, cert} = authority.issue({names: 'IP:127.0.0.1'});
    writeFileSync(path.join(folder, 'key.pem'), key, {mode: 0o600});
    writeFileSync(path.join(folder, 'cert.pem'), cert);
    writeFileSync(path.join(folder, '100k'), json(answers['100k']));
    return `
  server {
    listen 127.0.0.1:${plain} backlog=4096;
    listen 127.0.0.1:${tls} ssl backlog=4096;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    ssl_protocols TLSv1.3;
    location = /1k { return 200 '${json(answers['1k'])}'; }
    # A file is not served to a POST, except as the page of an error.
    location = /100k { root ${folder}; error_page 405 =200 /100k; }
  }`;
  });
  return {...server, plain: `127.0.0.1:${plain}`, tls: `127.0.0.1:${tls}`};
}

/** nginx as a proxy with a static token; /plain/ and /tls/ lead to the provider. */
export async function startNginxProxy(upstream, workers, token) {
  const [port] = await freePorts(1);
  const location = (kind, scheme) => `
    location /${kind}/ {
      proxy_pass ${scheme}://${kind}/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host ${upstream[kind]};
      proxy_set_header Authorization "Bearer ${token}";
      proxy_set_header X-Api-Key "";
      proxy_set_header X-User "";
      proxy_buffer_size 32k;
      proxy_buffers 8 32k;
      proxy_busy_buffers_size 64k;
      proxy_ssl_session_reuse on;
      proxy_ssl_verify off;
      proxy_ssl_protocols TLSv1.3;
    }`;
  const server = await startNginx('nginx', workers, port, () => `
  ${['plain', 'tls'].map((kind) => `upstream ${kind} {
    server ${upstream[kind]};
    keepalive 1024;
    keepalive_requests 1000000000;
    keepalive_timeout 3600s;
  }`).join('\n  ')}
  server {
    listen 127.0.0.1:${port} backlog=4096${workers > 1 ? ' reuseport' : ''};
${location('plain', 'http')}
${location('tls', 'https')}
  }`);
  return {...server, url: `http://127.0.0.1:${port}`};
}
