import {useCallback, useMemo} from 'react';
import {useSearchParams} from 'react-router';

/** Filters that live in the address, so that they can be shared and gone back to. */
export function useFilter<K extends string>(
  names: readonly K[],
): [Partial<Record<K, string>>, (change: Partial<Record<K, string>>) => void, () => void] {
  const [params, setParams] = useSearchParams();
  const key = names.map((name) => params.get(name) ?? '').join('\n');
  const filter = useMemo(() => {
    const found: Partial<Record<K, string>> = {};
    for (const name of names) {
      const value = params.get(name);
      if (value !== null && value !== '') found[name] = value;
    }
    return found;
  }, [key]);
  const set = useCallback(
    (change: Partial<Record<K, string>>) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change) as [string, string | undefined][]) {
            if (value === undefined || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        {replace: true},
      );
    },
    [setParams],
  );
  const clear = useCallback(() => setParams({}, {replace: true}), [setParams]);
  return [filter, set, clear];
}
