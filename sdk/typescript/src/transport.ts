import {randomUUID} from 'node:crypto';

import type {Credentials} from './credentials.js';
import {Deadline} from './deadline.js';
import {gatewayError, makeError, retryAfterOf, WayleaveError} from './errors.js';
import {isPassing, mayRepeat, pauseMs, type Outcome} from './retry.js';
import type {CallOptions, CreateOptions, Fetch} from './types.js';
import {version} from './version.js';

export type Query = Record<string, string | number | boolean | undefined>;

export interface Input {
  query?: Query | undefined;
  /** Sent as JSON. */
  body?: unknown;
}

/** How a {@link Transport} behaves when a call does not say. */
export interface Defaults {
  fetch: Fetch;
  timeout: number;
  retries: number;
}

interface Failure {
  error: WayleaveError;
  outcome: Outcome;
}

type Reader<T> = (response: Response) => Promise<T>;

async function readJson<T>(response: Response): Promise<T> {
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function readStream(response: Response): Promise<ReadableStream<Uint8Array>> {
  return (response.body ?? new Blob([]).stream()) as ReadableStream<Uint8Array>;
}

/** A path's segment, safe against being read as another path. */
export function segment(name: string, value: string): string {
  if (typeof value !== 'string' || /^\.{0,2}$/.test(value)) {
    throw makeError({
      code: 'invalid_request',
      status: 400,
      field: name,
      detail: `${name} must be a text that is not empty`,
    });
  }
  return encodeURIComponent(value);
}

/** Sends one call of the management API: time, retries, errors. */
export class Transport {
  readonly #credentials: Credentials;
  readonly #defaults: Defaults;

  constructor(credentials: Credentials, defaults: Defaults) {
    this.#credentials = credentials;
    this.#defaults = defaults;
  }

  /** The JSON of a successful answer; undefined when it has no body. */
  call<T>(
    method: string,
    path: string,
    input: Input = {},
    options: CreateOptions = {},
  ): Promise<T> {
    return this.#run(method, path, input, options, readJson<T>);
  }

  /** A download, to be read as it comes. The time of the call is that until it begins. */
  download(
    path: string,
    query: Query,
    options: CallOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    return this.#run('GET', path, {query}, options, readStream);
  }

  async #run<T>(
    method: string,
    path: string,
    input: Input,
    options: CreateOptions,
    read: Reader<T>,
  ): Promise<T> {
    const retries = whole('retries', options.retries ?? this.#defaults.retries, 0, 20);
    const timeout = whole('timeout', options.timeout ?? this.#defaults.timeout, 1, 2 ** 31 - 1);
    const idempotencyKey = options.idempotencyKey ?? (method === 'POST' ? randomUUID() : undefined);
    const url = this.#url(path, input.query);
    const init = this.#init(method, input.body, idempotencyKey);
    const deadline = new Deadline(timeout, options.signal);
    try {
      for (let tried = 1; ; tried += 1) {
        const result = await this.#once(url, {...init, signal: deadline.signal}, read);
        if (!('error' in result)) return result.value;
        const again =
          tried <= retries &&
          mayRepeat(method, idempotencyKey !== undefined) &&
          isPassing(result.outcome);
        if (!again) throw result.error;
        const pause = pauseMs(tried, result.outcome, Math.random);
        if (pause >= deadline.left) throw result.error;
        await deadline.pause(pause);
      }
    } finally {
      deadline.end({keepSignal: read === readStream});
    }
  }

  #url(path: string, query: Query = {}): string {
    const pairs = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) pairs.append(name, String(value));
    }
    const text = pairs.toString();
    return this.#credentials.server + path + (text ? `?${text}` : '');
  }

  #init(method: string, body: unknown, idempotencyKey: string | undefined): RequestInit {
    const headers: Record<string, string> = {
      accept: 'application/json',
      authorization: this.#credentials.authorization,
      'user-agent': `wayleave-node/${version}`,
    };
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    if (body === undefined) return {method, headers, redirect: 'manual'};
    headers['content-type'] = 'application/json';
    return {method, headers, redirect: 'manual', body: JSON.stringify(body)};
  }

  async #once<T>(
    url: string,
    init: RequestInit & {signal: AbortSignal},
    read: Reader<T>,
  ): Promise<{value: T} | Failure> {
    let response: Response;
    try {
      response = await this.#defaults.fetch(url, init);
      const refused = await gatewayError(response);
      if (refused) {
        const retryAfter = retryAfterOf(response.headers, Date.now());
        return {error: refused, outcome: {status: response.status, ours: true, retryAfter}};
      }
      if (response.ok) return {value: await read(response)};
    } catch (error) {
      if (init.signal.aborted) throw init.signal.reason;
      return this.#noAnswer(error);
    }
    return this.#stranger(response);
  }

  /** Nothing came back, or not all of it. */
  #noAnswer(error: unknown): Failure {
    if (error instanceof SyntaxError) {
      return {
        error: makeError({
          code: 'unexpected_answer',
          detail: 'the answer is not JSON; is this the address of a Wayleave server?',
        }),
        outcome: {status: 200},
      };
    }
    const cause = this.#plain(error);
    const inner = (error as {cause?: {code?: unknown}} | null)?.cause?.code;
    const why = typeof inner === 'string' ? inner : cause.message;
    return {
      error: makeError({
        code: 'unreachable',
        detail: `${this.#credentials.server} did not answer (${why})`,
        cause,
      }),
      outcome: {},
    };
  }

  /** A copy that holds nothing but words: another `fetch` may keep the request in its errors. */
  #plain(error: unknown): Error {
    const text = error instanceof Error ? error.message : String(error);
    const copy = new Error(this.#credentials.blank(text));
    if (error instanceof Error) copy.name = error.name;
    return copy;
  }

  /** Somebody answered who is not Wayleave: a load balancer, another program. */
  async #stranger(response: Response): Promise<Failure> {
    await response.body?.cancel().catch(() => {});
    const {status} = response;
    const location = response.headers.get('location');
    const detail =
      location && status >= 300 && status < 400
        ? `answered with a redirect to ${this.#credentials.blank(location)}; set that as the server`
        : `answered with status ${status} but not as Wayleave does; is something in front of it?`;
    return {
      error: makeError({code: 'unexpected_answer', status, detail}),
      outcome: {status, retryAfter: retryAfterOf(response.headers, Date.now())},
    };
  }
}

/** A number that was given as an option, checked. */
export function whole(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw makeError({
      code: 'invalid_request',
      status: 400,
      field: name,
      detail: `${name} must be a whole number from ${least} to ${most}`,
    });
  }
  return value;
}
