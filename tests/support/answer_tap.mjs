// Stands before a token endpoint and knows what became of each answer: whether the provider acted and
// whether the answer was sent on before the process that had asked died. Asked at `/NAME/token`, so that
// it can tell who asks.

import http from 'node:http';

import {splitUrl} from './http.mjs';

const parse = (text) => {
  try { return JSON.parse(text); } catch { return {}; }
};
const collect = async (stream) => {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
};

/**
 * Starts it before `target`, the provider's origin, whose endpoint is `/token`. `hold()`: ms to keep an
 * answer back; `drop()`: whether to hang up instead of giving it. `tap.connecting`: whose connection the
 * next code is for; refresh tokens are followed from there on. `tap.notes`: {name, user, askedAt, actedAt
 * (a grant was made), sentAt (it was given away)} of each refresh, times as of performance.now().
 */
export async function startAnswerTap(target, {hold = () => 0, drop = () => false} = {}) {
  const {host, port} = splitUrl(target);
  const users = new Map();
  const tap = {notes: [], connecting: undefined, async stop() {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }};

  // The provider is asked to the end, whether or not anybody still waits.
  const ask = (headers, body) => new Promise((resolve, reject) => {
    const asked = http.request({host, port, method: 'POST', path: '/token', headers}, (answer) => {
      collect(answer).then((text) => resolve({status: answer.statusCode, type: answer.headers['content-type'], text}), reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });

  async function pass(req, res, name) {
    const body = await collect(req);
    const form = Object.fromEntries(new URLSearchParams(body));
    const refreshes = form.grant_type === 'refresh_token';
    const note = {name, user: refreshes ? users.get(form.refresh_token) : tap.connecting, askedAt: performance.now()};
    if (refreshes) tap.notes.push(note);
    const {status, type, text} = await ask({'content-type': req.headers['content-type']}, body);
    const given = parse(text).refresh_token;
    if (given) {
      note.actedAt = performance.now();
      users.set(given, note.user);
    }
    const ms = refreshes ? hold() : 0;
    if (ms > 0) await new Promise((done) => setTimeout(done, ms));
    if (req.socket.destroyed) return;
    if (refreshes && drop()) return req.socket.destroy();
    note.sentAt = performance.now();
    res.writeHead(status, {'content-type': type ?? 'text/plain', 'content-length': Buffer.byteLength(text)});
    res.end(text);
  }

  const server = http.createServer((req, res) => {
    const [, name] = /^\/([^/]+)\/token$/.exec(req.url) ?? [];
    if (!name) return res.writeHead(404).end();
    pass(req, res, name).catch(() => req.socket.destroy());
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  tap.url = `http://127.0.0.1:${server.address().port}`;
  return tap;
}
