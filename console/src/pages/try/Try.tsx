// A console: one call as a customer, the way a backend makes it.
import {useQuery} from '@tanstack/react-query';
import {useEffect, useMemo, useRef, useState, type FormEvent} from 'react';

import {useApps, useProvider} from '../../api/apps';
import {tryCall, type TriedAnswer} from '../../api/calls';
import {get} from '../../api/client';
import type {Connection, Page as ListPage} from '../../api/types';
import {proxyCurl} from '../../lib/curl';
import {jsonFault, pretty} from '../../lib/json';
import {bodySketch, parseHeaders, placeholders, suggestions} from '../../lib/suggest';
import {useFilter} from '../../lib/useFilter';
import {useRefusal} from '../../shell/Session';
import {Button, LinkButton} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {CopyButton} from '../../ui/Copy';
import {Choice, TextArea, TextField} from '../../ui/Field';
import {Card, Empty, PageHead, Skeleton} from '../../ui/Page';
import {Answer} from './Answer';
import {CustomerField} from './CustomerField';
import './try.css';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map(
  (name) => [name, name] as const,
);

export function Page() {
  const apps = useApps();
  const list = apps.data?.data;
  return (
    <>
      <PageHead title="Try a call">
        As a connected customer, exactly as your backend makes it. It goes to the provider: what it
        changes there is changed.
      </PageHead>
      {apps.error && <Problem error={apps.error} retry={() => void apps.refetch()} />}
      {apps.isPending && (
        <Card>
          <Skeleton lines={5} height={28} />
        </Card>
      )}
      {list?.length === 0 && (
        <Card>
          <Empty
            title="First you need an app and a customer"
            icon="try"
            actions={
              <LinkButton to="/" kind="primary">
                Connect your first customer
              </LinkButton>
            }
          />
        </Card>
      )}
      {list && list.length > 0 && (
        <Console
          slugs={list.map((app) => app.slug)}
          providerOf={(slug) => list.find((app) => app.slug === slug)?.provider}
        />
      )}
    </>
  );
}

