// A client of few words: kept connections, one request at a time on each, a fixed number of requests.
// So what a request costs the server can be counted by division.

import net from 'node:net';

import {splitUrl} from './http.mjs';

/** The bytes of one request; the Host field comes first. */
export function requestBytes(url, {method = 'GET', headers = {}, body} = {}) {
  const {authority, target} = splitUrl(url);
  const fields = {Host: authority, ...headers, ...(body === undefined ? {} : {'Content-Length': Buffer.byteLength(body)})};
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n${body ?? ''}`);
}

// The bytes the first answer in `data` takes, or undefined while its head is not complete.
function answerBytes(data) {
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = data.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (status !== 200 || length === undefined) throw new Error(`not the expected answer:\n${head}`);
  return end + 4 + Number(length);
}

/** One connection: {exchange(bytes), close()}. `exchange` resolves at the answer's end, to its size. */
export function connectTo(url) {
  const {host, port} = splitUrl(url);
  return new Promise((resolve, reject) => {
    const socket = net.connect({host, port, noDelay: true});
    let waiting;
    let chunks = [];
    let have = 0;
    let want;
    let closed = false;
    const fail = (error) => {
      (waiting?.reject ?? reject)(error);
      waiting = undefined;
      socket.destroy();
    };
    socket.on('error', fail);
    socket.on('close', () => {
      closed = true;
      if (waiting) fail(new Error('the server closed in the middle of an exchange'));
    });
    socket.on('data', (data) => {
      chunks.push(data);
      have += data.length;
      try {
        want ??= answerBytes(chunks.length === 1 ? data : Buffer.concat(chunks));
        if (have > want) throw new Error('bytes after the answer');
      } catch (error) {
        return fail(error);
      }
      if (have !== want) return;
      const done = waiting;
      const size = have;
      [chunks, have, want, waiting] = [[], 0, undefined, undefined];
      done?.resolve(size);
    });
    socket.on('connect', () => resolve({
      exchange: (bytes) => new Promise((answered, failed) => {
        if (closed) return failed(new Error('the server has closed this connection'));
        waiting = {resolve: answered, reject: failed};
        socket.write(bytes);
      }),
      close: () => socket.destroy(),
    }));
  });
}

/** Sends the same request `total` times over so many connections, each taking the next one that is due. */
export async function fixedLoad(url, bytes, {connections, total}) {
  const clients = await Promise.all(Array.from({length: connections}, () => connectTo(url)));
  let left = total;
  try {
    await Promise.all(clients.map(async (client) => {
      while (left > 0) {
        left -= 1;
        await client.exchange(bytes);
      }
    }));
  } finally {
    clients.forEach((client) => client.close());
  }
}
