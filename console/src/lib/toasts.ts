// Short notes at the edge of the page.
import {useSyncExternalStore} from 'react';

export interface Toast {
  id: number;
  tone: 'good' | 'bad' | 'info';
  text: string;
  undo?: () => void;
}

let toasts: Toast[] = [];
let next = 1;
const readers = new Set<() => void>();
const changed = (list: Toast[]): void => {
  toasts = list;
  for (const reader of readers) reader();
};
export const closeToast = (id: number): void => changed(toasts.filter((toast) => toast.id !== id));

/** A short note at the edge of the page, read out, gone after a while. */
export function tell(text: string, tone: Toast['tone'] = 'good', undo?: () => void): void {
  const id = next++;
  // The same again replaces what stands there already.
  const others = toasts.filter((toast) => toast.text !== text);
  changed([...others.slice(-2), {id, tone, text, undo}]);
  setTimeout(() => closeToast(id), undo || tone === 'bad' ? 10_000 : 5000);
}

/** They belonged to who has gone. */
export const clearToasts = (): void => changed([]);

export const useToasts = (): Toast[] =>
  useSyncExternalStore(
    (reader) => {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    () => toasts,
  );
