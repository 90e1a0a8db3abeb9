import {useState} from 'react';
import {useNavigate, useParams, useSearchParams} from 'react-router';

import {useApp, useDeleteApp, useProvider} from '../../api/apps';
import {ApiError} from '../../api/client';
import {useConnectionSummary} from '../../api/connections';
import type {App} from '../../api/types';
import {plural} from '../../lib/format';
import {useRefusal} from '../../shell/Session';
import {Button, LinkButton} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Confirm} from '../../ui/Dialog';
import {Card, Empty, PageHead, Skeleton, TabLinks} from '../../ui/Page';
import {ProviderSign} from '../../ui/ProviderSign';
import {tell} from '../../lib/toasts';
import {Appearance} from './Appearance';
import {Edit} from './Edit';
import {Overview} from './Overview';
import {TestApp} from './TestApp';
import './apps.css';

export function Page() {
  const {slug = '', tab} = useParams();
  const app = useApp(slug);
  const provider = useProvider(app.data?.provider);
  const [params] = useSearchParams();
  if (app.error instanceof ApiError && app.error.status === 404) {
    return (
      <Empty
        title={`There is no app ${slug}`}
        icon="app"
        actions={<LinkButton to="/apps">All apps</LinkButton>}
      >
        <p>It may have been removed.</p>
      </Empty>
    );
  }
  if (app.error) return <Problem error={app.error} retry={() => void app.refetch()} />;
  if (!app.data)
    return (
      <>
        <PageHead title={slug} back={{to: '/apps', label: 'Apps'}} />
        <Card>
          <Skeleton lines={6} />
        </Card>
      </>
    );
  return (
    <>
      <PageHead
        name={app.data.slug}
        title={
          <span className="row app-title">
            <ProviderSign name={provider.data?.name ?? app.data.provider} small />
            {app.data.slug}
          </span>
        }
        back={{to: '/apps', label: 'Apps'}}
        actions={
          <>
            <LinkButton to={`/connections?app=${app.data.slug}`} icon="link">
              Connections
            </LinkButton>
            <LinkButton to={`/apps/${app.data.slug}/test`} kind="primary" icon="play">
              Test this app
            </LinkButton>
          </>
        }
      >
        {provider.data?.name ?? app.data.provider}
      </PageHead>
      <TabLinks
        label="Parts of the app"
        tabs={[
          {to: `/apps/${app.data.slug}`, label: 'Overview'},
          {to: `/apps/${app.data.slug}/settings`, label: 'Settings'},
          {to: `/apps/${app.data.slug}/appearance`, label: 'Connect page'},
          {to: `/apps/${app.data.slug}/test`, label: 'Test'},
        ]}
      />
      {tab === undefined && (
        <Overview app={app.data} provider={provider.data} fresh={params.get('new') === '1'} />
      )}
      {tab === 'settings' &&
        (provider.data ? (
          <div className="stack">
            <Edit key={app.data.updatedAt} app={app.data} provider={provider.data} />
            <Remove app={app.data} />
          </div>
        ) : (
          <Skeleton lines={8} />
        ))}
      {tab === 'appearance' && (
        <Appearance
          key={app.data.updatedAt}
          app={app.data}
          providerName={provider.data?.name ?? app.data.provider}
          provider={provider.data}
        />
      )}
      {tab === 'test' && <TestApp app={app.data} provider={provider.data} />}
    </>
  );
}

function Remove({app}: {app: App}) {
  const navigate = useNavigate();
  const refusal = useRefusal('manage');
  const summary = useConnectionSummary(app.slug);
  const remove = useDeleteApp(app.slug);
  const [open, setOpen] = useState(false);
  const total = summary.data?.total ?? 0;
  return (
    <Card
      title="Remove this app"
      lead="Its connections are forgotten with it. They are not revoked at the provider: disconnect them first when they should be."
      actions={
        <Button kind="danger-plain" icon="trash" refusal={refusal} onClick={() => setOpen(true)}>
          Remove
        </Button>
      }
    >
      <Confirm
        title={`Remove ${app.slug}?`}
        open={open}
        onClose={() => setOpen(false)}
        action="Remove the app"
        typed={app.slug}
        act={async () => {
          await remove.mutateAsync(total > 0);
          tell(`App ${app.slug} was removed.`);
          void navigate('/apps');
        }}
      >
        {total > 0 ? (
          <Callout tone="warn" title={`${plural(total, 'connection')} will be forgotten`}>
            These customers must connect again, and your access stays listed at the provider until
            somebody removes it there.
          </Callout>
        ) : (
          <p>No customer is connected to it. This cannot be undone.</p>
        )}
      </Confirm>
    </Card>
  );
}
