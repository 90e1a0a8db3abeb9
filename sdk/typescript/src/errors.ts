import type {Problem} from './types.js';

/**
 * What went wrong, stable and meant for programs. The first group comes from the server (header
 * `Wayleave-Error`), the second is the SDK's own.
 */
export type ErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'host_not_allowed'
  | 'not_found'
  | 'app_not_found'
  | 'connection_not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'reauthorization_required'
  | 'refresh_unknown'
  | 'account_mismatch'
  | 'app_misconfigured'
  | 'gone'
  | 'request_too_large'
  | 'idempotency_mismatch'
  | 'rate_limited'
  | 'internal'
  | 'upstream_unreachable'
  | 'upstream_invalid'
  | 'unavailable'
  | 'upstream_timeout'
  // The SDK's own.
  | 'unreachable'
  | 'timeout'
  | 'unexpected_answer'
  | (string & {});

/** The parts of a {@link WayleaveError}. */
export interface ErrorParts {
  code: ErrorCode;
  /** One sentence saying what is wrong and, where possible, what to do. */
  detail: string;
  status?: number | undefined;
  field?: string | undefined;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  installUrl?: string | undefined;
  cause?: unknown;
}

/**
 * Every failure of a call to Wayleave. Branch on {@link code}, or on the subclasses with `instanceof`.
 * No key, token or secret is ever part of it.
 */
export class WayleaveError extends Error {
  /** What went wrong; the same as the header `Wayleave-Error`. */
  readonly code: ErrorCode;
  /** HTTP status, or undefined when there was no answer. */
  readonly status: number | undefined;
  /** What is wrong and what to do about it. */
  readonly detail: string;
  /** The input at fault, when one is. */
  readonly field: string | undefined;
  /** Look this up with `wayleave.requests`, or in the server's log. */
  readonly requestId: string | undefined;

  constructor(parts: ErrorParts) {
    super(
      `${parts.code}: ${parts.detail}`,
      parts.cause === undefined ? undefined : {cause: parts.cause},
    );
    this.code = parts.code;
    this.status = parts.status;
    this.detail = parts.detail;
    this.field = parts.field;
    this.requestId = parts.requestId;
  }

  static {
    this.prototype.name = 'WayleaveError';
  }
}

/**
 * The customer revoked the permission, uninstalled the app or never finished connecting: they must
 * give it again. Show your connect button.
 */
export class ReauthorizationRequired extends WayleaveError {
  readonly #installUrl: string | undefined;

  constructor(parts: ErrorParts) {
    super(parts);
    this.#installUrl = parts.installUrl;
  }

  /**
   * Where to send the customer's browser. Undefined when the key has no scope `connect`. Whoever has
   * this address can connect as this customer, so it is not among the properties a logger prints.
   */
  get installUrl(): string | undefined {
    return this.#installUrl;
  }

  static {
    this.prototype.name = 'ReauthorizationRequired';
  }
}

/** The input is wrong: `field` says which (400, 413, 422). */
export class InvalidRequest extends WayleaveError {
  static {
    this.prototype.name = 'InvalidRequest';
  }
}

/** The key is missing, wrong, expired or revoked (401). */
export class Unauthenticated extends WayleaveError {
  static {
    this.prototype.name = 'Unauthenticated';
  }
}

/** The key may not do that, or the destination is not one of the provider's hosts (403). */
export class Forbidden extends WayleaveError {
  static {
    this.prototype.name = 'Forbidden';
  }
}

/** There is no such thing, or it belongs to somebody else (404, 410). */
export class NotFound extends WayleaveError {
  static {
    this.prototype.name = 'NotFound';
  }
}

/** It cannot be done in the present state (409). */
export class Conflict extends WayleaveError {
  static {
    this.prototype.name = 'Conflict';
  }
}

/** Too many calls; {@link retryAfter} says when to come back (429). */
export class RateLimited extends WayleaveError {
  /** Seconds to wait, when the server said so. */
  readonly retryAfter: number | undefined;

  constructor(parts: ErrorParts) {
    super(parts);
    this.retryAfter = parts.retryAfter;
  }

  static {
    this.prototype.name = 'RateLimited';
  }
}

/** Nothing is wrong with the call; Wayleave or the provider could not serve it now (5xx, no answer). */
export class Unavailable extends WayleaveError {
  static {
    this.prototype.name = 'Unavailable';
  }
}

function classOf(
  code: string,
  status: number | undefined,
): new (parts: ErrorParts) => WayleaveError {
  if (code === 'reauthorization_required') return ReauthorizationRequired;
  if (code === 'unreachable' || code === 'timeout') return Unavailable;
  switch (status) {
    case 400:
    case 413:
    case 422:
      return InvalidRequest;
    case 401:
      return Unauthenticated;
    case 403:
      return Forbidden;
    case 404:
    case 410:
      return NotFound;
    case 409:
      return Conflict;
    case 429:
      return RateLimited;
    default:
      return status !== undefined && status >= 500 ? Unavailable : WayleaveError;
  }
}

/** The error of the class that fits. */
export function makeError(parts: ErrorParts): WayleaveError {
  return new (classOf(parts.code, parts.status))(parts);
}

/** Seconds of a `Retry-After` in either of its forms (RFC 9110 section 10.2.3). */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Problem).code === 'string' &&
    typeof (value as Problem).detail === 'string'
  );
}

/**
 * Reads the error that the gateway itself answered. Resolves to undefined when the answer does not carry
 * `Wayleave-Error`: then it comes from somebody else, and its body is untouched.
 */
export async function gatewayError(response: Response): Promise<WayleaveError | undefined> {
  const code = response.headers.get('wayleave-error');
  if (code === null) return undefined;
  let problem: unknown;
  try {
    problem = await response.json();
  } catch (error) {
    // HEAD has no body; a page is no problem document. The header still tells the code.
    if (!(error instanceof SyntaxError)) throw error;
  }
  const told = isProblem(problem) ? problem : undefined;
  return makeError({
    code,
    status: response.status,
    detail: told?.detail ?? `answered with status ${response.status}`,
    field: told?.field,
    requestId: told?.requestId ?? response.headers.get('wayleave-request-id') ?? undefined,
    installUrl: told?.installUrl,
    retryAfter: retryAfterOf(response.headers, Date.now()),
  });
}
