import {useQueryClient} from '@tanstack/react-query';
import {useState, type FormEvent} from 'react';

import {confirmSession, meQuery} from '../api/session';
import type {Me} from '../api/types';
import {Button} from '../ui/Button';
import {Problem} from '../ui/Callout';
import {Dialog, DialogBody, DialogFoot} from '../ui/Dialog';
import {SecretField, TextField} from '../ui/Field';

/** Asks who is signed in to prove it once more, before something delicate: by password or by code. */
export function Reenter({me, done}: {me: Me; done: (confirmed: boolean) => void}) {
  const client = useQueryClient();
  const hasPassword = me.hasPassword !== false;
  const hasCode = me.totp === true;
  const [byCode, setByCode] = useState(!hasPassword);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await confirmSession(byCode ? {code: text.trim()} : {password: text});
      void client.invalidateQueries({queryKey: meQuery.queryKey});
      done(true);
    } catch (thrown) {
      setText('');
      setError(thrown);
      setBusy(false);
    }
  };

  if (!hasPassword && !hasCode) {
    return (
      <Dialog title="A second proof is needed" open onClose={() => done(false)}>
        <DialogBody>
          <p>
            This is only allowed after proving again who you are, and your account has neither a
            password nor an authenticator app. Sign in anew, then set one of them up under Settings,
            My account.
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
      title={byCode ? 'Enter a code' : 'Enter your password again'}
      open
      onClose={() => done(false)}
    >
      <form onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <p className="quiet">
            What you are about to do is delicate, so Wayleave makes sure that it is you. This is
            good for five minutes.
          </p>
          {byCode ? (
            <TextField
              label="Code of your authenticator app"
              mono
              value={text}
              onChange={setText}
              autoComplete="one-time-code"
              autoFocus
              required
              hint="The six digits it shows now, or a recovery code."
            />
          ) : (
            <SecretField
              label="Password"
              value={text}
              onChange={setText}
              autoComplete="current-password"
              autoFocus
              required
            />
          )}
          {hasPassword && hasCode && (
            <div>
              <button
                type="button"
                className="text-button"
                onClick={() => {
                  setText('');
                  setError(undefined);
                  setByCode(!byCode);
                }}
              >
                {byCode ? 'Use the password' : 'Use a code of the authenticator app'}
              </button>
            </div>
          )}
          {error !== undefined && (
            <Problem
              error={error}
              title={byCode ? 'That code is not right' : 'That did not match'}
            />
          )}
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
