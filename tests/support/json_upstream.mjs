// A provider's API that answers every request with the same JSON over kept connections.

import {once} from 'node:events';
import http from 'node:http';

/** Starts one: {url, host, stop()}. Every answer has so many bytes of JSON. */
export async function startJsonUpstream({bytes = 1024} = {}) {
  const frame = '{"results":[""]}';
  const body = Buffer.from(frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`));
  const server = http.createServer((request, response) => {
    const answer = () => {
      response.writeHead(200, {'Content-Type': 'application/json', 'Content-Length': body.length});
      response.end(body);
    };
    if (request.headers['content-length'] === undefined) return answer();
    request.resume();
    request.on('end', answer);
  });
  server.keepAliveTimeout = 0;  // never
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');
  const host = `127.0.0.1:${server.address().port}`;
  return {
    host,
    url: `http://${host}`,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
