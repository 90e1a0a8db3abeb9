import {useQueryClient} from '@tanstack/react-query';
import {useState, type FormEvent} from 'react';

import {confirmSession, meQuery} from '../api/session';
import type {Me} from '../api/types';
import {Button} from '../ui/Button';
import {Problem} from '../ui/Callout';
import {Dialog, DialogBody, DialogFoot} from '../ui/Dialog';
import {SecretField, TextField} from '../ui/Field';

/** Asks who is signed in to prove it once more, before something delicate. */
export function Reenter({me, done}: {me: Me; done: (confirmed: boolean) => void}) {
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const byPassword = me.hasPassword !== false;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await confirmSession({
        ...(byPassword ? {password} : {}),
        ...(me.totp ? {code: code.trim()} : {}),
      });
      void client.invalidateQueries({queryKey: meQuery.queryKey});
      done(true);
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };

  if (!byPassword && !me.totp) {
    return (
      <Dialog title="A second proof is needed" open onClose={() => done(false)}>
        <DialogBody>
          <p>
            This is only allowed after proving again who you are, and your account has neither a
            password nor an authenticator app. Set one of them up under Settings, My account.
          </p>
        </DialogBody>
        <DialogFoot>
          <Button onClick={() => done(false)}>Close</Button>
        </DialogFoot>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={byPassword ? 'Enter your password again' : 'Enter a code'}
      open
      onClose={() => done(false)}
    >
      <form onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <p className="quiet">
            What you are about to do is delicate, so Wayleave makes sure that it is you. This is
            good for five minutes.
          </p>
          {byPassword && (
            <SecretField
              label="Password"
              value={password}
              onChange={setPassword}
              autoComplete="current-password"
              autoFocus
              required
            />
          )}
          {me.totp && (
            <TextField
              label="Code of your authenticator app"
              value={code}
              onChange={setCode}
              inputMode="numeric"
              autoComplete="one-time-code"
              autoFocus={!byPassword}
              required
            />
          )}
          {error !== undefined && <Problem error={error} />}
        </DialogBody>
        <DialogFoot>
          <Button onClick={() => done(false)}>Cancel</Button>
          <Button type="submit" kind="primary" busy={busy}>
            Go on
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
