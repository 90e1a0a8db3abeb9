import {makeError} from './errors.js';

/** The provider's hosts by name, as in its file: `{default: 'https://api.hubapi.com', …}`. */
export type Hosts = Record<string, string>;

/** A URL as the caller of `fetch` gave it: on the provider's host, or absolute. */
export type Wanted = {path: string; url?: undefined} | {url: URL; path?: undefined};

/** Where a call goes: the provider's path and, when it is not the default, which host. */
export interface Target {
  base: string | undefined;
  path: string;
}

function notAllowed(detail: string) {
  return makeError({code: 'host_not_allowed', status: 403, field: 'url', detail});
}

/** Path and query as `fetch` would send them: the fragment stays at home. */
function pathOf(url: URL): string {
  const path = url.href.slice(url.href.indexOf('/', url.protocol.length + 2));
  const hash = path.indexOf('#');
  return hash < 0 ? path : path.slice(0, hash);
}

/**
 * Reads the caller's URL. A path is made normal on its own, before anything stands in front of it: `..` in
 * it ends at the provider's root and never reaches a route of the gateway.
 */
export function readUrl(input: string | URL): Wanted {
  const text = String(input);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    url = parseRelative(text);
    if (url.host === 'relative.invalid') return {path: pathOf(url)};
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw notAllowed('the URL must be https, http or a path');
  if (url.username || url.password) throw notAllowed('the URL must not hold credentials');
  return {url};
}

function parseRelative(text: string): URL {
  try {
    return new URL(text, 'https://relative.invalid/');
  } catch {
    throw makeError({
      code: 'invalid_request',
      status: 400,
      field: 'url',
      detail: 'the URL cannot be read',
    });
  }
}

/** The host among `hosts` that an absolute URL lies on, the one with the longest base path. */
export function findHost(hosts: Hosts, url: URL): Target {
  let best: (Target & {length: number}) | undefined;
  for (const [name, baseUrl] of Object.entries(hosts)) {
    const base = new URL(baseUrl);
    const prefix = base.pathname.replace(/\/+$/, '');
    if (base.origin !== url.origin || !`${url.pathname}/`.startsWith(`${prefix}/`)) continue;
    if (best && best.length >= prefix.length && name !== 'default') continue;
    if (best && best.length > prefix.length) continue;
    const rest = pathOf(url).slice(prefix.length);
    best = {
      base: name === 'default' ? undefined : name,
      path: rest.startsWith('/') ? rest : `/${rest}`,
      length: prefix.length,
    };
  }
  if (best) return {base: best.base, path: best.path};
  const known = Object.values(hosts).map((each) => new URL(each).origin);
  throw notAllowed(
    `${url.origin} is not one of the provider's hosts; there are: ${[...new Set(known)].join(', ')}`,
  );
}
