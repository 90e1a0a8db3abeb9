import {Link} from 'react-router';

import {useApps, useProviders} from '../../api/apps';
import type {App} from '../../api/types';
import {plural} from '../../lib/format';
import {LinkButton} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {CopyValue} from '../../ui/Copy';
import {Card, Empty, PageHead} from '../../ui/Page';
import {ProviderSign} from '../../ui/ProviderSign';
import {Table, type Column} from '../../ui/Table';
import {Time} from '../../ui/Time';

export function Page() {
  const apps = useApps();
  const providers = useProviders();
  const nameOf = (slug: string): string =>
    providers.data?.data.find((provider) => provider.slug === slug)?.name ?? slug;
  const columns: Column<App>[] = [
    {
      key: 'slug',
      title: 'App',
      main: true,
      cell: (app) => (
        <span className="row">
          <ProviderSign name={nameOf(app.provider)} small />
          <Link className="row-link" to={`/apps/${app.slug}`}>
            {app.slug}
          </Link>
        </span>
      ),
    },
    {key: 'provider', title: 'Provider', cell: (app) => nameOf(app.provider)},
    {
      key: 'client',
      title: 'Client ID',
      wideOnly: true,
      cell: (app) => <CopyValue text={app.clientId} what="client ID" />,
    },
    {
      key: 'scopes',
      title: 'Scopes',
      cell: (app) => plural(app.scopes.length + app.optionalScopes.length, 'scope'),
    },
    {key: 'updated', title: 'Changed', cell: (app) => <Time at={app.updatedAt} />},
  ];
  return (
    <>
      <PageHead
        title="Apps"
        actions={
          <LinkButton to="/marketplace" kind="primary" icon="plus">
            Add an app
          </LinkButton>
        }
      >
        The OAuth apps your company has at providers. Customers connect to one of these.
      </PageHead>
      {apps.error && <Problem error={apps.error} retry={() => void apps.refetch()} />}
      {!apps.error && (
        <Card flush>
          <Table
            label="Apps"
            columns={columns}
            rows={apps.data?.data}
            rowKey={(app) => app.uuid}
            loading={apps.isPending}
            empty={
              <Empty
                title="No apps yet"
                icon="app"
                actions={
                  <LinkButton to="/marketplace" kind="primary" icon="store">
                    Open the marketplace
                  </LinkButton>
                }
              >
                <p>
                  An app is the OAuth client you register at a provider such as HubSpot. It has a
                  client ID, a secret and the scopes your customers will be asked for.
                </p>
              </Empty>
            }
          />
        </Card>
      )}
    </>
  );
}
