import {useState} from 'react';

import {useApps} from '../../api/apps';
import {useCalls, useCallSummary} from '../../api/calls';
import {count, duration, percent} from '../../lib/format';
import {spanOf, spans, type Span} from '../../lib/spans';
import {useFilter} from '../../lib/useFilter';
import {Button, LinkButton} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Histogram, TimeChart} from '../../ui/Charts';
import {Choice} from '../../ui/Field';
import {FilterText} from '../../ui/FilterText';
import {Card, Empty, PageHead, Skeleton} from '../../ui/Page';
import {More} from '../../ui/Table';
import {CallTable} from './CallTable';
import '../../ui/filters.css';
import './calls.css';

const names = [
  'app',
  'user',
  'connection',
  'method',
  'status',
  'code',
  'since',
  'until',
  'minDurationMs',
  'requestId',
  'span',
] as const;
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const outcomes = [
  ['', 'Any status'],
  ['2xx', '2xx, fine'],
  ['3xx', '3xx, redirected'],
  ['4xx', '4xx, refused'],
  ['5xx', '5xx, failed'],
  ['none', 'Cut before an answer'],
] as const;
const slow = [
  ['', 'Any time'],
  ['250', 'Over 250 ms'],
  ['1000', 'Over 1 s'],
  ['5000', 'Over 5 s'],
  ['20000', 'Over 20 s'],
] as const;

