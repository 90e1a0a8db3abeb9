import {useState, type FormEvent} from 'react';

import {ApiError} from '../../api/client';
import {useUpdateMe} from '../../api/session';
import {passwordAdvice, passwordMin} from '../../lib/password';
import {roles} from '../../lib/words';
import {useMe} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {SecretField, TextField} from '../../ui/Field';
import {Card, Facts} from '../../ui/Page';
import {tell} from '../../lib/toasts';

export function Account() {
  return (
    <>
      <Profile />
      <Password />
    </>
  );
}

function Profile() {
  const me = useMe();
  const update = useUpdateMe();
  const [name, setName] = useState(me.name ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!update.isPending) update.mutate({name: name.trim()}, {onSuccess: () => tell('Saved.')});
  };
  return (
    <Card title="Me">
      <form className="stack" onSubmit={submit}>
        <div className="grid-two">
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            required
            autoComplete="name"
            autoCapitalize="words"
          />
          <Facts
            rows={[
              ['E-mail', me.email ?? ''],
              [
                'Role',
                me.role ? (
                  <span key="r" title={roles[me.role].text}>
                    {roles[me.role].label}
                  </span>
                ) : (
                  'None'
                ),
              ],
            ]}
          />
        </div>
        {update.error && <Problem error={update.error} />}
        <div className="row">
          <Button
            type="submit"
            busy={update.isPending}
            refusal={
              name.trim() === (me.name ?? '') || name.trim() === ''
                ? 'Nothing has changed'
                : undefined
            }
          >
            Save the name
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Password() {
  const me = useMe();
  const update = useUpdateMe();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const has = me.hasPassword !== false;
  const advice = next === '' ? undefined : passwordAdvice(next, me.email ?? '');
  const fieldError = (field: string): string | undefined =>
    update.error instanceof ApiError && update.error.field === field
      ? update.error.message
      : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (update.isPending || next === '' || advice !== undefined) return;
    update.mutate(
      {password: next, ...(has ? {currentPassword: current} : {})},
      {
        onSuccess: () => {
          setCurrent('');
          setNext('');
          tell('The password is changed. You are signed out everywhere else.');
        },
      },
    );
  };
  return (
    <Card
      title={has ? 'Password' : 'Set a password'}
      lead={
        has
          ? 'Changing it signs you out everywhere else.'
          : 'You sign in by single sign-on. A password lets you sign in without it.'
      }
    >
      <form className="stack" onSubmit={submit}>
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={me.email ?? ''}
          readOnly
          hidden
        />
        <div className="grid-two">
          {has && (
            <SecretField
              label="Present password"
              value={current}
              onChange={setCurrent}
              autoComplete="current-password"
              required
              error={fieldError('currentPassword')}
            />
          )}
          <SecretField
            label="New password"
            value={next}
            onChange={setNext}
            autoComplete="new-password"
            required
            minLength={passwordMin}
            hint={`At least ${passwordMin} characters.`}
            warning={advice}
            error={fieldError('password')}
          />
        </div>
        {update.error && !(update.error instanceof ApiError && update.error.field) && (
          <Problem error={update.error} title="The password was not changed" />
        )}
        <div className="row">
          <Button
            type="submit"
            busy={update.isPending}
            refusal={next === '' ? 'Enter a new password first' : undefined}
          >
            {has ? 'Change the password' : 'Set the password'}
          </Button>
        </div>
      </form>
    </Card>
  );
}
