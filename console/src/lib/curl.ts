// Commands to paste. Written for sh: everything that is not plainly harmless stands in single quotes.

/** One word of a shell command. */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_\-./:@%+=,]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export interface CurlRequest {
  method: string;
  url: string;
  headers?: readonly (readonly [string, string])[];
  body?: string;
}

/**
 * A curl command over several lines. The key is never written out: `$WAYLEAVE_KEY` stands for it, in
 * double quotes so that the shell fills it in.
 */
export function curl({method, url, headers = [], body}: CurlRequest): string {
  const parts: string[] = [];
  const upper = method.toUpperCase();
  if (upper === 'HEAD') parts.push('--head');
  else if (upper !== 'GET' && !(upper === 'POST' && body !== undefined))
    parts.push(`--request ${quote(upper)}`);
  parts.push(quote(url));
  parts.push('--header "Authorization: Bearer $WAYLEAVE_KEY"');
  for (const [name, value] of headers) parts.push(`--header ${quote(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`--data-raw ${quote(body)}`);
  return `curl ${parts.join(' \\\n  ')}`;
}

/** Path of a call through the proxy; `path` keeps its bytes. */
export function proxyUrl(origin: string, app: string, path: string): string {
  return `${origin}/proxy/${encodeURIComponent(app)}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** A call through the proxy as the user. */
export function proxyCurl(
  origin: string,
  call: {
    app: string;
    user: string;
    method: string;
    path: string;
    headers?: readonly (readonly [string, string])[];
    body?: string;
  },
): string {
  return curl({
    method: call.method,
    url: proxyUrl(origin, call.app, call.path),
    headers: [['Wayleave-User', call.user], ...(call.headers ?? [])],
    body: call.body,
  });
}

/** A call of Wayleave's own API with a JSON body. */
export function apiCurl(origin: string, method: string, path: string, body?: unknown): string {
  return curl({
    method,
    url: origin + path,
    headers: body === undefined ? [] : [['Content-Type', 'application/json']],
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}
