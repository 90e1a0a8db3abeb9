import {useHistory} from '../../api/connections';
import type {AuditRecord, ConnectionDetail} from '../../api/types';
import {actionText, actorText, reasonText} from '../../lib/words';
import {Problem} from '../../ui/Callout';
import {Card, Empty, Skeleton} from '../../ui/Page';
import {More} from '../../ui/Table';
import {Time} from '../../ui/Time';
import {Renewals} from './Renewals';
import './connections.css';

const bad = /needs_reauthorization|failed|denied|damaged|revoked|disconnected/;
const warn = /unknown|expiring|revealed/;
const good = /connected|recovered|refreshed|active/;
const toneOf = (action: string): string =>
  bad.test(action)
    ? 'timeline-bad'
    : warn.test(action)
      ? 'timeline-warn'
      : good.test(action)
        ? 'timeline-good'
        : '';

/** What stands at the head of the page already. */
const known = new Set(['app', 'user', 'connection', 'outcome', 'account']);

const detailNames: Record<string, string> = {
  providerCode: 'the provider says',
  providerStatus: 'the provider answered',
  revoked: 'confirmed by the provider:',
};

/** What a record's detail says in a few words. */
function detailText(record: AuditRecord): string {
  return Object.entries(record.detail)
    .filter(
      ([name, value]) =>
        !known.has(name) &&
        (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'),
    )
    .map(([name, value]) =>
      name === 'reason'
        ? (reasonText(String(value)) ?? '')
        : `${detailNames[name] ?? name} ${value === true ? 'yes' : value === false ? 'no' : String(value)}`,
    )
    .filter(Boolean)
    .join(' · ');
}

export function History({connection}: {connection: ConnectionDetail}) {
  const {id} = connection;
  const history = useHistory(id);
  const rows = history.data?.pages.flatMap((page) => page.data);
  if (history.error && !rows)
    return <Problem error={history.error} retry={() => void history.refetch()} />;
  if (!rows)
    return (
      <Card>
        <Skeleton lines={6} height={20} />
      </Card>
    );
  if (rows.length === 0)
    return (
      <Card>
        <Empty title="Nothing is recorded yet" icon="clock" />
      </Card>
    );
  return (
    <div className="stack">
      <Renewals refreshes={connection.refreshes ?? []} />
      <Card flush>
        <div className="card-body">
          <ol className="timeline">
            {rows.map((record) => (
              <li key={record.sequence} className={`timeline-item ${toneOf(record.action)}`}>
                <span className="timeline-dot" aria-hidden="true" />
                <div className="stack-tiny">
                  <div className="row-spread">
                    <span className="strong">{actionText(record.action)}</span>
                    <span className="quiet small">
                      <Time at={record.at} />
                    </span>
                  </div>
                  <p className="quiet small">
                    {actorText(record)}
                    {detailText(record) !== '' && ` · ${detailText(record)}`}
                  </p>
                </div>
              </li>
            ))}
          </ol>
        </div>
        <More
          shown={rows.length}
          what="record"
          hasMore={history.hasNextPage}
          loading={history.isFetchingNextPage}
          load={() => void history.fetchNextPage()}
          error={history.error}
        />
      </Card>
    </div>
  );
}
