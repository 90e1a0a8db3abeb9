import {makeError} from './errors.js';

/** Where the server is and the key that opens it. The key is in no property that anything prints. */
export class Credentials {
  /** Origin and base path, without a slash at its end. */
  readonly server: string;
  readonly #key: string;

  constructor(server: string | undefined, key: string | undefined) {
    this.server = checkServer(server);
    this.#key = checkKey(key);
  }

  get authorization(): string {
    return `Bearer ${this.#key}`;
  }

  /** The text without the key, should somebody have put it in. */
  blank(text: string): string {
    return text.replaceAll(this.#key, '(key)');
  }
}

function checkServer(server: string | undefined): string {
  if (!server) throw wrong('server', 'no server: pass {server} or set WAYLEAVE_SERVER');
  let url: URL;
  try {
    url = new URL(server);
  } catch {
    throw wrong('server', 'server must be an absolute URL such as https://wayleave.example');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw wrong('server', 'server must be an https or http URL');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw wrong('server', 'server must not hold credentials, a query or a fragment');
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function checkKey(key: string | undefined): string {
  if (!key) throw wrong('key', 'no key: pass {key} or set WAYLEAVE_KEY');
  // Anything else would be refused by fetch with a message that quotes it.
  if (!/^[\x21-\x7e]{8,1024}$/.test(key)) {
    throw wrong(
      'key',
      'the key holds blanks or other characters no key has; was a line break copied along?',
    );
  }
  return key;
}

function wrong(field: string, detail: string) {
  return makeError({code: 'invalid_request', status: 400, field, detail});
}
