/** How one try ended: with a status, or without an answer. */
export interface Outcome {
  /** Undefined: no answer came. */
  status?: number | undefined;
  /** The answer carries `Wayleave-Error`. */
  ours?: boolean | undefined;
  /** Seconds the server asked to wait. */
  retryAfter?: number | undefined;
}

export const firstPauseMs = 250;
export const longestPauseMs = 8_000;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether sending again cannot do the thing twice: the method changes nothing, or the server knows the
 * repeat by its `Idempotency-Key` (which it honours on POST only).
 */
export function mayRepeat(method: string, hasIdempotencyKey: boolean): boolean {
  return safeMethods.has(method) || (method === 'POST' && hasIdempotencyKey);
}

/**
 * Whether another try may help: too many calls, a server that is starting or stopping, a load balancer
 * without a server, no answer at all. Not 502 and 504 of the gateway's own: those speak of the provider.
 */
export function isPassing({status, ours}: Outcome): boolean {
  if (status === undefined || status === 429 || status === 503) return true;
  return !ours && (status === 502 || status === 504);
}

/**
 * Milliseconds to wait before try number `tried + 1`: what the server asked for, or else twice as long each
 * time, shortened by chance so that many callers do not come back at once.
 */
export function pauseMs(tried: number, {retryAfter}: Outcome, random: () => number): number {
  if (retryAfter !== undefined) return retryAfter * 1000;
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** (tried - 1));
  return longest / 2 + (random() * longest) / 2;
}
