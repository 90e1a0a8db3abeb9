import {useState} from 'react';
import {useNavigate, useParams} from 'react-router';

import {useSettings} from '../../api/admin';
import {useApps, useCreateApp, useProvider} from '../../api/apps';
import type {Provider} from '../../api/types';
import {freeSlug, slugAdvice} from '../../lib/fields';
import {useMe, useRefusal} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {TextField} from '../../ui/Field';
import {Card, Facts, PageHead, Skeleton} from '../../ui/Page';
import {tell} from '../../lib/toasts';
import {AppForm, emptyDraft, useDraft} from '../apps/AppForm';
import {Guide} from '../apps/Guide';
import './marketplace.css';

export function Page() {
  const {provider: slug} = useParams();
  const provider = useProvider(slug);
  const apps = useApps();
  return (
    <>
      <PageHead
        title={provider.data ? `Set up ${provider.data.name}` : 'Set up'}
        back={{to: '/marketplace', label: 'Marketplace'}}
      >
        Register the OAuth app you have at the provider. Its secret is stored sealed and never shown
        again.
      </PageHead>
      {provider.error && <Problem error={provider.error} retry={() => void provider.refetch()} />}
      {provider.isPending || apps.isPending ? (
        <Card>
          <Skeleton lines={6} height={28} />
        </Card>
      ) : (
        provider.data && (
          <Form provider={provider.data} taken={(apps.data?.data ?? []).map((app) => app.slug)} />
        )
      )}
    </>
  );
}

function Form({provider, taken}: {provider: Provider; taken: string[]}) {
  const navigate = useNavigate();
  const create = useCreateApp();
  const may = useMe().scopes.includes('manage');
  const company = useSettings(may).data?.companyName ?? '';
  // The page takes 80 bytes of it.
  const companyName = new TextEncoder().encode(company).length > 80 ? '' : company;
  const refusal = useRefusal('manage');
  const [slug, setSlug] = useState(() =>
    freeSlug(provider.slug.replace(/^hubspot-sandbox$/, 'sandbox'), taken),
  );
  const draft = useDraft(provider, emptyDraft(provider));
  const slugFault = slugAdvice(slug, taken);

  if (!provider.usable) {
    return (
      <Callout tone="warn" title={`${provider.name} cannot be used yet`}>
        <p>
          {provider.unusableReason ??
            'This version cannot connect customers of this kind of provider.'}
        </p>
      </Callout>
    );
  }
  const submit = () => {
    if (slugFault !== undefined || !draft.check()) return;
    create.mutate(
      {
        ...draft.body(),
        slug,
        provider: provider.slug,
        ...(companyName === '' ? {} : {appearance: {companyName}}),
      },
      {
        onSuccess: (app) => {
          tell(`App ${app.slug} is registered.`);
          void navigate(`/apps/${app.slug}?new=1`);
        },
      },
    );
  };
  return (
    <div className="form-layout">
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {refusal && (
          <Callout tone="info" title="You can look, but not register">
            {refusal}
          </Callout>
        )}
        <Card title="Short name">
          <TextField
            label="Short name"
            hideLabel
            value={slug}
            onChange={setSlug}
            mono
            required
            error={slugFault}
            hint="What your code calls this app, for example in /proxy/hubspot/… It stays."
          />
        </Card>
        <AppForm provider={provider} draft={draft} refused={create.error} />
        {create.error && <Problem error={create.error} title="The app was not registered" />}
        <div className="form-foot">
          <Button onClick={() => void navigate('/marketplace')}>Cancel</Button>
          <Button type="submit" kind="primary" busy={create.isPending} refusal={refusal}>
            Register the app
          </Button>
        </div>
      </form>
      <aside className="form-aside stack">
        <Card
          title="How this goes"
          actions={
            provider.docs && (
              <a className="small" href={provider.docs} target="_blank" rel="noreferrer">
                Documentation
              </a>
            )
          }
        >
          {provider.setupGuide.length > 0 ? (
            <Guide provider={provider} scopes={draft.draft.scopes.chosen} />
          ) : (
            <ol className="numbered small">
              <li>
                <span>
                  Make an OAuth app at {provider.name}
                  {provider.docs && (
                    <>
                      , as{' '}
                      <a className="inline" href={provider.docs} target="_blank" rel="noreferrer">
                        its documentation
                      </a>{' '}
                      says
                    </>
                  )}
                  .
                </span>
              </li>
              <li>
                <span>Paste its ids and secret here and choose the scopes.</span>
              </li>
              <li>
                <span>Copy the redirect URL you are shown next into the app there.</span>
              </li>
              <li>
                <span>Test it with an account of your own.</span>
              </li>
            </ol>
          )}
        </Card>
        <Card title="Where calls may go">
          <Facts
            rows={provider.hosts.map(
              (host) =>
                [
                  host.name,
                  <code key={host.name} className="small">
                    {host.baseUrl}
                  </code>,
                ] as const,
            )}
          />
          {provider.hosts.length === 0 && (
            <p className="quiet small">To the API base URL you enter, and nowhere else.</p>
          )}
        </Card>
      </aside>
    </div>
  );
}
