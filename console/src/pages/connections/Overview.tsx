import type {ConnectionDetail} from '../../api/types';
import {proxyCurl} from '../../lib/curl';
import {count, percent, period, plural} from '../../lib/format';
import {states} from '../../lib/words';
import {Badge} from '../../ui/Badge';
import {LinkButton} from '../../ui/Button';
import {Callout} from '../../ui/Callout';
import {Meter} from '../../ui/Charts';
import {Code} from '../../ui/Code';
import {CopyValue} from '../../ui/Copy';
import {Card, Facts} from '../../ui/Page';
import {Time} from '../../ui/Time';
import {MakeLink} from '../apps/MakeLink';
import {Reveal} from './Reveal';
import './connections.css';

export function Overview({connection}: {connection: ConnectionDetail}) {
  const calls = connection.calls24h;
  const metadata = Object.entries(connection.metadata);
  return (
    <div className="stack">
      {(connection.failedRefreshes ?? 0) > 0 && connection.state === 'active' && (
        <Callout
          tone="warn"
          title={`The last ${plural(connection.failedRefreshes ?? 0, 'renewal')} failed`}
        >
          Wayleave goes on trying. The History tab tells why; the connection is not lost.
        </Callout>
      )}
      <Card title="Facts">
        <Facts
          rows={[
            connection.state === 'active' && ['State', states.active.text],
            [
              'Account at the provider',
              connection.externalAccount ? (
                <CopyValue key="a" text={connection.externalAccount} what="account" />
              ) : (
                'Not known'
              ),
            ],
            ['App', connection.app],
            [
              'Your id of the customer',
              <CopyValue key="u" text={connection.user} what="customer id" />,
            ],
            ['Connection', <CopyValue key="i" text={connection.id} what="connection id" />],
            ['Connected', <Time key="c" at={connection.createdAt} />],
            ['Last renewed', <Time key="r" at={connection.refreshedAt} never="Not yet" />],
            [
              'Access token ends',
              <Time key="e" at={connection.expiresAt} never="The provider does not tell" />,
            ],
            ['Next renewal', <Time key="n" at={connection.nextRefreshAt} never="Not planned" />],
            ['Last call', <Time key="l" at={connection.lastCallAt} never="None yet" />],
            ...metadata.map(([name, value]) => [name, value] as const),
          ]}
        />
      </Card>
      <div className="grid-two">
        <Card
          title="Calls in the last 24 hours"
          actions={
            <LinkButton small to={`/connections/${connection.id}/calls`}>
              All calls
            </LinkButton>
          }
        >
          {calls && calls.total > 0 ? (
            <p>
              <span className="figure number">
                {calls.partial && 'over '}
                {count(calls.total)}
              </span>{' '}
              <span className="quiet">
                {calls.failed === 0
                  ? 'none failed'
                  : `${count(calls.failed)} failed, ${percent(calls.failed, calls.total)}`}
              </span>
            </p>
          ) : (
            <p className="quiet">None.</p>
          )}
        </Card>
        <Card title="Rate limits" lead="What the provider allows this account, and what is in use.">
          {connection.rateLimits && connection.rateLimits.length > 0 ? (
            <div className="stack-small">
              {connection.rateLimits.map((limit) => (
                <Meter
                  key={limit.name}
                  label={`${limit.counts === 'app' ? 'All customers, ' : ''}${limit.name}: ${plural(limit.requests, 'call')} in ${period(limit.periodMs)}`}
                  value={limit.used}
                  max={limit.requests}
                  text={`${count(limit.used)} used`}
                />
              ))}
            </div>
          ) : (
            <p className="quiet">The provider’s file names none.</p>
          )}
        </Card>
      </div>
      <Card
        title="Scopes"
        lead={
          connection.missingScopes.length > 0
            ? 'Calls that need what was not granted are refused by the provider.'
            : 'Everything that was asked for was granted.'
        }
      >
        <ul className="scope-chips">
          {connection.missingScopes.map((scope) => (
            <li key={scope}>
              <Badge tone="bad" dot>
                {scope}, not granted
              </Badge>
            </li>
          ))}
          {connection.grantedScopes.map((scope) => (
            <li key={scope}>
              <Badge tone="good" dot>
                {scope}
              </Badge>
            </li>
          ))}
        </ul>
      </Card>
      <MakeLink app={connection.app} user={connection.user} />
      <Code
        what="command for a call as this customer"
        title="A call as this customer"
        text={proxyCurl(location.origin, {
          app: connection.app,
          user: connection.user,
          method: 'GET',
          path: '/',
        })}
      />
      <Reveal connection={connection} />
    </div>
  );
}
