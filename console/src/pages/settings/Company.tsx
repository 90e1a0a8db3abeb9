import {useState, type FormEvent} from 'react';

import {useSettings, useUpdateSettings} from '../../api/admin';
import type {CompanySettings} from '../../api/types';
import {useMe, useRefusal} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Check} from '../../ui/Choices';
import {TextField} from '../../ui/Field';
import {NotAllowed} from '../../ui/NotAllowed';
import {Card, Skeleton} from '../../ui/Page';
import {tell} from '../../lib/toasts';

export function Company() {
  const refusal = useRefusal('manage');
  const settings = useSettings(refusal === undefined);
  if (refusal !== undefined)
    return (
      <NotAllowed scope="manage" title="The company’s settings are for admins">
        They hold the name customers see and the rules for signing in.
      </NotAllowed>
    );
  if (settings.error)
    return <Problem error={settings.error} retry={() => void settings.refetch()} />;
  if (!settings.data)
    return (
      <Card>
        <Skeleton lines={4} height={24} />
      </Card>
    );
  return <Form key={JSON.stringify(settings.data)} settings={settings.data} />;
}

function Form({settings}: {settings: CompanySettings}) {
  const me = useMe();
  const update = useUpdateSettings();
  const [name, setName] = useState(settings.companyName ?? '');
  const [totp, setTotp] = useState(settings.requireTotp);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!update.isPending)
      update.mutate(
        {companyName: name.trim(), requireTotp: totp},
        {onSuccess: () => tell('Saved.')},
      );
  };
  const same = name.trim() === (settings.companyName ?? '') && totp === settings.requireTotp;
  return (
    <form className="stack" onSubmit={submit}>
      <Card title="Company">
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          autoCapitalize="words"
          placeholder="Acme"
          hint="Apps registered from now on carry it on their connect page. Each can have a name of its own."
        />
      </Card>
      <Card title="Signing in">
        <div className="stack">
          <Check
            label="Everybody needs an authenticator app"
            hint="Members without one are led to set it up at their next step and can do nothing else before. Those who use single sign-on prove themselves there."
            checked={totp}
            onChange={setTotp}
          />
          {totp && !settings.requireTotp && me.totp === false && (
            <Callout tone="warn" title="You have none yourself">
              You will be asked to set it up right after saving.
            </Callout>
          )}
        </div>
      </Card>
      {update.error && <Problem error={update.error} title="Nothing was changed" />}
      <div className="row">
        <Button
          type="submit"
          kind="primary"
          busy={update.isPending}
          refusal={same ? 'Nothing has changed' : undefined}
        >
          Save
        </Button>
      </div>
    </form>
  );
}
