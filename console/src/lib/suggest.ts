// Paths to begin with, from what the provider's file says about its objects.
import type {ProviderObject} from '../api/types';

export interface Suggestion {
  label: string;
  method: string;
  path: string;
  host: string;
}

const names: Record<string, string> = {
  list: 'List',
  get: 'Read one',
  create: 'Create',
  update: 'Change one',
  delete: 'Delete one',
  upsert: 'Create or change',
  search: 'Search',
  batch_read: 'Read many',
  batch_create: 'Create many',
  batch_update: 'Change many',
  batch_delete: 'Delete many',
};

export function suggestions(objects: readonly ProviderObject[] | undefined): Suggestion[] {
  return (objects ?? []).flatMap((object) =>
    object.calls.map((call) => ({
      label: `${object.title}: ${names[call.name] ?? call.name.replaceAll('_', ' ')}`,
      method: call.method,
      path: call.path,
      host: call.host,
    })),
  );
}

/** A body to start from; undefined where the method takes none. */
export function bodySketch(method: string, path: string): string | undefined {
  if (!['POST', 'PUT', 'PATCH'].includes(method)) return undefined;
  if (/\/search$/.test(path)) return '{\n  "limit": 10\n}';
  if (/\/batch\//.test(path)) return '{\n  "inputs": []\n}';
  return '{\n  "properties": {}\n}';
}

/** `Name: value` lines as headers; the lines that are none, by number. */
export function parseHeaders(text: string): {headers: [string, string][]; faults: number[]} {
  const headers: [string, string][] = [];
  const faults: number[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const found = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*:\s*(.*?)\s*$/.exec(line);
    if (found?.[1] !== undefined) headers.push([found[1], found[2] ?? '']);
    else faults.push(i + 1);
  });
  return {headers, faults};
}

/** Placeholders such as `{id}` that are still to be filled in. */
export const placeholders = (path: string): string[] =>
  [...path.matchAll(/\{([A-Za-z_]+)\}/g)].map((match) => match[1] ?? '');
