import type {ReactNode} from 'react';

import {plural} from '../lib/format';
import {Button} from './Button';
import {Problem} from './Callout';
import './table.css';

export interface Column<T> {
  key: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** Numbers stand right. */
  end?: boolean;
  /** The column that heads the card on a phone. */
  main?: boolean;
  /** Only for screen readers, such as a column of buttons. */
  hideTitle?: boolean;
  /** Not on phones. */
  wideOnly?: boolean;
  width?: string;
}

/** A table that becomes a list of cards on a phone. `label` says what is listed. */
export function Table<T>({
  label,
  columns,
  rows,
  rowKey,
  loading,
  empty,
  dim,
  rowClass,
}: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[] | undefined;
  rowKey: (row: T) => string;
  loading?: boolean;
  empty?: ReactNode;
  dim?: boolean;
  rowClass?: (row: T) => string;
}) {
  if (!loading && rows?.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    <table
      className={`table ${dim ? 'table-dim' : ''}`}
      role="table"
      aria-busy={loading || undefined}
    >
      <caption className="visually-hidden">{label}</caption>
      <colgroup>
        {columns.map((column) => (
          <col
            key={column.key}
            className={column.wideOnly ? 'wide-only' : undefined}
            width={column.width}
          />
        ))}
      </colgroup>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.key} role="columnheader" scope="col" className={cellClass(column)}>
              <span className={column.hideTitle ? 'visually-hidden' : undefined}>
                {column.title}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows === undefined || (loading && rows.length === 0)
          ? Array.from({length: 6}, (_, i) => (
              <tr key={i} role="row" className="table-waiting">
                {columns.map((column, c) => (
                  <td key={column.key} role="cell" className={cellClass(column)}>
                    <svg width={c === 0 ? '70%' : '55%'} height="12" aria-hidden="true">
                      <rect width="100%" height="12" rx="4" />
                    </svg>
                  </td>
                ))}
              </tr>
            ))
          : rows.map((row) => (
              <tr key={rowKey(row)} role="row" className={rowClass?.(row)}>
                {columns.map((column) => (
                  <td
                    key={column.key}
                    role="cell"
                    data-label={column.hideTitle ? undefined : column.title}
                    className={cellClass(column)}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
      </tbody>
    </table>
  );
}

function cellClass<T>(column: Column<T>): string | undefined {
  const names = [
    column.end && 'end',
    column.main && 'main',
    column.wideOnly && 'wide-only',
    column.hideTitle && 'bare',
  ].filter(Boolean);
  return names.length === 0 ? undefined : names.join(' ');
}

/** The foot of a list that comes in pages. */
export function More({
  shown,
  what,
  hasMore,
  loading,
  load,
  error,
}: {
  shown: number;
  what: string;
  hasMore: boolean;
  loading: boolean;
  load: () => void;
  error?: unknown;
}) {
  if (shown === 0 && !hasMore) return null;
  return (
    <div className="more">
      {error ? <Problem error={error} retry={load} /> : null}
      <span className="faint small number" role="status">
        {plural(shown, what)}
        {hasMore ? (shown === 0 ? ' found so far' : ' shown') : ', that is all'}
      </span>
      {hasMore && (
        <Button small busy={loading} onClick={load}>
          {shown === 0 ? 'Search older ones' : 'Show more'}
        </Button>
      )}
    </div>
  );
}
