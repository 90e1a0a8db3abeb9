import {useState} from 'react';

import type {App, Connection, Provider} from '../../api/types';
import {compare} from '../../lib/scopes';
import {useInstall} from '../../lib/useInstall';
import {useRefusal} from '../../shell/Session';
import {Badge} from '../../ui/Badge';
import {Button, LinkButton, Spinner} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {TextField} from '../../ui/Field';
import {Card} from '../../ui/Page';

/** Plays a customer: the install in a window, then granted beside requested. */
export function TestApp({app, provider}: {app: App; provider: Provider | undefined}) {
  const refusal = useRefusal('connect');
  const [user, setUser] = useState('test-customer');
  const install = useInstall(app.slug, user.trim());
  return (
    <div className="stack">
      <Card
        title="Play a customer"
        lead={`A window opens with the connect page of ${app.slug}. Sign in at the provider with an account of your own, best a test account, and agree.`}
      >
        <div className="stack">
          <TextField
            label="Id to connect it under"
            value={user}
            onChange={setUser}
            mono
            disabled={install.waiting}
            hint="It becomes a connection like any other; disconnect it when you are done."
          />
          <div className="row">
            <Button
              kind="primary"
              icon="play"
              busy={install.starting}
              refusal={refusal ?? (user.trim() === '' ? 'Enter an id first' : undefined)}
              onClick={install.start}
            >
              {install.waiting || install.connected ? 'Start again' : 'Open the window'}
            </Button>
            {install.waiting && <Button onClick={install.stop}>Stop waiting</Button>}
          </div>
          {install.error && <Problem error={install.error} title="The test could not start" />}
          {install.waiting && <InstallWait install={install} />}
        </div>
      </Card>
      {install.connected && <Result app={app} connection={install.connected} provider={provider} />}
    </div>
  );
}

export function InstallWait({install}: {install: ReturnType<typeof useInstall>}) {
  if (install.blocked && install.link) {
    return (
      <Callout
        tone="warn"
        live
        title="Your browser kept the window from opening"
        actions={
          <a
            className="button button-plain button-small"
            href={install.link.url}
            target="_blank"
            rel="noreferrer"
          >
            <span>Open it in a tab</span>
          </a>
        }
      >
        Allow pop-ups for this page, or use the tab. This page notices by itself when the customer
        is connected.
      </Callout>
    );
  }
  return (
    <p className="row quiet" role="status">
      <Spinner />
      {install.closed
        ? 'The window is closed and nothing was connected yet. Start again when you like.'
        : 'Waiting for the consent in the other window…'}
    </p>
  );
}

function Result({
  app,
  connection,
  provider,
}: {
  app: App;
  connection: Connection;
  provider: Provider | undefined;
}) {
  const {granted, missing, extra} = compare(
    [...app.scopes, ...app.optionalScopes],
    connection.grantedScopes,
  );
  const titleOf = (name: string): string =>
    provider?.scopes.find((scope) => scope.name === name)?.title ?? name;
  const rows: [string, 'granted' | 'missing' | 'extra'][] = [
    ...missing.map((name) => [name, 'missing'] as [string, 'missing']),
    ...granted.map((name) => [name, 'granted'] as [string, 'granted']),
    ...extra.map((name) => [name, 'extra'] as [string, 'extra']),
  ];
  const badge = {
    granted: (
      <Badge tone="good" dot>
        granted
      </Badge>
    ),
    missing: (
      <Badge tone="bad" dot>
        not granted
      </Badge>
    ),
    extra: <Badge>not asked for</Badge>,
  };
  return (
    <Card
      title="It works"
      lead={
        connection.externalAccount
          ? `Connected to account ${connection.externalAccount}.`
          : 'Connected.'
      }
      actions={
        <>
          <LinkButton to={`/connections/${connection.id}`}>The connection</LinkButton>
          <LinkButton
            kind="primary"
            icon="try"
            to={`/try?app=${app.slug}&user=${encodeURIComponent(connection.user)}`}
          >
            Try a call
          </LinkButton>
        </>
      }
    >
      <div className="stack-small">
        {missing.length > 0 ? (
          <Callout tone="warn" title="Some scopes were not granted">
            Calls that need them will be refused by the provider. The account’s plan may lack them,
            or they are not enabled in the app at the provider.
          </Callout>
        ) : (
          <Callout tone="good" title="Everything that was asked for was granted" />
        )}
        {rows.map(([name, kind]) => (
          <div key={name} className="scope-line">
            <span className="strong">{titleOf(name)}</span>
            <code className="faint tiny grow">{name}</code>
            {badge[kind]}
          </div>
        ))}
      </div>
    </Card>
  );
}
