import {createHmac, randomUUID, timingSafeEqual} from 'node:crypto';

/** Headers as Fetch has them, or as Node and Express do. */
export type WebhookHeaders =
  {get(name: string): string | null} | Record<string, string | readonly string[] | undefined>;

/** Why a message was not believed. */
export type WebhookFault =
  'missing_header' | 'malformed_header' | 'too_old' | 'too_new' | 'wrong_signature' | 'not_json';

/** The message is not from Wayleave, was changed, or is a repeat of an old one. Answer with status 400. */
export class WebhookVerificationError extends Error {
  readonly code: WebhookFault;

  constructor(code: WebhookFault, message: string) {
    super(message);
    this.code = code;
  }

  static {
    this.prototype.name = 'WebhookVerificationError';
  }
}

/** A message that was verified. */
export interface WebhookMessage<T = unknown> {
  /** Of the message: a repeat has the same. Remember it to do each thing once. */
  id: string;
  /** When this delivery was signed. */
  sentAt: Date;
  /** The body. */
  payload: T;
}

export interface VerifyOptions {
  /** Seconds the sender's clock may differ; 300 by default. */
  tolerance?: number | undefined;
  /** The present, in milliseconds; for tests. */
  now?: number | undefined;
}

const secretBytes = {least: 24, most: 64};
const signaturesMax = 32;

/** The bytes of a secret `whsec_<base64>`. */
function keyOf(secret: string): Buffer {
  const text = typeof secret === 'string' ? secret.replace(/^whsec_/, '') : '';
  const key = Buffer.from(text, 'base64');
  const canonical = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  if (!canonical || key.length < secretBytes.least || key.length > secretBytes.most) {
    throw new TypeError(
      `a webhook secret is 'whsec_' and the base64 of ${secretBytes.least} to ${secretBytes.most} bytes`,
    );
  }
  return key;
}

function bytesOf(body: string | Uint8Array): Buffer {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError(
    "the raw body is needed, a text or bytes, as it came (in Express: express.raw({type: 'application/json'}))",
  );
}

function header(headers: WebhookHeaders, name: string): string {
  let value: unknown;
  if (typeof (headers as Headers).get === 'function') {
    value = (headers as Headers).get(name);
  } else {
    const found = Object.entries(headers).filter(
      ([key, each]) => key.toLowerCase() === name && each !== undefined,
    );
    value = found.length === 1 ? found[0]?.[1] : undefined;
  }
  if (typeof value !== 'string' || value === '') {
    throw new WebhookVerificationError('missing_header', `the header ${name} is missing`);
  }
  return value;
}

function digest(key: Buffer, id: string, timestamp: string, body: Buffer): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

function checkTime(timestamp: string, {tolerance = 300, now = Date.now()}: VerifyOptions): Date {
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError(
      'malformed_header',
      'webhook-timestamp is not a number of seconds',
    );
  }
  const age = now / 1000 - Number(timestamp);
  if (age > tolerance) throw new WebhookVerificationError('too_old', 'the message is too old');
  if (age < -tolerance)
    throw new WebhookVerificationError(
      'too_new',
      'the message is from the future: is this clock right?',
    );
  return new Date(Number(timestamp) * 1000);
}

/** Compares with every signature and every key, none sooner than the others. */
function matches(signatures: string, expected: Buffer[]): boolean {
  let found = false;
  for (const signature of signatures.split(' ').slice(0, signaturesMax)) {
    if (!signature.startsWith('v1,')) continue;
    const given = Buffer.from(signature.slice(3), 'base64');
    for (const each of expected) {
      if (given.length === each.length && timingSafeEqual(given, each)) found = true;
    }
  }
  return found;
}

/**
 * Checks a message against your endpoint's secret and gives its content. Throws
 * {@link WebhookVerificationError} when it is not to be believed.
 *
 * @param rawBody the body's bytes as they came; parsed and written again they no longer match.
 * @param headers the request's headers.
 * @param secret `whsec_…`, or several while one is being replaced.
 * @see https://www.standardwebhooks.com
 */
export function verify<T = unknown>(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): WebhookMessage<T> {
  const keys = (typeof secret === 'string' ? [secret] : secret).map(keyOf);
  if (keys.length === 0) throw new TypeError('no webhook secret was given');
  const body = bytesOf(rawBody);
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, 'webhook-signature');
  const sentAt = checkTime(timestamp, options);
  if (
    !matches(
      signatures,
      keys.map((key) => digest(key, id, timestamp, body)),
    )
  ) {
    throw new WebhookVerificationError(
      'wrong_signature',
      'no signature matches: another secret, or a body that was changed',
    );
  }
  try {
    return {id, sentAt, payload: JSON.parse(body.toString('utf8')) as T};
  } catch {
    throw new WebhookVerificationError('not_json', 'the body is signed but is not JSON');
  }
}

/** Signs a message as Wayleave does, to test your receiver: the three headers. */
export function sign(
  rawBody: string | Uint8Array,
  secret: string,
  {
    id = `msg_${randomUUID()}`,
    at = new Date(),
  }: {id?: string | undefined; at?: Date | undefined} = {},
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = digest(keyOf(secret), id, timestamp, bytesOf(rawBody)).toString('base64');
  return {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}`};
}
