/**
 * Why nothing was connected.
 *
 * - `denied`: the customer said no.
 * - `closed`: the window was closed before anything was decided.
 * - `blocked`: the browser did not let the window open (only with `mode: 'popup'`).
 * - `expired`: the link, or the ten minutes for the permission, ran out.
 * - `used`: the link connected an account before.
 * - `link`: there was no link: `fetchLink` failed, or what it gave is not an https address.
 * - `timeout`, `aborted`: as `timeout` and `signal` asked for.
 * - `failed`: everything else; `reason` says what.
 */
export type ConnectErrorCode =
  'denied' | 'closed' | 'blocked' | 'expired' | 'used' | 'link' | 'timeout' | 'aborted' | 'failed';

export class WayleaveConnectError extends Error {
  override readonly name = 'WayleaveConnectError';

  constructor(
    readonly code: ConnectErrorCode,
    /** What the gateway calls it, such as `unreachable` or `account_mismatch`. */
    readonly reason: string = code,
    /** What it came from: whatever `fetchLink` threw. */
    readonly cause?: unknown,
  ) {
    super(`Wayleave: not connected (${reason})`);
  }
}

/** An end as the gateway names it. */
export function errorOf(status: string, reason?: string | null): WayleaveConnectError {
  const code = reason === 'expired' || reason === 'used' ? reason : status;
  const known = code === 'denied' || code === 'expired' || code === 'used';
  return new WayleaveConnectError(known ? code : 'failed', reason ?? status);
}
