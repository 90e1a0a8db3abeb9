// Waiting for something to become true, never for a time to pass.

import {setTimeout as pause} from 'node:timers/promises';

/** Asks `check` until it answers something true and resolves to that; fails after `timeout` ms. */
export async function eventually(what, check, {timeout = 15_000, every = 20} = {}) {
  const deadline = Date.now() + timeout;
  let last;
  for (;;) {
    try {
      last = await check();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`never happened: ${what} (last: ${last?.stack ?? last})`);
    await pause(every);
  }
}
