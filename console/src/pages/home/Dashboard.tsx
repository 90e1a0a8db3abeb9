import {Link, useNavigate} from 'react-router';

import {useHealth} from '../../api/admin';
import {useCalls, useCallSummary} from '../../api/calls';
import {useConnections} from '../../api/connections';
import type {ConnectionSummary} from '../../api/types';
import {count, percent, plural} from '../../lib/format';
import {plainly} from '../../lib/words';
import {LinkButton} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {TimeChart} from '../../ui/Charts';
import {Card, Empty, Skeleton} from '../../ui/Page';
import {StateBadge} from '../../ui/StateBadge';
import {Time} from '../../ui/Time';
import {CallTable} from '../calls/CallTable';
import '../calls/calls.css';

const day = 86_400_000;

export function Dashboard({summary}: {summary: ConnectionSummary}) {
  const navigate = useNavigate();
  const calls = useCallSummary({spanMs: day});
  const recent = useCalls({}, true);
  const health = useHealth();
  const broken = useConnections({state: 'needs_reauthorization'});
  const active = summary.byState.active ?? 0;
  const needing =
    (summary.byState.needs_reauthorization ?? 0) + (summary.byState.refresh_unknown ?? 0);
  const faults = health.data?.checks.filter((check) => check.status !== 'ok') ?? [];

  return (
    <div className="stack">
      {faults.map((check) => (
        <Callout
          beside
          key={check.name}
          tone={check.status === 'failed' ? 'bad' : 'warn'}
          title={plainly(check.text)}
          actions={
            <LinkButton small to="/health">
              Health
            </LinkButton>
          }
        >
          {check.remedy && plainly(check.remedy)}
        </Callout>
      ))}
      <div className="tiles">
        <Tile
          to="/connections?state=active"
          label="Active connections"
          value={count(active)}
          note={`of ${count(summary.total)}`}
        />
        <Tile
          to="/connections?state=needs_reauthorization"
          label="Need attention"
          value={count(needing)}
          note={needing === 0 ? 'all well' : 'customers must act'}
          tone={needing > 0 ? 'bad' : undefined}
        />
        <Tile
          to="/calls"
          label="Calls in 24 hours"
          value={calls.data ? count(calls.data.total) : '…'}
          note={calls.data ? `${percent(calls.data.failed, calls.data.total)} failed` : ''}
        />
        <Tile
          to="/health"
          label="Health"
          value={
            health.data
              ? health.data.status === 'ok'
                ? 'Good'
                : health.data.status === 'warning'
                  ? 'Warning'
                  : 'Failed'
              : '…'
          }
          note={
            health.data
              ? faults.length === 0
                ? 'every check passes'
                : plural(faults.length, 'finding')
              : ''
          }
          tone={
            health.data?.status === 'failed'
              ? 'bad'
              : health.data?.status === 'warning'
                ? 'warn'
                : undefined
          }
        />
      </div>
      <Card
        title="Calls"
        lead="The last 24 hours."
        actions={
          <LinkButton small to="/calls">
            All calls
          </LinkButton>
        }
      >
        {calls.data ? (
          calls.data.total > 0 ? (
            <TimeChart
              buckets={calls.data.buckets}
              bucketMs={calls.data.bucketMs}
              onPick={(since, until) =>
                void navigate(
                  `/calls?since=${encodeURIComponent(since)}&until=${encodeURIComponent(until)}`,
                )
              }
            />
          ) : (
            <Empty
              title="No calls in the last 24 hours"
              icon="calls"
              actions={
                <LinkButton to="/try" icon="try">
                  Try a call
                </LinkButton>
              }
            />
          )
        ) : calls.error ? (
          <Problem error={calls.error} retry={() => void calls.refetch()} />
        ) : (
          <Skeleton lines={5} height={20} />
        )}
      </Card>
      {(broken.data?.pages[0]?.data.length ?? 0) > 0 && (
        <Card
          title="Customers who must connect again"
          lead="Send each a re-authorise link; their connection then works on."
        >
          <ul className="attention">
            {broken.data?.pages[0]?.data.slice(0, 5).map((connection) => (
              <li key={connection.id} className="row-spread">
                <span className="row">
                  <Link to={`/connections/${connection.id}`} className="strong">
                    {connection.user}
                  </Link>
                  <span className="quiet small">{connection.app}</span>
                </span>
                <span className="row">
                  <StateBadge state={connection.state} />
                  <span className="quiet small">
                    <Time at={connection.updatedAt} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {(recent.data?.pages[0]?.data.length ?? 0) > 0 && (
        <Card title="Latest calls" flush>
          <CallTable rows={recent.data?.pages[0]?.data.slice(0, 8)} loading={false} />
        </Card>
      )}
    </div>
  );
}

function Tile({
  to,
  label,
  value,
  note,
  tone,
}: {
  to: string;
  label: string;
  value: string;
  note: string;
  tone?: 'bad' | 'warn' | undefined;
}) {
  return (
    <Link to={to} className="tile">
      <span className="quiet small">{label}</span>
      <span className={`tile-value number ${tone ? `tile-${tone}` : ''}`}>{value}</span>
      <span className="quiet small">{note}</span>
    </Link>
  );
}
