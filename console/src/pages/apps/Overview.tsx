import type {App, Provider} from '../../api/types';
import {apiCurl} from '../../lib/curl';
import {Badge} from '../../ui/Badge';
import {LinkButton} from '../../ui/Button';
import {Callout} from '../../ui/Callout';
import {Code} from '../../ui/Code';
import {CopyValue} from '../../ui/Copy';
import {Card, Facts} from '../../ui/Page';
import {Time} from '../../ui/Time';
import {Guide} from './Guide';
import {MakeLink} from './MakeLink';
import '../try/try.css';

export function Overview({
  app,
  provider,
  fresh,
}: {
  app: App;
  provider: Provider | undefined;
  fresh: boolean;
}) {
  const name = provider?.name ?? app.provider;
  const describe = (scope: string) => provider?.scopes.find((known) => known.name === scope);
  return (
    <div className="stack">
      {fresh && (
        <Callout
          tone="good"
          live
          title="The app is registered"
          actions={
            <LinkButton small to={`/apps/${app.slug}/test`} icon="play">
              Test this app
            </LinkButton>
          }
        >
          Enter the redirect URL below at {name}, letter for letter, then test it with an account of
          your own.
        </Callout>
      )}
      <Card title={`To enter at ${name}`}>
        <div className="stack">
          <div className="url-line">
            <span className="field-label">Redirect URL</span>
            <CopyValue text={app.redirectUrl} what="redirect URL" />
            <span className="field-hint">
              {name} sends customers back there after they agreed. One wrong letter and it refuses.
            </span>
          </div>
          {app.webhookUrl && (
            <div className="url-line">
              <span className="field-label">Webhook URL</span>
              <CopyValue text={app.webhookUrl} what="webhook URL" />
              <span className="field-hint">{name} tells about changes there.</span>
            </div>
          )}
        </div>
      </Card>
      {provider && provider.setupGuide.length > 0 && (
        <Card title={`What to do at ${name}`}>
          <details className="try-more" open={fresh}>
            <summary>{provider.setupGuide.length} steps</summary>
            <Guide provider={provider} app={app} scopes={[...app.scopes, ...app.optionalScopes]} />
          </details>
        </Card>
      )}
      <MakeLink app={app.slug} />
      <Card title="Facts">
        <Facts
          rows={[
            ['Provider', name],
            ['Client ID', <CopyValue key="c" text={app.clientId} what="client ID" />],
            app.appId !== null &&
              app.appId !== '' && ['App ID', <CopyValue key="a" text={app.appId} what="app ID" />],
            ['Client secret', 'Stored sealed'],
            ['UUID', <CopyValue key="u" text={app.uuid} what="UUID" />],
            [
              'Browser binding',
              app.browserBinding === 'required' ? 'Only the browser that began may finish' : 'Off',
            ],
            [
              'Addresses of your product',
              app.returnOrigins.length > 0 ? app.returnOrigins.join(', ') : 'None',
            ],
            ['Registered', <Time key="r" at={app.createdAt} />],
            ['Changed', <Time key="x" at={app.updatedAt} />],
          ]}
        />
      </Card>
      <Card title="Scopes" lead="What customers are asked for.">
        {app.scopes.length + app.optionalScopes.length === 0 && (
          <p className="quiet">None: the provider decides.</p>
        )}
        {[
          ...app.scopes.map((scope) => [scope, false] as const),
          ...app.optionalScopes.map((scope) => [scope, true] as const),
        ].map(([scope, optional]) => (
          <div key={scope} className="scope-line">
            <span className="strong">{describe(scope)?.title ?? scope}</span>
            <code className="faint tiny grow">{scope}</code>
            {optional && <Badge>optional</Badge>}
          </div>
        ))}
      </Card>
      <Code
        what="command that makes an install link"
        title="An install link from your backend"
        text={apiCurl(location.origin, 'POST', '/v1/install-links', {
          app: app.slug,
          user: 'customer-1',
        })}
      />
    </div>
  );
}
