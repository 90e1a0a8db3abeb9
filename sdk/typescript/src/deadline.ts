import {makeError} from './errors.js';

/**
 * A call's time: its signal fires when the caller's does or when the time is over. `end` must be called
 * when the call is done.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #caller: AbortSignal | undefined;
  readonly #onCaller = () => this.#controller.abort(this.#caller?.reason);
  readonly #endsAt: number;

  constructor(ms: number, caller: AbortSignal | undefined) {
    this.#endsAt = performance.now() + ms;
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      this.#controller.abort(makeError({code: 'timeout', detail: `no answer within ${ms} ms`}));
    }, ms);
    if (caller?.aborted) this.#onCaller();
    else caller?.addEventListener('abort', this.#onCaller, {once: true});
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds left. */
  get left(): number {
    return this.#endsAt - performance.now();
  }

  /** Waits so long; rejects with the signal's reason when it fires first. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.signal.aborted) return reject(this.signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(this.signal.reason);
      };
      const timer = setTimeout(() => {
        this.signal.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      this.signal.addEventListener('abort', onAbort, {once: true});
    });
  }

  /** `keepSignal`: there is no more limit, but the caller may still end what goes on. */
  end({keepSignal = false} = {}): void {
    clearTimeout(this.#timer);
    if (!keepSignal) this.#caller?.removeEventListener('abort', this.#onCaller);
  }
}