function Console({
  slugs,
  providerOf,
}: {
  slugs: string[];
  providerOf: (slug: string) => string | undefined;
}) {
  const [link, set] = useFilter(['app', 'user', 'method', 'path', 'host'] as const);
  const refusal = useRefusal('proxy');
  const app = link.app !== undefined && slugs.includes(link.app) ? link.app : (slugs[0] ?? '');
  const user = link.user ?? '';
  const method = link.method ?? 'GET';
  const [path, setPath] = useState(link.path ?? '');
  const [headers, setHeaders] = useState('');
  const [body, setBody] = useState('');
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<TriedAnswer>();
  const [error, setError] = useState<unknown>();
  const abort = useRef<AbortController>(undefined);
  const provider = useProvider(providerOf(app));
  const hints = useMemo(() => suggestions(provider.data?.objects), [provider.data]);
  const hosts = provider.data?.hosts ?? [];
  const host = link.host ?? 'default';
  const takesBody = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);

  // With one customer there is nothing to choose.
  const first = useQuery({
    queryKey: ['connections', 'first', app],
    queryFn: ({signal}) =>
      get<ListPage<Connection>>('/v1/connections', {app, state: 'active', limit: 1}, signal),
    enabled: user === '' && app !== '',
  });
  const only = first.data?.data[0]?.user;
  useEffect(() => {
    if (user === '' && only !== undefined) set({user: only});
  }, [only, user, set]);
  useEffect(() => () => abort.current?.abort(), []);

  const parsed = parseHeaders(headers);
  const fault = takesBody ? jsonFault(body) : undefined;
  const open = placeholders(path);
  const json = body.trim() !== '' && fault === undefined;
  const typed = parsed.headers.some(([name]) => name.toLowerCase() === 'content-type');
  const call = {
    app,
    user,
    method,
    path: path === '' ? '/' : path,
    headers: [
      ...(host === 'default' ? [] : [['Wayleave-Base', host] as [string, string]]),
      ...parsed.headers,
      ...(takesBody && json && !typed
        ? [['Content-Type', 'application/json'] as [string, string]]
        : []),
    ],
    body: takesBody && body !== '' ? body : undefined,
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || refusal !== undefined || parsed.faults.length > 0 || open.length > 0 || user === '')
      return;
    const control = new AbortController();
    abort.current = control;
    setBusy(true);
    setError(undefined);
    set({path});
    try {
      setAnswer(await tryCall(call, control.signal));
    } catch (thrown) {
      setAnswer(undefined);
      if (!control.signal.aborted) setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="stack">
      <Card>
        <form className="stack" onSubmit={(event) => void submit(event)}>
          {refusal && (
            <Callout tone="info" title="You can look, but not call">
              {refusal}
            </Callout>
          )}
          <div className="grid-two">
            <Choice
              label="App"
              value={app}
              onChange={(next) => set({app: next, user: '', host: ''})}
              options={slugs.map((slug) => [slug, slug] as const)}
            />
            <CustomerField
              app={app}
              value={user}
              onChange={(next) => set({user: next})}
              none={first.data?.data.length === 0}
            />
          </div>
          {hints.length > 0 && (
            <Choice
              label="Begin with"
              value={String(
                hints.findIndex(
                  (hint) => hint.method === method && hint.path === path && hint.host === host,
                ),
              )}
              onChange={(index) => {
                const hint = hints[Number(index)];
                if (!hint) return;
                set({method: hint.method, host: hint.host === 'default' ? '' : hint.host});
                setPath(hint.path);
                if (body.trim() === '') setBody(bodySketch(hint.method, hint.path) ?? '');
              }}
              options={[
                ['-1', 'A path of your own'],
                ...hints.map((hint, i) => [String(i), `${hint.label} (${hint.method})`] as const),
              ]}
            />
          )}
          {hosts.length > 1 && (
            <Choice
              label="Host"
              value={host}
              onChange={(next) => set({host: next === 'default' ? '' : next})}
              options={hosts.map((each) => [each.name, `${each.name}: ${each.baseUrl}`] as const)}
            />
          )}
          <div className="try-line">
            <Choice
              label="Method"
              value={method}
              onChange={(next) => set({method: next})}
              options={methods}
            />
            <div className="grow">
              <TextField
                label="Path"
                mono
                value={path}
                onChange={setPath}
                placeholder="/crm/v3/objects/contacts?limit=3"
                list="try-paths"
                autoComplete="off"
                warning={open.length > 0 ? `Fill in {${open.join('}, {')}} first.` : undefined}
              />
            </div>
          </div>
          <datalist id="try-paths">
            {[...new Set(hints.map((hint) => hint.path))].map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
          <details className="try-more" open={headers !== ''}>
            <summary>Headers</summary>
            <TextArea
              label="Headers"
              hideLabel
              mono
              rows={3}
              value={headers}
              onChange={setHeaders}
              placeholder={'Accept-Language: de\nIf-Match: "abc"'}
              hint="One to a line, Name: value. The token is added by Wayleave."
              error={
                parsed.faults.length > 0
                  ? `Line ${parsed.faults.join(', ')} is not Name: value.`
                  : undefined
              }
            />
          </details>
          {takesBody && (
            <TextArea
              label="Body"
              optional
              mono
              rows={8}
              value={body}
              onChange={setBody}
              warning={
                fault === undefined ? undefined : `Not JSON: ${fault}. It is sent as it stands.`
              }
              hint={
                <button type="button" className="text-button" onClick={() => setBody(pretty(body))}>
                  Tidy up the JSON
                </button>
              }
            />
          )}
          <div className="row">
            <Button
              type="submit"
              kind="primary"
              icon="play"
              busy={busy}
              refusal={refusal ?? (user === '' ? 'Choose a customer first' : undefined)}
            >
              Send
            </Button>
            {busy && <Button onClick={() => abort.current?.abort()}>Cancel</Button>}
            <CopyButton
              small={false}
              text={proxyCurl(location.origin, call)}
              what="this call as curl"
              label="Copy as curl"
            />
          </div>
        </form>
      </Card>
      {error !== undefined && <Problem error={error} title="The call was not made" />}
      {answer && <Answer answer={answer} />}
    </div>
  );
}
