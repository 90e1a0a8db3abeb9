import {Link, useParams} from 'react-router';

import {useCall} from '../../api/calls';
import {ApiError} from '../../api/client';
import type {Call} from '../../api/types';
import {proxyCurl} from '../../lib/curl';
import {bytes, duration, exactTime, plural} from '../../lib/format';
import {codeText} from '../../lib/words';
import {LinkButton} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Meter} from '../../ui/Charts';
import {Code} from '../../ui/Code';
import {CopyValue} from '../../ui/Copy';
import {Card, Empty, Facts, PageHead, Skeleton} from '../../ui/Page';
import {StatusBadge} from '../../ui/StateBadge';
import {Time} from '../../ui/Time';
import './calls.css';

export function Page() {
  const {id = ''} = useParams();
  const call = useCall(id);
  if (call.error instanceof ApiError && call.error.status === 404) {
    return (
      <Empty
        title="This call is not in the log"
        icon="calls"
        actions={<LinkButton to="/calls">All calls</LinkButton>}
      >
        <p>The log keeps a bounded number of calls; older ones make room.</p>
      </Empty>
    );
  }
  if (call.error) return <Problem error={call.error} retry={() => void call.refetch()} />;
  return (
    <>
      <PageHead
        name="Call"
        title={
          call.data ? (
            <span className="call-line">
              <span className={`method method-${call.data.method.toLowerCase()}`}>
                {call.data.method}
              </span>
              <span className="call-path mono">
                {call.data.path ?? 'no path'}
                {call.data.pathCut && '…'}
              </span>
            </span>
          ) : (
            'Call'
          )
        }
        back={{to: '/calls', label: 'Calls'}}
        actions={
          call.data?.app && call.data.user && call.data.path ? (
            <LinkButton
              icon="try"
              to={`/try?app=${call.data.app}&user=${encodeURIComponent(call.data.user)}&method=${call.data.method}&path=${encodeURIComponent(call.data.path)}`}
            >
              Try it again
            </LinkButton>
          ) : undefined
        }
      />
      {call.data ? (
        <Detail call={call.data} />
      ) : (
        <Card>
          <Skeleton lines={8} />
        </Card>
      )}
    </>
  );
}

function Detail({call}: {call: Call}) {
  const own = Math.max(0, call.durationMs - call.providerMs);
  return (
    <div className="stack">
      {call.code && (
        <Callout tone="warn" title="Wayleave answered this itself, not the provider">
          <p>{codeText(call.code)}</p>
          <p className="tiny">
            Code <code>{call.code}</code>
          </p>
        </Callout>
      )}
      {call.status === null && (
        <Callout tone="warn" title="Cut before an answer">
          The caller hung up, or the connection broke.
        </Callout>
      )}
      {call.cut && call.status !== null && (
        <Callout tone="warn" title="The answer was not given whole">
          The caller or the provider ended the connection in its middle.
        </Callout>
      )}
      <Card title="What happened">
        <Facts
          rows={[
            ['Status', <StatusBadge key="s" status={call.status} />],
            [
              'Ended',
              <span key="t">
                <Time at={call.endedAt} />
                <br />
                <span className="faint small">{exactTime(call.endedAt)}</span>
              </span>,
            ],
            [
              'App',
              call.app ? (
                <Link key="a" to={`/apps/${call.app}`}>
                  {call.app}
                </Link>
              ) : (
                'None of that name'
              ),
            ],
            [
              'Customer',
              call.user ? (
                call.connection ? (
                  <Link key="u" to={`/connections/${call.connection}`}>
                    {call.user}
                  </Link>
                ) : (
                  call.user
                )
              ) : (
                'Not connected'
              ),
            ],
            ['Sent', bytes(call.requestBytes)],
            ['Received', bytes(call.answerBytes)],
            [
              'Sent to the provider',
              call.attempts === 0 ? 'Not at all' : plural(call.attempts, 'time'),
            ],
            ['Request id', <CopyValue key="r" text={call.requestId} what="request id" />],
            call.traceId !== null && [
              'Trace',
              <CopyValue key="x" text={call.traceId} what="trace id" />,
            ],
          ]}
        />
      </Card>
      <Card title="Where the time went">
        <div className="phases">
          <Meter
            calm
            label="Waiting for the provider"
            value={call.providerMs}
            max={Math.max(1, call.durationMs)}
            text={duration(call.providerMs)}
          />
          <Meter
            calm
            label="Wayleave and the way to the caller"
            value={own}
            max={Math.max(1, call.durationMs)}
            text={duration(own)}
          />
          <p className="quiet small number">Together {duration(call.durationMs)}</p>
        </div>
      </Card>
      {call.app && call.user && call.path && (
        <>
          <Code
            what="curl command"
            title="The same call again"
            text={proxyCurl(location.origin, {
              app: call.app,
              user: call.user,
              method: call.method,
              path: call.path,
            })}
          />
          <p className="faint small">
            Query string, headers and body are not kept, so add them if the call needs them.{' '}
            <code>WAYLEAVE_KEY</code> holds your API key.
          </p>
        </>
      )}
    </div>
  );
}
