import {useState} from 'react';
import {useNavigate, useParams} from 'react-router';

import {ApiError} from '../../api/client';
import {useConnection, useDisconnect, useRefresh} from '../../api/connections';
import type {Connection} from '../../api/types';
import {reasonText, states} from '../../lib/words';
import {useRefusal} from '../../shell/Session';
import {Button, LinkButton} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Confirm} from '../../ui/Dialog';
import {Card, Empty, PageHead, Skeleton, TabLinks} from '../../ui/Page';
import {StateBadge} from '../../ui/StateBadge';
import {tell} from '../../lib/toasts';
import {Calls} from './Calls';
import {History} from './History';
import {Overview} from './Overview';

export function Page() {
  const {id = '', tab} = useParams();
  const connection = useConnection(id);
  if (connection.error instanceof ApiError && connection.error.status === 404) {
    return (
      <Empty
        title="There is no such connection"
        icon="link"
        actions={<LinkButton to="/connections">All connections</LinkButton>}
      >
        <p>It was disconnected, or the link is wrong. The audit trail knows what happened to it.</p>
      </Empty>
    );
  }
  if (connection.error && !connection.data)
    return <Problem error={connection.error} retry={() => void connection.refetch()} />;
  if (!connection.data)
    return (
      <>
        <PageHead title="Connection" back={{to: '/connections', label: 'Connections'}} />
        <Card>
          <Skeleton lines={7} />
        </Card>
      </>
    );
  const data = connection.data;
  const base = `/connections/${data.id}`;
  return (
    <>
      <PageHead
        name={data.user}
        title={
          <span className="row">
            {data.user}
            <StateBadge state={data.state} />
          </span>
        }
        back={{to: '/connections', label: 'Connections'}}
        actions={<Actions connection={data} />}
      >
        Connected to {data.app}
        {data.externalAccount && <>, account {data.externalAccount}</>}
      </PageHead>
      <StateNote connection={data} />
      <TabLinks
        label="Parts of the connection"
        tabs={[
          {to: base, label: 'Overview'},
          {to: `${base}/history`, label: 'History'},
          {to: `${base}/calls`, label: 'Calls'},
        ]}
      />
      {tab === undefined && <Overview connection={data} />}
      {tab === 'history' && <History connection={data} />}
      {tab === 'calls' && <Calls connection={data} />}
    </>
  );
}

function StateNote({connection}: {connection: Connection}) {
  if (connection.state === 'active') return null;
  const state = states[connection.state];
  const reason = reasonText(connection.stateReason);
  return (
    <div className="state-note">
      <Callout
        tone={state.tone === 'bad' ? 'bad' : state.tone === 'warn' ? 'warn' : 'info'}
        title={state.label}
      >
        <p>{state.text}</p>
        {reason && <p>{reason}</p>}
      </Callout>
    </div>
  );
}

function Actions({connection}: {connection: Connection}) {
  const navigate = useNavigate();
  const refusal = useRefusal('connect');
  const refresh = useRefresh(connection.id);
  const disconnect = useDisconnect(connection.id);
  const [open, setOpen] = useState(false);
  const gone = connection.state === 'revoked';
  const noToken = !connection.hasRefreshToken
    ? 'The provider gave no refresh token; the customer must connect again when the access token ends.'
    : undefined;
  return (
    <>
      <LinkButton
        icon="try"
        to={`/try?app=${connection.app}&user=${encodeURIComponent(connection.user)}`}
      >
        Try a call
      </LinkButton>
      <Button
        icon="refresh"
        busy={refresh.isPending}
        refusal={refusal ?? (gone ? 'The connection is revoked.' : noToken)}
        onClick={() =>
          refresh.mutate(undefined, {
            onSuccess: () => tell('The token was renewed.'),
            onError: (error) => tell(`Not renewed: ${error.message}`, 'bad'),
          })
        }
      >
        Renew now
      </Button>
      <Button kind="danger-plain" icon="trash" refusal={refusal} onClick={() => setOpen(true)}>
        Disconnect
      </Button>
      <Confirm
        title={`Disconnect ${connection.user}?`}
        open={open}
        onClose={() => setOpen(false)}
        action="Disconnect"
        typed={connection.user.length <= 40 ? connection.user : 'disconnect'}
        act={async () => {
          const done = await disconnect.mutateAsync();
          tell(
            done.revoked
              ? `${connection.user} is disconnected, and the provider confirmed it.`
              : `${connection.user} is disconnected here. The provider could not confirm the revocation; it may still list your app.`,
            done.revoked ? 'good' : 'info',
          );
          void navigate('/connections');
        }}
      >
        <Callout tone="warn" title="Calls for this customer stop at once">
          <p>
            The tokens are erased here and revoked at the provider. Only the customer can bring the
            connection back, by agreeing again.
          </p>
        </Callout>
      </Confirm>
    </>
  );
}
