import {useSyncExternalStore} from 'react';

// One clock for all relative times, so that a page ticks as one.
let now = Date.now();
const readers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(reader: () => void): () => void {
  readers.add(reader);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of readers) each();
  }, 5000);
  return () => {
    readers.delete(reader);
    if (readers.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Milliseconds since 1970, renewed every five seconds. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
