import {useCalls, useCallSummary} from '../../api/calls';
import type {Connection} from '../../api/types';
import {LinkButton} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {Histogram, TimeChart} from '../../ui/Charts';
import {Card, Empty} from '../../ui/Page';
import {More} from '../../ui/Table';
import {CallTable} from '../calls/CallTable';

export function Calls({connection}: {connection: Connection}) {
  const filter = {connection: connection.id};
  const list = useCalls(filter, true);
  const summary = useCallSummary({...filter, spanMs: 86_400_000});
  const rows = list.data?.pages.flatMap((page) => page.data);
  if (list.error && !rows) return <Problem error={list.error} retry={() => void list.refetch()} />;
  return (
    <div className="stack">
      {summary.data && summary.data.total > 0 && (
        <Card title="Last 24 hours">
          <div className="charts">
            <TimeChart buckets={summary.data.buckets} bucketMs={summary.data.bucketMs} />
            <Histogram durations={summary.data.durations} />
          </div>
        </Card>
      )}
      <Card flush>
        <CallTable
          rows={rows}
          loading={list.isPending}
          narrow
          empty={
            <Empty
              title="No calls yet"
              icon="calls"
              actions={
                <LinkButton
                  kind="primary"
                  icon="try"
                  to={`/try?app=${connection.app}&user=${encodeURIComponent(connection.user)}`}
                >
                  Try a call
                </LinkButton>
              }
            />
          }
        />
        <More
          shown={rows?.length ?? 0}
          what="call"
          hasMore={list.hasNextPage}
          loading={list.isFetchingNextPage}
          load={() => void list.fetchNextPage()}
          error={rows ? list.error : undefined}
        />
      </Card>
    </div>
  );
}
