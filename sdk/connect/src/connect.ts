import {WayleaveConnectError as Failure, errorOf} from './error.js';

export interface ConnectOptions {
  /**
   * The `url` of an install link, which your backend makes with `POST /v1/install-links`. A promise or
   * a function will do: the window opens at once and goes there when the link has come.
   */
  link: string | PromiseLike<string> | (() => string | PromiseLike<string>);
  /** `auto`: a window, or this page itself on phones and where windows are blocked. */
  mode?: 'auto' | 'popup' | 'redirect';
  /** Of the window, in CSS pixels. */
  width?: number;
  height?: number;
  /** Language of the connect page, such as `de`; else the browser's. */
  language?: string;
  /** Milliseconds until it is given up; 15 minutes. */
  timeout?: number;
  signal?: AbortSignal;
}

export interface Connected {
  status: 'connected';
  app: string;
  /** Your identifier of the customer. */
  user: string;
  /** The customer allowed less than was asked; your API tells what is missing. */
  limited: boolean;
}

interface Status {
  /** `open`, `started`, `connected`, `denied`, `failed`, `expired`. */
  status: string;
  reason: string | null;
  app: string;
  user: string;
  limited: boolean;
  sinceMs: number;
}

const isPhone = () =>
  matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 640;

/** Must be called in the click, or the browser takes the window for an advertisement. */
function openWindow(width: number, height: number): Window | null {
  const left = Math.max(0, screenX + (outerWidth - width) / 2);
  const top = Math.max(0, screenY + (outerHeight - height) / 2);
  return open(
    'about:blank',
    '_blank',
    `popup=1,width=${width},height=${height},left=${left},top=${top}`,
  );
}

/** An address that runs nothing here: `javascript:` in a window of ours would. */
function addressOf(link: unknown): URL {
  const address = new URL(String(link));
  if (address.protocol !== 'https:' && address.protocol !== 'http:')
    throw new TypeError('not a link');
  return address;
}

/**
 * Connects a customer. Call it in a click. Resolves when the account is connected, rejects with a
 * `WayleaveConnectError`; with `redirect` the page is left and neither happens.
 *
 * Only messages of the very window that was opened, sent by a page of the link's own origin, count.
 */
export function connect(options: ConnectOptions): Promise<Connected> {
  const {mode = 'auto', signal, timeout = 900_000} = options;
  const redirects = mode === 'redirect' || (mode === 'auto' && isPhone());
  const popup =
    redirects || signal?.aborted ? null : openWindow(options.width ?? 520, options.height ?? 760);

  return new Promise((resolve, reject) => {
    let address: URL | undefined;
    let wentAt = 0;
    let failure: Failure | undefined;
    let cutOff = false;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const end = () => {
      over = true;
      clearTimeout(timer);
      clearTimeout(deadline);
      removeEventListener('message', hear);
      removeEventListener('pageshow', comeBack);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (error: Failure) => {
      end();
      reject(error);
    };
    const giveUp = (error: Failure) => {
      popup?.close();
      fail(error);
    };
    const succeed = ({app, user, limited}: {app: string; user: string; limited?: boolean}) => {
      end();
      resolve({status: 'connected', app, user, limited: !!limited});
    };
    const abort = () => giveUp(new Failure('aborted'));
    // The customer came back to this page with the browser's button.
    const comeBack = (event: PageTransitionEvent) => {
      if (event.persisted && !popup) fail(new Failure('closed'));
    };
    const hear = ({data, origin, source}: MessageEvent) => {
      if (source !== popup || !address || origin !== address.origin) return;
      if (data?.source !== 'wayleave' || data.version !== 1) return;
      if (data.status === 'connected') succeed(data);
      else failure = errorOf(data.status, data.reason);
      // After a failure the window stays and offers to try again; after a denial it closes.
      if (failure?.code === 'denied') fail(failure);
    };

    // The window is gone, or its page has cut it off from us (Cross-Origin-Opener-Policy), which looks
    // the same. The gateway knows how far it is. Cut off is taken for what happens at once on the way;
    // then the gateway is asked until the ten minutes of a permission are over.
    const ask = async () => {
      try {
        const {origin, pathname} = address!;
        const answer = await fetch(`${origin}${pathname}/status`, {
          credentials: 'omit',
          cache: 'no-store',
        });
        const now: Status = await answer.json();
        if (over) return;
        // A used link is connected too, but not by this trip.
        if (now.status === 'connected' && failure?.code !== 'used') return succeed(now);
        const started = now.status === 'started';
        if (!answer.ok || !(started || now.status === 'open')) {
          return fail(
            failure ?? errorOf(`${now.status}`, now.status === 'expired' ? now.status : now.reason),
          );
        }
        cutOff ||= started ? now.sinceMs < 8_000 : !failure && Date.now() - wentAt < 3_000;
      } catch {
        // Not answered, or not by the gateway.
      }
      if (over) return;
      if (cutOff) timer = setTimeout(ask, 2_000);
      else fail(failure ?? new Failure('closed'));
    };
    const watch = () => {
      if (!popup!.closed) timer = setTimeout(watch, 300);
      else if (!address) fail(new Failure('closed'));
      // A message that was sent before the window closed may still be on its way.
      else timer = setTimeout(ask, 300);
    };
    const deadline = setTimeout(() => giveUp(new Failure('timeout')), timeout);

    const go = (link: string) => {
      if (over) return;
      address = addressOf(link);
      if (options.language) address.searchParams.set('lang', options.language);
      wentAt = Date.now();
      if (!popup) return location.assign(address);
      address.searchParams.set('origin', location.origin);
      popup.location.replace(address);
    };

    if (signal?.aborted) return abort();
    if (!popup && !redirects && mode === 'popup') return fail(new Failure('blocked'));
    addEventListener('message', hear);
    addEventListener('pageshow', comeBack);
    signal?.addEventListener('abort', abort);
    if (popup) watch();
    const {link} = options;
    Promise.resolve()
      .then(() => (typeof link === 'function' ? link() : link))
      .then(go)
      .catch((cause) => over || giveUp(new Failure('link', 'link', cause)));
  });
}
