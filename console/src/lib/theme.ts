// Light, dark, or as the system has it. theme.js does the same before the first paint.
import {useSyncExternalStore} from 'react';

export type Theme = 'light' | 'dark' | 'system';

const store = 'wayleave-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const readers = new Set<() => void>();

function read(): Theme {
  try {
    const chosen = localStorage.getItem(store);
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
  } catch {
    return 'system';
  }
}

function apply(): void {
  const theme = read();
  const dark = theme === 'dark' || (theme === 'system' && system.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  for (const reader of readers) reader();
}

system.addEventListener('change', apply);

export function setTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(store);
    else localStorage.setItem(store, theme);
  } catch {
    // Storage refused: the choice lasts until the page is loaded again.
  }
  apply();
}

export function useTheme(): Theme {
  return useSyncExternalStore((reader) => {
    readers.add(reader);
    return () => readers.delete(reader);
  }, read);
}