export function Page() {
  const [{span: spanName, ...filter}, set, clear] = useFilter(names);
  const [live, setLive] = useState(true);
  const apps = useApps();
  const span = spanOf(spanName);
  const list = useCalls(filter, live && filter.until === undefined);
  const {
    since: _since,
    until: _until,
    requestId: _requestId,
    minDurationMs: _min,
    code: _code,
    ...counted
  } = filter;
  const summary = useCallSummary({...counted, spanMs: span.ms}, live);
  const rows = list.data?.pages.flatMap((page) => page.data);
  const filtered = Object.keys(filter).length > 0;
  const pages = list.data?.pages.length ?? 0;

  return (
    <>
      <PageHead
        title="Calls"
        actions={
          <LinkButton to="/try" kind="primary" icon="try">
            Try a call
          </LinkButton>
        }
      >
        What your backend asked providers for, within a second of its end. No bodies, query strings
        or headers are kept.
      </PageHead>
      <Card
        title="Overview"
        className="gap-below"
        actions={
          <Choice
            label="Span"
            hideLabel
            value={span.name}
            onChange={(next) => set({span: next === '24h' ? '' : next})}
            options={spans.map((each: Span) => [each.name, each.label] as const)}
          />
        }
      >
        {summary.data ? (
          <>
            <p className="figures" role="status">
              <span>
                <strong className="number">{count(summary.data.total)}</strong>{' '}
                <span className="quiet">calls</span>
              </span>
              <span>
                <strong className="number">
                  {percent(summary.data.failed, summary.data.total)}
                </strong>{' '}
                <span className="quiet">failed</span>
              </span>
              {median(summary.data.durations) !== undefined && (
                <span>
                  <strong className="number">
                    {duration(median(summary.data.durations) ?? 0)}
                  </strong>{' '}
                  <span className="quiet">half are faster</span>
                </span>
              )}
            </p>
            <div className="charts">
              <TimeChart
                buckets={summary.data.buckets}
                bucketMs={summary.data.bucketMs}
                onPick={(since, until) => set({since, until})}
              />
              <Histogram durations={summary.data.durations} />
            </div>
            {summary.data.partial && (
              <p className="faint tiny">
                There were more calls than could be counted in time; the numbers are of a part.
              </p>
            )}
          </>
        ) : summary.error ? (
          <Problem error={summary.error} retry={() => void summary.refetch()} />
        ) : (
          <Skeleton lines={5} height={20} />
        )}
      </Card>
      <div className="filters" role="search">
        <FilterText
          label="Customer"
          type="search"
          placeholder="Exact id"
          value={filter.user ?? ''}
          onChange={(user) => set({user})}
        />
        <Choice
          label="App"
          value={filter.app ?? ''}
          onChange={(app) => set({app})}
          options={[
            ['', 'All apps'],
            ...(apps.data?.data ?? []).map((app) => [app.slug, app.slug] as const),
          ]}
        />
        <Choice
          label="Status"
          value={filter.status ?? ''}
          onChange={(status) => set({status})}
          options={
            outcomes.some(([key]) => key === (filter.status ?? ''))
              ? outcomes
              : [...outcomes, [filter.status ?? '', filter.status ?? '']]
          }
        />
        <Choice
          label="Method"
          value={filter.method ?? ''}
          onChange={(method) => set({method})}
          options={[['', 'Any method'], ...methods.map((method) => [method, method] as const)]}
        />
        <Choice
          label="Took"
          value={filter.minDurationMs ?? ''}
          onChange={(minDurationMs) => set({minDurationMs})}
          options={slow}
        />
        <FilterText
          label="Request id"
          type="search"
          placeholder="From an error"
          mono
          value={filter.requestId ?? ''}
          onChange={(requestId) => set({requestId})}
        />
        {filtered && (
          <Button kind="quiet" icon="cross" onClick={clear}>
            Clear
          </Button>
        )}
      </div>
      {(filter.since ?? filter.until ?? filter.connection ?? filter.code) && (
        <div className="gap-below">
          <Callout
            tone="info"
            actions={
              <Button small onClick={() => set({since: '', until: '', connection: '', code: ''})}>
                Show all times
              </Button>
            }
          >
            Only {filter.connection ? 'one connection' : 'calls'}
            {filter.since && ` from ${new Date(filter.since).toLocaleString('en-GB')}`}
            {filter.until && ` to ${new Date(filter.until).toLocaleString('en-GB')}`}
            {filter.code && ` with error ${filter.code}`}.
          </Callout>
        </div>
      )}
      <Card
        title={
          <span className="live">
            <span
              className={`live-dot ${live && pages <= 1 ? '' : 'live-dot-off'}`}
              aria-hidden="true"
            />
            {live ? 'Live' : 'Paused'}
          </span>
        }
        actions={
          <Button
            small
            icon={live ? 'pause' : 'play'}
            aria-pressed={!live}
            onClick={() => setLive(!live)}
          >
            {live ? 'Pause' : 'Go on'}
          </Button>
        }
        flush
      >
        {list.error && !rows ? (
          <div className="card-body">
            <Problem error={list.error} retry={() => void list.refetch()} />
          </div>
        ) : (
          <CallTable
            rows={rows}
            loading={list.isPending}
            dim={list.isPlaceholderData}
            empty={
              filtered ? (
                <Empty
                  title={list.hasNextPage ? 'Nothing found so far' : 'No call matches'}
                  icon="search"
                  actions={<Button onClick={clear}>Clear the filters</Button>}
                />
              ) : (
                <Empty
                  title="No calls yet"
                  icon="calls"
                  actions={
                    <LinkButton to="/try" kind="primary" icon="try">
                      Try a call
                    </LinkButton>
                  }
                >
                  <p>
                    Every call your backend sends through Wayleave shows up here about a second
                    after it ended.
                  </p>
                </Empty>
              )
            }
          />
        )}
        <More
          shown={rows?.length ?? 0}
          what="call"
          hasMore={list.hasNextPage}
          loading={list.isFetchingNextPage}
          load={() => {
            setLive(false);
            void list.fetchNextPage();
          }}
          error={rows ? list.error : undefined}
        />
      </Card>
    </>
  );
}

/** The upper edge of the bar in which the middle call lies. */
function median(durations: {upToMs: number | null; count: number}[]): number | undefined {
  const total = durations.reduce((sum, bar) => sum + bar.count, 0);
  if (total === 0) return undefined;
  let sum = 0;
  for (const bar of durations) {
    sum += bar.count;
    if (sum * 2 >= total) return bar.upToMs ?? undefined;
  }
  return undefined;
}
