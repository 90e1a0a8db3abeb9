import type {Credentials} from './credentials.js';
import {gatewayError, makeError} from './errors.js';
import type {HostDirectory} from './host_directory.js';
import {takeWhole} from './proxy_body.js';
import {findHost, readUrl, type Hosts, type Target} from './proxy_target.js';
import {whole} from './transport.js';
import type {Fetch} from './types.js';

/** How the function of `wayleave.fetch` behaves. */
export interface ProxyOptions {
  /** Which of the provider's hosts a path is meant for; `default` when not given. */
  base?: string | undefined;
  /** The provider's hosts, for absolute URLs with a key that lacks the scope `read`. */
  hosts?: Hosts | undefined;
  /** Times the gateway tries again, 0 to 5: idempotent methods, and connections that failed at once. */
  retries?: number | undefined;
  /** Milliseconds the gateway waits for the provider, its retries included. */
  timeout?: number | undefined;
  /**
   * What becomes of an error of the gateway's own, when no answer of the provider exists: rejects with a
   * `WayleaveError` (`throw`), or resolves to the gateway's response with `Wayleave-Error` (`response`).
   */
  errors?: 'throw' | 'response' | undefined;
}

function checkHosts(hosts: Hosts): void {
  for (const [name, baseUrl] of Object.entries(hosts)) {
    let known = false;
    try {
      known = /^https?:$/.test(new URL(baseUrl).protocol);
    } catch {
      // Said below.
    }
    if (!known) {
      throw makeError({
        code: 'invalid_request',
        status: 400,
        field: 'hosts',
        detail: `hosts.${name} must be an absolute https URL`,
      });
    }
  }
}

type Input = Parameters<Fetch>[0];
type Body = NonNullable<RequestInit['body']>;

/** What `fetch` was called with, its two arguments made one. */
interface Call {
  url: string | URL;
  init: RequestInit & {duplex?: 'half'};
  headers: Headers;
}

function checkSlug(app: string): string {
  if (typeof app === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(app)) return app;
  throw makeError({
    code: 'invalid_request',
    status: 400,
    field: 'app',
    detail: 'app must be the slug of an app',
  });
}

function encodeUser(user: string): string {
  if (typeof user === 'string' && user !== '') {
    try {
      return encodeURIComponent(user);
    } catch {
      // Half of a surrogate pair: no such text exists in UTF-8.
    }
  }
  throw makeError({
    code: 'invalid_request',
    status: 400,
    field: 'user',
    detail: 'user must be your id of the customer, a text',
  });
}

/** The address that stands for the provider's default host, for one customer. */
export function proxyUrl({server}: Credentials, app: string, user: string): string {
  // The user is always in the path: a path that begins with '@' cannot name another one.
  return `${server}/proxy/${checkSlug(app)}/@${encodeUser(user)}`;
}

function isStream(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    (Symbol.asyncIterator in body || body instanceof ReadableStream) &&
    !(body instanceof Blob) &&
    !(body instanceof URLSearchParams) &&
    !(body instanceof FormData)
  );
}

async function readCall(input: Input, init: RequestInit | undefined): Promise<Call> {
  if (typeof input === 'string' || input instanceof URL) {
    const call = {url: input, init: {...init}, headers: new Headers(init?.headers)} as Call;
    if (isStream(call.init.body)) call.init.duplex = 'half';
    return call;
  }
  const half = init && isStream(init.body) ? {duplex: 'half' as const} : {};
  const request = init ? new Request(input, {...init, ...half}) : input;
  const own: Call['init'] = {
    method: request.method,
    signal: request.signal,
    redirect: request.redirect,
  };
  if (request.bodyUsed)
    throw new TypeError('the body of this Request was sent already; clone it before');
  if (request.body) {
    own.body = (await takeWhole(request.body as ReadableStream<Uint8Array>)) as Body;
    if (isStream(own.body)) own.duplex = 'half';
  }
  return {url: request.url, init: own, headers: new Headers(request.headers)};
}

/** Makes the function that is `fetch` as this customer. */
export function makeProxyFetch(
  credentials: Credentials,
  directory: HostDirectory,
  send: Fetch,
  app: string,
  user: string,
  options: ProxyOptions,
): Fetch {
  const root = proxyUrl(credentials, app, user);
  if (options.hosts) checkHosts(options.hosts);
  const retries =
    options.retries === undefined ? undefined : whole('retries', options.retries, 0, 5);
  const seconds =
    options.timeout === undefined
      ? undefined
      : Math.ceil(whole('timeout', options.timeout, 1, 86_400_000) / 1000);

  async function target(url: string | URL): Promise<Target> {
    const wanted = readUrl(url);
    if (wanted.path !== undefined) return {base: options.base, path: wanted.path};
    return findHost(options.hosts ?? (await directory.of(app)), wanted.url);
  }

  function setHeaders(headers: Headers, base: string | undefined): void {
    // Another SDK's own token, and a customer named by hand, are not what is meant here.
    headers.set('authorization', credentials.authorization);
    headers.delete('wayleave-user');
    if (base !== undefined) headers.set('wayleave-base', base);
    else headers.delete('wayleave-base');
    if (retries !== undefined) headers.set('wayleave-retries', String(retries));
    if (seconds !== undefined) headers.set('wayleave-timeout', String(seconds));
  }

  return async (input, init) => {
    const call = await readCall(input as Input, init);
    const {base, path} = await target(call.url);
    setHeaders(call.headers, base);
    // Followed here, a redirect would be resolved against the gateway and take the key along. And unless
    // redirects are errors, Node's fetch keeps all of a streamed body (nodejs/undici issue 4058).
    const redirect = call.init.duplex ? 'error' : 'manual';
    const response = await send(root + path, {...call.init, headers: call.headers, redirect});
    if (
      call.init.redirect === 'error' &&
      response.status >= 300 &&
      response.status < 400 &&
      response.headers.has('location')
    ) {
      await response.body?.cancel();
      throw new TypeError('fetch failed: the provider answered with a redirect');
    }
    if (options.errors !== 'response') {
      const error = await gatewayError(response);
      if (error) throw error;
    }
    return response;
  };
}
