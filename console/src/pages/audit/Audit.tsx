import {useState} from 'react';

import {useAudit} from '../../api/admin';
import {queryText} from '../../api/client';
import type {AuditRecord} from '../../api/types';
import {clockTime, exactTime} from '../../lib/format';
import {useFilter} from '../../lib/useFilter';
import {useNow} from '../../lib/useNow';
import {actionText, actorText} from '../../lib/words';
import {useRefusal} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Choice, TextField} from '../../ui/Field';
import {FilterText} from '../../ui/FilterText';
import {Menu} from '../../ui/Menu';
import {NotAllowed} from '../../ui/NotAllowed';
import {Card, Empty, PageHead} from '../../ui/Page';
import {More, Table, type Column} from '../../ui/Table';
import {Record} from './Record';
import {Verify} from './Verify';
import '../../ui/filters.css';
import './audit.css';

const names = ['action', 'actor', 'target', 'q', 'since', 'until'] as const;
const areas = [
  ['', 'Everything'],
  ['app.', 'Apps'],
  ['connection.', 'Connections'],
  ['link.', 'Install links'],
  ['token.', 'Tokens'],
  ['key.', 'API keys'],
  ['member.', 'Members'],
  ['session.', 'Sign-ins'],
  ['totp.', 'Authenticator apps'],
  ['password.', 'Passwords'],
  ['settings.', 'Settings'],
  ['audit.', 'The trail itself'],
  ['data_key.', 'Data keys'],
  ['backup.', 'Backups'],
] as const;
const kinds = [
  ['', 'Anybody'],
  ['member', 'Members'],
  ['key', 'API keys'],
  ['cli', 'Command line'],
  ['browser', 'Customers’ browsers'],
  ['system', 'Wayleave itself'],
] as const;

/** A day of `<input type=date>` in the reader's zone as a moment. */
const dayStart = (day: string): string =>
  day === '' ? '' : new Date(`${day}T00:00:00`).toISOString();
const dayOf = (iso: string | undefined): string => {
  if (iso === undefined) return '';
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? ''
    : `${time.getFullYear()}-${String(time.getMonth() + 1).padStart(2, '0')}-${String(time.getDate()).padStart(2, '0')}`;
};
const withOwn = (
  options: readonly (readonly [string, string])[],
  value: string,
): readonly (readonly [string, string])[] =>
  options.some(([key]) => key === value) ? options : [...options, [value, value] as const];

export function Page() {
  const [filter, set, clear] = useFilter(names);
  const refusal = useRefusal('manage');
  const list = useAudit(filter, refusal === undefined);
  const now = useNow();
  const [open, setOpen] = useState<AuditRecord>();
  const rows = list.data?.pages.flatMap((page) => page.data);
  const filtered = Object.keys(filter).length > 0;
  const download = (format: 'jsonl' | 'csv') => {
    // A plain navigation: the browser streams it to a file.
    location.assign(`/v1/audit/export${queryText({...filter, format})}`);
  };
  const columns: Column<AuditRecord>[] = [
    {
      key: 'what',
      title: 'What',
      main: true,
      cell: (record) => (
        <button type="button" className="row-link audit-open" onClick={() => setOpen(record)}>
          {actionText(record.action)}
        </button>
      ),
    },
    {key: 'who', title: 'Who', cell: (record) => actorText(record)},
    {
      key: 'target',
      title: 'To what',
      cell: (record) => (
        <span className="mono small">
          {record.target || <span className="faint">nothing in particular</span>}
        </span>
      ),
    },
    {
      key: 'from',
      title: 'From',
      wideOnly: true,
      cell: (record) =>
        record.actor.address ? (
          <code className="tiny">{record.actor.address}</code>
        ) : (
          <span className="faint">here</span>
        ),
    },
    {
      key: 'at',
      title: 'Time',
      end: true,
      cell: (record) => (
        <time dateTime={record.at} title={exactTime(record.at)} className="nowrap">
          {clockTime(record.at, now)}
        </time>
      ),
    },
  ];
  if (refusal !== undefined) {
    return (
      <>
        <PageHead title="Audit">Who did what, before and after, from where.</PageHead>
        <NotAllowed scope="manage" title="The trail is for admins">
          It names people and addresses, so only admins read it.
        </NotAllowed>
      </>
    );
  }
  return (
    <>
      <PageHead
        title="Audit"
        actions={
          <Menu
            label="Export"
            placement="bottom end"
            className="button button-plain"
            trigger={<span>Export…</span>}
            entries={[
              {
                id: 'csv',
                label: 'As CSV, for spreadsheets',
                icon: 'download',
                act: () => download('csv'),
              },
              {id: 'jsonl', label: 'As JSON lines', icon: 'download', act: () => download('jsonl')},
            ]}
          />
        }
      >
        Everything that changed something or showed a secret: who, what, before and after, from
        where. Each record is chained to the one before.
      </PageHead>
      <Verify />
      <div className="filters" role="search">
        <div className="wide">
          <FilterText
            label="Search"
            type="search"
            icon="search"
            placeholder="Any text in a record"
            value={filter.q ?? ''}
            onChange={(q) => set({q})}
          />
        </div>
        <Choice
          label="About"
          value={filter.action ?? ''}
          onChange={(action) => set({action})}
          options={withOwn(areas, filter.action ?? '')}
        />
        <Choice
          label="By"
          value={filter.actor ?? ''}
          onChange={(actor) => set({actor})}
          options={withOwn(kinds, filter.actor ?? '')}
        />
        <TextField
          label="From"
          type="date"
          value={dayOf(filter.since)}
          onChange={(day) => set({since: dayStart(day)})}
        />
        <TextField
          label="Before"
          type="date"
          value={dayOf(filter.until)}
          onChange={(day) => set({until: dayStart(day)})}
        />
        {filtered && (
          <Button kind="quiet" icon="cross" onClick={clear}>
            Clear
          </Button>
        )}
      </div>
      {filter.target && (
        <div className="gap-below">
          <Callout
            tone="info"
            actions={
              <Button small onClick={() => set({target: ''})}>
                Show all
              </Button>
            }
          >
            Only what was done to <code>{filter.target}</code>.
          </Callout>
        </div>
      )}
      {list.error && !rows ? (
        <Problem error={list.error} retry={() => void list.refetch()} />
      ) : (
        <Card flush>
          <Table
            label="Audit records"
            columns={columns}
            rows={rows}
            rowKey={(record) => String(record.sequence)}
            loading={list.isPending}
            dim={list.isPlaceholderData}
            empty={
              list.hasNextPage ? (
                <Empty title="Nothing found so far" icon="search">
                  <p>The search looks at a stretch of the trail at a time.</p>
                </Empty>
              ) : (
                <Empty
                  title={filtered ? 'No record matches' : 'Nothing is recorded yet'}
                  icon="audit"
                  actions={filtered && <Button onClick={clear}>Clear the filters</Button>}
                />
              )
            }
          />
          <More
            shown={rows?.length ?? 0}
            what="record"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            load={() => void list.fetchNextPage()}
            error={rows ? list.error : undefined}
          />
        </Card>
      )}
      {open && (
        <Record
          record={open}
          onClose={() => setOpen(undefined)}
          onTarget={() => {
            set({target: open.target});
            setOpen(undefined);
          }}
        />
      )}
    </>
  );
}
