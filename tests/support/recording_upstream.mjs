// A provider's API that sees every byte. It parses strictly and without mercy: anything that is not a
// plain well-formed HTTP/1.1 request is kept in `malformed`, so that a test can say what crossed the
// gateway (HT-12).

import net from 'node:net';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

// Parses one request at the start of `bytes`: {request, used}, {more: true} or {bad: why}.
function parseRequest(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length > 1 << 17 ? {bad: 'the head does not end'} : {more: true};
  const head = bytes.subarray(0, end).toString('latin1');
  const [line, ...fieldLines] = head.split('\r\n');
  const parts = /^([^ ]+) ([^ ]+) HTTP\/1\.1$/.exec(line);
  if (!parts || !token.test(parts[1])) return {bad: `request line: ${JSON.stringify(line)}`};
  const fields = [];
  for (const text of fieldLines) {
    const at = text.indexOf(':');
    if (at < 1 || !token.test(text.slice(0, at)) || /[\0\r\n]/.test(text)) {
      return {bad: `field: ${JSON.stringify(text)}`};
    }
    fields.push([text.slice(0, at), text.slice(at + 1).trim()]);
  }
  const all = (name) => fields.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);
  if (all('host').length !== 1) return {bad: `${all('host').length} Host fields`};
  const [lengths, codings] = [all('content-length'), all('transfer-encoding')];
  if (lengths.length > 1 || codings.length > 1 || (lengths.length && codings.length)) {
    return {bad: 'ambiguous framing'};
  }
  const request = {
    method: parts[1], target: parts[2], head, fields, body: Buffer.alloc(0),
    field: (name) => all(name.toLowerCase()).join(', ') || undefined,
  };
  const rest = bytes.subarray(end + 4);
  if (codings.length === 1) {
    if (codings[0].toLowerCase() !== 'chunked') return {bad: `coding ${codings[0]}`};
    const chunked = parseChunked(rest);
    if (chunked.body) request.body = chunked.body;
    return chunked.body ? {request, used: end + 4 + chunked.used} : chunked;
  }
  const length = lengths.length === 1 ? Number(lengths[0]) : 0;
  if (lengths.length === 1 && !/^\d{1,18}$/.test(lengths[0])) return {bad: `length ${lengths[0]}`};
  if (rest.length < length) return {more: true};
  request.body = Buffer.from(rest.subarray(0, length));
  return {request, used: end + 4 + length};
}

function parseChunked(bytes) {
  const pieces = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return {more: true};
    const line = bytes.subarray(at, end).toString('latin1');
    const size = /^([0-9a-fA-F]{1,15})(;[^\0\r\n]*)?$/.exec(line);
    if (!size) return {bad: `chunk size ${JSON.stringify(line)}`};
    const length = parseInt(size[1], 16);
    at = end + 2;
    if (length === 0) break;
    if (bytes.length < at + length + 2) return {more: true};
    if (bytes.subarray(at + length, at + length + 2).toString('latin1') !== '\r\n') {
      return {bad: 'no line end after a chunk'};
    }
    pieces.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
  for (;;) {  // trailers
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return {more: true};
    const empty = end === at;
    at = end + 2;
    if (empty) return {body: Buffer.concat(pieces), used: at};
  }
}

const plain = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}';

/**
 * Starts it. `answer` may be replaced at any time: a string or Buffer of raw bytes, or a function
 * (request, socket) that gives one or undefined (it then writes to the socket itself).
 */
export async function startRecordingUpstream() {
  const upstream = {
    requests: [], malformed: [], connections: 0, answer: plain, plain,
    /** Forgets what was seen and answers plainly again. */
    reset() {
      upstream.requests.length = 0;
      upstream.malformed.length = 0;
      upstream.connections = 0;
      upstream.answer = plain;
    },
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
  const open = new Set();
  const server = net.createServer((socket) => {
    open.add(socket);
    upstream.connections += 1;
    let pending = Buffer.alloc(0);
    let answered = Promise.resolve();
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (data) => {
      pending = Buffer.concat([pending, data]);
      while (pending.length > 0) {
        const {request, used, more, bad} = parseRequest(pending);
        if (more) return;
        if (bad) {
          upstream.malformed.push({why: bad, bytes: pending.toString('latin1')});
          socket.destroy();
          return;
        }
        pending = pending.subarray(used);
        upstream.requests.push(request);
        answered = answered.then(async () => {
          const {answer} = upstream;
          const bytes = typeof answer === 'function' ? await answer(request, socket) : answer;
          if (bytes !== undefined && !socket.destroyed) socket.write(bytes, 'latin1');
        });
      }
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  upstream.port = server.address().port;
  upstream.host = `127.0.0.1:${upstream.port}`;
  upstream.url = `http://${upstream.host}`;
  return upstream;
}
