import {useState, type FormEvent} from 'react';

import {useCreateLink} from '../../api/apps';
import {useRefusal} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {CopyButton, CopyValue} from '../../ui/Copy';
import {Choice, TextField} from '../../ui/Field';
import {Card} from '../../ui/Page';
import {Time} from '../../ui/Time';

const lives = [
  ['86400', '1 day'],
  ['604800', '7 days'],
  ['2592000', '30 days'],
] as const;

/** An install link for one customer; `user`: who it is for, when that is settled. */
export function LinkForm({app, user: fixed}: {app: string; user?: string}) {
  const refusal = useRefusal('connect');
  const create = useCreateLink();
  const [user, setUser] = useState(fixed ?? '');
  const [life, setLife] = useState<string>('604800');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (user.trim() === '' || create.isPending) return;
    create.mutate({app, user: user.trim(), expiresIn: Number(life)});
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="grid-two">
        {fixed === undefined && (
          <TextField
            label="Your id of the customer"
            value={user}
            onChange={setUser}
            mono
            required
            placeholder="customer-1"
            hint="Any text up to 255 bytes; you name the customer by it in every call."
          />
        )}
        <Choice label="Good for" value={life} onChange={setLife} options={lives} />
      </div>
      <div className="row">
        <Button
          type="submit"
          kind={create.data ? 'plain' : 'primary'}
          icon="link"
          busy={create.isPending}
          refusal={refusal}
        >
          Make the link
        </Button>
      </div>
      {create.error && <Problem error={create.error} title="No link was made" />}
      {create.data && (
        <Callout
          tone="good"
          live
          title={<>Link for {create.variables?.user}</>}
          actions={
            <>
              <CopyButton text={create.data.url} what="install link" kind="primary" />
              <a
                className="button button-plain button-small"
                href={create.data.url}
                target="_blank"
                rel="noreferrer"
              >
                <span>Open it</span>
              </a>
            </>
          }
        >
          <CopyValue text={create.data.url} what="install link" />
          <p>
            Ends <Time at={create.data.expiresAt} />. Whoever opens it first can connect their
            account: send it to this customer only.
          </p>
        </Callout>
      )}
    </form>
  );
}

export function MakeLink({app, user}: {app: string; user?: string}) {
  return (
    <Card
      title={user === undefined ? 'Connect a customer' : 'Re-authorise link'}
      lead={
        user === undefined
          ? 'Make a link and send it to one customer. It works once.'
          : 'Send it to this customer. After they agree again, the same connection works on.'
      }
    >
      <LinkForm app={app} {...(user === undefined ? {} : {user})} />
    </Card>
  );
}
