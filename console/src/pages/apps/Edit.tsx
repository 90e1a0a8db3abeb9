import {useUpdateApp} from '../../api/apps';
import type {App, Provider} from '../../api/types';
import {useRefusal} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {tell} from '../../lib/toasts';
import {AppForm, draftOf, useDraft} from './AppForm';
import '../marketplace/marketplace.css';

export function Edit({app, provider}: {app: App; provider: Provider}) {
  const refusal = useRefusal('manage');
  const update = useUpdateApp(app.slug);
  const draft = useDraft(provider, draftOf(provider, app), true);
  const asked = [...app.scopes, ...app.optionalScopes];
  const added = draft.draft.scopes.chosen.filter((name) => !asked.includes(name));
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.check()) update.mutate(draft.body(), {onSuccess: () => tell('Saved.')});
      }}
    >
      {refusal && (
        <Callout tone="info" title="You can look, but not change">
          {refusal}
        </Callout>
      )}
      <AppForm provider={provider} draft={draft} refused={update.error} existing />
      {added.length > 0 && (
        <Callout tone="info" title="New scopes reach only new connections">
          Customers who are connected already keep what they granted until they open a re-authorise
          link.
        </Callout>
      )}
      {update.error && <Problem error={update.error} title="Nothing was changed" />}
      <div className="form-foot">
        <Button type="submit" kind="primary" busy={update.isPending} refusal={refusal}>
          Save
        </Button>
      </div>
    </form>
  );
}
