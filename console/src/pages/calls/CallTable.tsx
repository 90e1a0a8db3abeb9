import {useEffect, useRef, type ReactNode} from 'react';
import {Link} from 'react-router';

import type {Call} from '../../api/types';
import {clockTime, duration, exactTime} from '../../lib/format';
import {useNow} from '../../lib/useNow';
import {StatusBadge} from '../../ui/StateBadge';
import {Table, type Column} from '../../ui/Table';
import './calls.css';

/** The log as rows. `narrow`: without app and customer, where all are of one. */
export function CallTable({
  rows,
  loading,
  empty,
  dim,
  narrow,
}: {
  rows: Call[] | undefined;
  loading: boolean;
  empty?: ReactNode;
  dim?: boolean;
  narrow?: boolean;
}) {
  const now = useNow();
  // Rows that were not there at the last look light up for a moment.
  const seen = useRef<Set<string>>(undefined);
  const before = seen.current;
  useEffect(() => {
    if (rows) seen.current = new Set(rows.map((row) => row.id));
  }, [rows]);
  const columns: Column<Call>[] = [
    {
      key: 'call',
      title: 'Call',
      main: true,
      cell: (row) => (
        <Link className="row-link" to={`/calls/${row.id}`}>
          <span className="call-line">
            <span className={`method method-${row.method.toLowerCase()}`}>{row.method}</span>
            <span className="call-path mono">
              {row.path ?? 'no path'}
              {row.pathCut && '…'}
            </span>
          </span>
        </Link>
      ),
    },
    {key: 'status', title: 'Status', cell: (row) => <StatusBadge status={row.status} />},
    ...(narrow
      ? []
      : [
          {
            key: 'user',
            title: 'Customer',
            cell: (row: Call) => row.user ?? <span className="faint">none</span>,
          },
          {
            key: 'app',
            title: 'App',
            wideOnly: true,
            cell: (row: Call) =>
              row.app ? (
                <span className="slug">{row.app}</span>
              ) : (
                <span className="faint">none</span>
              ),
          },
        ]),
    {
      key: 'took',
      title: 'Took',
      end: true,
      cell: (row) => (
        <span title={`Of it ${duration(row.providerMs)} waiting for the provider`}>
          {duration(row.durationMs)}
        </span>
      ),
    },
    {
      key: 'at',
      title: 'Time',
      end: true,
      cell: (row) => (
        <time dateTime={row.endedAt} title={exactTime(row.endedAt)} className="nowrap">
          {clockTime(row.endedAt, now)}
        </time>
      ),
    },
  ];
  return (
    <Table
      label="Calls"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      loading={loading}
      empty={empty}
      dim={dim ?? false}
      rowClass={(row) => (before !== undefined && !before.has(row.id) ? 'fresh' : '')}
    />
  );
}
