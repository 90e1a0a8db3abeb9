// The first customer, step by step, with the sandbox in the provider's place.
import {useQuery} from '@tanstack/react-query';
import {useState} from 'react';
import {Link} from 'react-router';

import {useCreateApp, useProviders} from '../../api/apps';
import {tryCall, type TriedAnswer} from '../../api/calls';
import {get} from '../../api/client';
import type {App, Connection, Page, Provider} from '../../api/types';
import {apiCurl, proxyCurl} from '../../lib/curl';
import {freeSlug} from '../../lib/fields';
import {useInstall} from '../../lib/useInstall';
import {useRefusal} from '../../shell/Session';
import {Button, LinkButton} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Code} from '../../ui/Code';
import {CopyValue} from '../../ui/Copy';
import {Card, Skeleton} from '../../ui/Page';
import {InstallWait} from '../apps/TestApp';
import {Answer} from '../try/Answer';
import {Curl, Step} from './Step';

const customer = 'customer-1';
const sandboxScopes = ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write'];
const firstPath = '/crm/v3/objects/contacts?limit=3';

export function Guide({apps}: {apps: App[]}) {
  const providers = useProviders();
  if (providers.isPending)
    return (
      <Card>
        <Skeleton lines={8} height={20} />
      </Card>
    );
  const sandbox = providers.data?.data.find((provider) => provider.slug.endsWith('-sandbox'));
  if (!sandbox?.usable) return <WithoutSandbox />;
  return <Steps apps={apps} sandbox={sandbox} />;
}

function WithoutSandbox() {
  return (
    <Card title="Begin with a provider of yours, or with the sandbox">
      <div className="stack">
        <p>
          The sandbox is a stand-in for HubSpot that comes with Wayleave. It runs beside it, and the
          guide then works without any account:
        </p>
        <Code
          what="commands that start the sandbox"
          title="Start both"
          text={'wayleave sandbox --auto-consent\nwayleave serve --sandbox http://127.0.0.1:9090'}
        />
        <p>
          Or set up an app you have at a provider: choose it in the marketplace, paste its ids, copy
          the redirect URL, and test it.
        </p>
        <div className="row">
          <LinkButton to="/marketplace" kind="primary" icon="store">
            Open the marketplace
          </LinkButton>
        </div>
      </div>
    </Card>
  );
}

function Steps({apps, sandbox}: {apps: App[]; sandbox: Provider}) {
  const origin = location.origin;
  const app = apps.find((each) => each.provider === sandbox.slug);
  const slug =
    app?.slug ??
    freeSlug(
      'first',
      apps.map((each) => each.slug),
    );
  const create = useCreateApp();
  const manage = useRefusal('manage');
  const connect = useRefusal('connect');
  const proxy = useRefusal('proxy');
  const install = useInstall(slug, customer);
  const known = useQuery({
    queryKey: ['connections', 'guide', slug],
    queryFn: ({signal}) =>
      get<Page<Connection>>(
        '/v1/connections',
        {app: slug, user: customer, state: 'active'},
        signal,
      ),
    enabled: app !== undefined,
  });
  const connection = install.connected ?? known.data?.data[0];
  const [answer, setAnswer] = useState<TriedAnswer>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const newApp = {
    slug,
    provider: sandbox.slug,
    clientId: 'first-client',
    clientSecret: 'first-client-secret',
    appId: '1',
    scopes: sandboxScopes,
  };
  const call = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setAnswer(
        await tryCall(
          {app: slug, user: customer, method: 'GET', path: firstPath, headers: []},
          new AbortController().signal,
        ),
      );
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const linkMade = install.link !== undefined || connection !== undefined;
  const at =
    app === undefined ? 1 : !connection ? (install.link ? 3 : 2) : answer?.status === 200 ? 5 : 4;

  return (
    <div className="guide">
      <ol className="steps">
        <Step n={1} title="Create an app" done={app !== undefined} now={at === 1}>
          <p className="quiet">
            An app is the OAuth client you have at a provider. The sandbox takes any id and secret,
            so this is one press.
          </p>
          {app ? (
            <p className="small">
              App{' '}
              <Link className="inline" to={`/apps/${app.slug}`}>
                {app.slug}
              </Link>{' '}
              at {sandbox.name}.
            </p>
          ) : (
            <div className="row">
              <Button
                kind="primary"
                busy={create.isPending}
                refusal={manage}
                onClick={() => create.mutate(newApp)}
              >
                Create app “{slug}”
              </Button>
            </div>
          )}
          {create.error && <Problem error={create.error} title="The app was not created" />}
          <Curl text={apiCurl(origin, 'POST', '/v1/apps', newApp)} />
        </Step>
        <Step n={2} title="Make an install link" done={linkMade} now={at === 2}>
          <p className="quiet">
            For one customer, named as your own system names them: here <code>{customer}</code>. You
            would mail it or put it behind a button.
          </p>
          {at === 2 && (
            <div className="row">
              <Button
                kind="primary"
                busy={install.starting}
                refusal={connect}
                onClick={install.start}
              >
                Make the link and open it
              </Button>
            </div>
          )}
          {install.link && <CopyValue text={install.link.url} what="install link" />}
          {install.error && <Problem error={install.error} title="No link was made" />}
          <Curl text={apiCurl(origin, 'POST', '/v1/install-links', {app: slug, user: customer})} />
        </Step>
        <Step n={3} title="Connect as the customer" done={connection !== undefined} now={at === 3}>
          <p className="quiet">
            In the window that opened, press the button and agree. Your customer would do the same
            at the real provider.
          </p>
          {install.waiting && (
            <>
              <InstallWait install={install} />
              <div className="row">
                <Button small onClick={install.start} busy={install.starting}>
                  Open another window
                </Button>
              </div>
            </>
          )}
          {connection && (
            <Callout
              tone="good"
              live
              title={
                <>
                  Connected:{' '}
                  <Link className="inline" to={`/connections/${connection.id}`}>
                    {connection.user}
                  </Link>
                </>
              }
            >
              {connection.externalAccount ? `Account ${connection.externalAccount}. ` : ''}Wayleave
              keeps the tokens and renews them from now on.
            </Callout>
          )}
          {at === 3 && (
            <Curl text={apiCurl(origin, 'GET', `/v1/connections?app=${slug}&user=${customer}`)} />
          )}
        </Step>
        <Step n={4} title="Make the first call" done={at === 5} now={at === 4}>
          <p className="quiet">
            The provider’s own API, with your customer’s token put in by Wayleave. Method, path and
            answer go through untouched.
          </p>
          {connection && (
            <div className="row">
              <Button
                kind={at === 4 ? 'primary' : 'plain'}
                icon="play"
                busy={busy}
                refusal={proxy}
                onClick={() => void call()}
              >
                GET {firstPath}
              </Button>
            </div>
          )}
          {error !== undefined && <Problem error={error} title="The call was not made" />}
          {answer && <Answer answer={answer} />}
          <Curl
            text={proxyCurl(origin, {app: slug, user: customer, method: 'GET', path: firstPath})}
          />
        </Step>
      </ol>
      {at === 5 && (
        <Callout
          tone="good"
          live
          title="That is all there is to it"
          actions={
            <>
              <LinkButton small kind="primary" to="/keys" icon="key">
                Make a key for your backend
              </LinkButton>
              <LinkButton small to="/calls" icon="calls">
                See the call in the log
              </LinkButton>
              <LinkButton small to="/marketplace" icon="store">
                Set up a real provider
              </LinkButton>
            </>
          }
        >
          With an API key your backend does the same. From here on, this page shows how things go.
        </Callout>
      )}
    </div>
  );
}
