import {useState} from 'react';
import {Link} from 'react-router';

import {useApps} from '../../api/apps';
import {useConnections, useConnectionSummary} from '../../api/connections';
import type {Connection, ConnectionState} from '../../api/types';
import {count} from '../../lib/format';
import {useFilter} from '../../lib/useFilter';
import {states} from '../../lib/words';
import {useRefusal} from '../../shell/Session';
import {Button, LinkButton} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {Choice} from '../../ui/Field';
import {FilterText} from '../../ui/FilterText';
import {Card, Empty, PageHead} from '../../ui/Page';
import {StateBadge} from '../../ui/StateBadge';
import {More, Table, type Column} from '../../ui/Table';
import {Time} from '../../ui/Time';
import {Connect} from './Connect';
import '../../ui/filters.css';

const columns: Column<Connection>[] = [
  {
    key: 'user',
    title: 'Customer',
    main: true,
    cell: (row) => (
      <Link className="row-link" to={`/connections/${row.id}`}>
        {row.user}
      </Link>
    ),
  },
  {key: 'state', title: 'State', cell: (row) => <StateBadge state={row.state} />},
  {key: 'app', title: 'App', cell: (row) => <span className="slug">{row.app}</span>},
  {
    key: 'account',
    title: 'Account',
    cell: (row) => row.externalAccount ?? <span className="faint">unknown</span>,
  },
  {
    key: 'scopes',
    title: 'Scopes',
    wideOnly: true,
    cell: (row) =>
      row.missingScopes.length > 0 ? (
        <span className="field-warning">
          {row.grantedScopes.length}, {row.missingScopes.length} not granted
        </span>
      ) : (
        row.grantedScopes.length
      ),
  },
  {key: 'call', title: 'Last call', cell: (row) => <Time at={row.lastCallAt} />},
  {
    key: 'next',
    title: 'Next renewal',
    wideOnly: true,
    cell: (row) => <Time at={row.nextRefreshAt} never="Not planned" />,
  },
  {key: 'made', title: 'Connected', wideOnly: true, cell: (row) => <Time at={row.createdAt} />},
];

export function Page() {
  const [filter, set, clear] = useFilter(['app', 'state', 'q'] as const);
  const apps = useApps();
  const refusal = useRefusal('connect');
  const [connecting, setConnecting] = useState(false);
  const list = useConnections(filter);
  const summary = useConnectionSummary(filter.app);
  const rows = list.data?.pages.flatMap((page) => page.data);
  const filtered = Object.keys(filter).length > 0;
  const byState = summary.data?.byState;

  return (
    <>
      <PageHead
        title="Connections"
        actions={
          <Button
            icon="plus"
            kind="primary"
            refusal={
              refusal ?? (apps.data?.data.length === 0 ? 'Register an app first' : undefined)
            }
            onClick={() => setConnecting(true)}
          >
            Connect a customer
          </Button>
        }
      >
        Each is one customer’s permission for one app.
      </PageHead>
      <div className="chips" role="group" aria-label="State">
        <button
          type="button"
          className="chip"
          aria-pressed={filter.state === undefined}
          onClick={() => set({state: ''})}
        >
          All <span className="number">{summary.data ? count(summary.data.total) : ''}</span>
        </button>
        {(Object.keys(states) as ConnectionState[]).map((state) => (
          <button
            type="button"
            key={state}
            className="chip"
            aria-pressed={filter.state === state}
            onClick={() => set({state: filter.state === state ? '' : state})}
          >
            {states[state].label}{' '}
            <span className="number">{summary.data ? count(byState?.[state] ?? 0) : ''}</span>
          </button>
        ))}
      </div>
      <div className="filters" role="search">
        <div className="wide">
          <FilterText
            label="Search"
            hideLabel
            type="search"
            icon="search"
            placeholder="Customer or account, by its beginning"
            value={filter.q ?? ''}
            onChange={(q) => set({q})}
          />
        </div>
        <Choice
          label="App"
          hideLabel
          value={filter.app ?? ''}
          onChange={(app) => set({app})}
          options={[
            ['', 'All apps'],
            ...(apps.data?.data ?? []).map((app) => [app.slug, app.slug] as const),
          ]}
        />
        {filtered && (
          <Button kind="quiet" icon="cross" onClick={clear}>
            Clear
          </Button>
        )}
      </div>
      {list.error && rows === undefined ? (
        <Problem error={list.error} retry={() => void list.refetch()} />
      ) : (
        <Card flush>
          <Table
            label="Connections"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            loading={list.isPending}
            dim={list.isPlaceholderData}
            empty={
              filtered ? (
                <Empty
                  title="No connection matches"
                  icon="search"
                  actions={<Button onClick={clear}>Clear the filters</Button>}
                >
                  <p>
                    The search looks at the beginning of your customer id and of the account at the
                    provider.
                  </p>
                </Empty>
              ) : (
                <Empty
                  title="Nobody is connected yet"
                  icon="link"
                  actions={
                    <LinkButton to="/" kind="primary">
                      Connect your first customer
                    </LinkButton>
                  }
                >
                  <p>
                    Make an install link for a customer, send it to them, and they appear here as
                    soon as they agree.
                  </p>
                </Empty>
              )
            }
          />
          <More
            shown={rows?.length ?? 0}
            what="connection"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            load={() => void list.fetchNextPage()}
            error={rows !== undefined ? list.error : undefined}
          />
        </Card>
      )}
      {connecting && apps.data && (
        <Connect
          slugs={apps.data.data.map((app) => app.slug)}
          first={filter.app}
          onClose={() => setConnecting(false)}
        />
      )}
    </>
  );
}
