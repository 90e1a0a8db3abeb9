// A server for one test: answers what it is told, keeps what it was asked.

import http from 'node:http';

export const key = `wlk_${'k'.repeat(49)}`;

/** A problem document as the gateway sends it. */
export const problem = (status, code, more = {}, headers = {}) => ({
  status,
  headers: {'content-type': 'application/problem+json', 'wayleave-error': code, ...headers},
  body: JSON.stringify({
    type: 'about:blank',
    title: 'x',
    status,
    code,
    detail: `because of ${code}`,
    requestId: 'r-1',
    ...more,
  }),
});

export const json = (value, status = 200, headers = {}) => ({
  status,
  headers: {'content-type': 'application/json', ...headers},
  body: JSON.stringify(value),
});

/**
 * `answer`: one answer, a list of which the last is repeated, or a function of the request. An answer is
 * {status, headers, body, cut (after the body the connection ends), hang (nor does it end)}, 'cut' (at once), or undefined (nothing, ever).
 */
export async function startAnswering(answer) {
  const requests = [];
  const answers = Array.isArray(answer) ? [...answer] : undefined;
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('error', () => {});
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const seen = {
        method: request.method,
        target: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      requests.push(seen);
      const chosen = answers
        ? answers.length > 1
          ? answers.shift()
          : answers[0]
        : typeof answer === 'function'
          ? await answer(seen)
          : answer;
      if (chosen === undefined) return;
      if (chosen === 'cut') return request.socket.destroy();
      response.writeHead(chosen.status ?? 200, chosen.headers ?? {});
      if (chosen.hang) response.write(chosen.body);
      else if (chosen.cut) response.write(chosen.body, () => response.destroy());
      else response.end(chosen.body ?? '');
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    requests,
    stop() {
      server.closeAllConnections?.();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Runs `work` with such a server and a client of it. */
export async function withServer(Wayleave, answer, work, options = {}) {
  const server = await startAnswering(answer);
  try {
    return await work(new Wayleave({server: server.url, key, ...options}), server);
  } finally {
    await server.stop();
  }
}
