// Looks into a gateway's SQLite file from outside: what did a request change?

import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';

export function openStore(gateway) {
  const file = path.join(gateway.data, 'wayleave.db');
  if (!existsSync(file)) throw new Error(`no database at ${file}`);
  return new DatabaseSync(file, {readOnly: true});
}

const quote = (name) => `"${name.replaceAll('"', '""')}"`;

/**
 * A digest of every table's rows: {table: {rows, digest}}. `ignore` names tables, or `table.column`,
 * that a mere look changes (when a key was last used, the trail of refusals).
 */
export function snapshot(gateway, {ignore = []} = {}) {
  const store = openStore(gateway);
  try {
    const tables = store.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all();
    const result = {};
    for (const {name} of tables) {
      if (ignore.includes(name)) continue;
      const rows = store.prepare(`SELECT * FROM ${quote(name)}`).all().map((row) => {
        const kept = Object.entries(row).filter(([column]) => !ignore.includes(`${name}.${column}`));
        return JSON.stringify(kept, (_, value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value);
      });
      const digest = createHash('sha256').update(rows.sort().join('\n')).digest('hex');
      result[name] = {rows: rows.length, digest};
    }
    return result;
  } finally {
    store.close();
  }
}
