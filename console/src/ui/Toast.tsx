import {useSyncExternalStore} from 'react';

import {IconButton} from './Button';
import {Icon} from './Icon';
import './toast.css';

interface Toast {
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
const close = (id: number): void => changed(toasts.filter((toast) => toast.id !== id));

/** A short note at the edge of the page, read out, gone after a while. */
export function tell(text: string, tone: Toast['tone'] = 'good', undo?: () => void): void {
  const id = next++;
  changed([...toasts.slice(-2), {id, tone, text, undo}]);
  setTimeout(() => close(id), undo || tone === 'bad' ? 10_000 : 5000);
}

export function Toasts() {
  const list = useSyncExternalStore(
    (reader) => {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((toast) => (
        <div key={toast.id} className={`toast toast-${toast.tone}`}>
          <Icon name={toast.tone} />
          <span className="grow">{toast.text}</span>
          {toast.undo && (
            <button
              type="button"
              className="toast-undo"
              onClick={() => {
                toast.undo?.();
                close(toast.id);
              }}
            >
              Undo
            </button>
          )}
          <IconButton small icon="cross" label="Close this note" onClick={() => close(toast.id)} />
        </div>
      ))}
    </div>
  );
}
