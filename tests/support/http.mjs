// One HTTP request at a time, exactly as written: the path's bytes are not touched, redirects are
// not followed, nothing is decoded.

import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';

const authorities = [...tls.rootCertificates];

/** Makes every request of this test file trust that certificate authority (PEM) too. */
export function trust(pem) {
  authorities.push(pem.toString());
}

/** Splits `http://host:port/path?query` without normalising the path. */
export function splitUrl(url) {
  const match = /^(https?):\/\/([^/?#]+)([^#]*)/.exec(url);
  if (!match) throw new Error(`not an absolute URL: ${url}`);
  const [, scheme, authority, target] = match;
  const [, host, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(authority);
  return {
    scheme,
    authority,
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (scheme === 'https' ? 443 : 80)),
    target: target.startsWith('/') ? target : `/${target}`,
  };
}

/** A field's value, joined when it came several times; undefined when it did not come. */
function fieldReader(rawHeaders) {
  return (name) => {
    const values = [];
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (rawHeaders[i].toLowerCase() === name.toLowerCase()) values.push(rawHeaders[i + 1]);
    }
    return values.length === 0 ? undefined : values.join(', ');
  };
}

/**
 * Sends one request. `body` is a string, a Buffer or a readable stream; `json` and `form` set the
 * content type as well; `localAddress`: where the call comes from. Resolves to
 * {status, header(name), rawHeaders, bytes, text, json}.
 */
export function request(
    method, url, {headers = {}, body, json, form, agent, onData, localAddress, timeout = 60_000} = {}) {
  const {scheme, host, port, target, authority} = splitUrl(url);
  const fields = {host: authority, ...headers};
  let payload = body;
  if (json !== undefined) {
    payload = JSON.stringify(json);
    fields['content-type'] ??= 'application/json';
  } else if (form !== undefined) {
    payload = new URLSearchParams(form).toString();
    fields['content-type'] ??= 'application/x-www-form-urlencoded';
  }
  const streamed = payload !== undefined && typeof payload.pipe === 'function';
  if (payload !== undefined && !streamed) {
    payload = Buffer.from(payload);
    fields['content-length'] ??= String(payload.length);
  }
  return new Promise((resolve, reject) => {
    const client = scheme === 'https' ? https : http;
    const outgoing = client.request(
        {method, host, port, path: target, headers: fields, agent, localAddress, setHost: false, timeout, ca: authorities},
        (incoming) => {
          const chunks = [];
          let size = 0;
          incoming.on('data', (chunk) => {
            size += chunk.length;
            if (onData) onData(chunk);
            else chunks.push(chunk);
          });
          incoming.on('error', reject);
          incoming.on('end', () => {
            if (!incoming.complete) return reject(new Error('the answer was cut'));
            const bytes = Buffer.concat(chunks);
            const {rawHeaders} = incoming;
            resolve({
              status: incoming.statusCode,
              rawHeaders,
              header: fieldReader(rawHeaders),
              bytes,
              size,
              get text() { return bytes.toString('utf8'); },
              get json() { return JSON.parse(bytes.toString('utf8')); },
            });
          });
        });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeout} ms`)));
    outgoing.on('error', reject);
    if (streamed) payload.pipe(outgoing);
    else outgoing.end(payload);
  });
}
