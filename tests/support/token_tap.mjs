// Stands between the gateway and the simulator, passes everything on unchanged and remembers the
// tokens, verifiers and client secrets that go by, so that the canary test knows what to look for.

import http from 'node:http';

import {splitUrl} from './http.mjs';
import {secret} from './output.mjs';

const formSecrets = {code_verifier: 'verifier', client_secret: 'client secret', refresh_token: 'refresh token'};
const answerSecrets = {access_token: 'access token', refresh_token: 'refresh token'};

function remember(values, kinds) {
  for (const [name, kind] of Object.entries(kinds)) if (values?.[name]) secret(kind, values[name]);
}

export async function startTokenTap(target) {
  const {host, port} = splitUrl(target);
  const tap = {tokenRequests: [], async stop() {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }};
  const server = http.createServer((req, res) => {
    const isToken = req.method === 'POST' && /^\/oauth\/[^/]+\/token$/.test(req.url.split('?')[0]);
    const forward = http.request(
        {host, port, method: req.method, path: req.url, headers: req.headers, setHost: false},
        (answer) => {
          res.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
          if (isToken) collect(answer, (text) => {
            try { remember(JSON.parse(text), answerSecrets); } catch { /* a fault: no tokens in it */ }
          });
          answer.on('error', () => res.destroy());
          answer.on('close', () => { if (!answer.complete) res.destroy(); });
          answer.pipe(res);
        });
    forward.on('error', () => req.socket.destroy());
    if (isToken) collect(req, (text) => {
      const form = Object.fromEntries(new URLSearchParams(text));
      tap.tokenRequests.push(form);
      remember(form, formSecrets);
    });
    req.pipe(forward);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  tap.url = `http://127.0.0.1:${server.address().port}`;
  return tap;
}

function collect(stream, done) {
  let text = '';
  stream.on('data', (chunk) => (text += chunk));
  stream.on('end', () => done(text));
}
