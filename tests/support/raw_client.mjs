// A TCP client that sends exactly the bytes it is told to and collects what comes back: for requests
// no HTTP library would send.

import net from 'node:net';

import {splitUrl} from './http.mjs';
import {keepAnswer} from './output.mjs';

/**
 * Sends `parts` (strings are latin1) one after the other and reads until the peer closes or says
 * nothing more for `quiet` milliseconds after the last part. Resolves to {text, closed, statuses}.
 */
export function rawExchange(url, parts, {quiet = 400, timeout = 15_000, half = false} = {}) {
  const {host, port} = splitUrl(url);
  return new Promise((resolve, reject) => {
    const socket = net.connect({host, port, allowHalfOpen: true});
    const chunks = [];
    let silence;
    const finish = (closed) => {
      clearTimeout(silence);
      clearTimeout(limit);
      socket.destroy();
      const text = Buffer.concat(chunks).toString('latin1');
      keepAnswer(text);
      resolve({text, closed, statuses: statusLines(text)});
    };
    const limit = setTimeout(() => finish(false), timeout);
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => finish(false), quiet);
    };
    socket.on('connect', async () => {
      for (const part of [parts].flat()) {
        if (socket.destroyed || socket.writableEnded) break;
        await new Promise((sent) => {
          socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part, sent);
        });
      }
      if (half) socket.end();
      listen();
    });
    socket.on('data', (data) => {
      chunks.push(data);
      listen();
    });
    socket.on('end', () => finish(true));
    socket.on('error', (error) => {
      // A reset after an early error answer is a way of closing.
      if (chunks.length > 0 || error.code === 'ECONNRESET' || error.code === 'EPIPE') finish(true);
      else reject(error);
    });
  });
}

/** The status codes of all the answers in a byte stream. */
export function statusLines(text) {
  return [...text.matchAll(/HTTP\/1\.[01] (\d{3})[ \r]/g)].map(([, code]) => Number(code));
}

/** The head fields of the first answer, lower case. */
export function firstHead(text) {
  const [head] = text.split('\r\n\r\n');
  return Object.fromEntries(head.split('\r\n').slice(1).map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  }));
}
