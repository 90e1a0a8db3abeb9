// The authenticator app: setting it up, recovery codes, taking it away.
import {useQueryClient} from '@tanstack/react-query';
import {useState, type FormEvent} from 'react';

import {confirmTotp, newRecoveryCodes, removeTotp, startTotp} from '../../api/session';
import {plural} from '../../lib/format';
import {useMe} from '../../shell/Session';
import {Badge} from '../../ui/Badge';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Code} from '../../ui/Code';
import {CopyValue} from '../../ui/Copy';
import {Confirm, Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {Check} from '../../ui/Choices';
import {TextField} from '../../ui/Field';
import {Card} from '../../ui/Page';
import {tell} from '../../lib/toasts';
import {QrCode} from './QrCode';

export function TwoFactor() {
  const me = useMe();
  const client = useQueryClient();
  const [setup, setSetup] = useState<{secret: string; uri: string}>();
  const [codes, setCodes] = useState<string[]>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [removing, setRemoving] = useState(false);
  const [renewing, setRenewing] = useState(false);
  const again = () => client.invalidateQueries({queryKey: ['me']});
  const begin = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setSetup(await startTotp());
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const left = me.recoveryCodesLeft ?? 0;
  return (
    <>
      <Card
        title={
          <span className="row">
            Authenticator app{' '}
            <Badge tone={me.totp ? 'good' : 'plain'} dot>
              {me.totp ? 'On' : 'Off'}
            </Badge>
          </span>
        }
        lead="A second proof at sign-in: six digits from an app on your phone. A stolen password alone is then worth nothing."
        actions={
          me.totp ? (
            <>
              <Button onClick={() => setRenewing(true)}>New recovery codes</Button>
              <Button
                kind="danger-plain"
                refusal={me.totpRequired ? 'Your company demands it.' : undefined}
                onClick={() => setRemoving(true)}
              >
                Turn off
              </Button>
            </>
          ) : (
            <Button kind="primary" icon="lock" busy={busy} onClick={() => void begin()}>
              Set up
            </Button>
          )
        }
      >
        {error !== undefined ? (
          <Problem error={error} />
        ) : me.totp ? (
          left <= 3 ? (
            <Callout
              tone="warn"
              title={
                left === 0
                  ? 'No recovery codes are left'
                  : `Only ${plural(left, 'recovery code')} left`
              }
            >
              Make new ones, so that a lost phone does not lock you out.
            </Callout>
          ) : (
            <p className="quiet small">
              {plural(left, 'recovery code')} left, for when the phone is lost.
            </p>
          )
        ) : undefined}
      </Card>
      {setup && (
        <SetUp
          setup={setup}
          onClose={() => setSetup(undefined)}
          onDone={(made) => {
            setSetup(undefined);
            setCodes(made);
            void again();
          }}
        />
      )}
      {codes && <Codes codes={codes} onClose={() => setCodes(undefined)} />}
      <Confirm
        title="Turn the authenticator app off?"
        open={removing}
        onClose={() => setRemoving(false)}
        action="Turn off"
        act={async () => {
          await removeTotp();
          await again();
          tell('The authenticator app is off.');
        }}
      >
        <p>Your password alone will be enough to sign in. The recovery codes stop working.</p>
      </Confirm>
      <Confirm
        title="Make new recovery codes?"
        open={renewing}
        onClose={() => setRenewing(false)}
        action="Make new ones"
        danger={false}
        act={async () => {
          const made = await newRecoveryCodes();
          setCodes(made.recoveryCodes);
          await again();
        }}
      >
        <p>The earlier ones stop working.</p>
      </Confirm>
    </>
  );
}

function SetUp({
  setup,
  onClose,
  onDone,
}: {
  setup: {secret: string; uri: string};
  onClose: () => void;
  onDone: (codes: string[]) => void;
}) {
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      onDone((await confirmTotp(code.replaceAll(/\s/g, ''))).recoveryCodes);
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Dialog title="Set up the authenticator app" open onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <p>Scan this with an authenticator app on your phone.</p>
          <QrCode text={setup.uri} label="QR code for the authenticator app" />
          <div className="stack-tiny">
            <span className="field-hint">Cannot scan? Type this in:</span>
            <CopyValue text={setup.secret} what="secret" />
          </div>
          <TextField
            label="The six digits it shows now"
            mono
            value={code}
            onChange={setCode}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            autoFocus
          />
          {error !== undefined && <Problem error={error} title="That code is not right" />}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={busy}>
            Turn on
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function Codes({codes, onClose}: {codes: string[]; onClose: () => void}) {
  const [kept, setKept] = useState(false);
  return (
    <Dialog title="Your recovery codes" open onClose={onClose} locked>
      <DialogBody>
        <Callout tone="warn" live title="Keep them now: they are shown this once">
          Each lets you in once when the phone is lost. Print them or put them into a password
          manager, not beside the password.
        </Callout>
        <Code what="recovery codes" title={plural(codes.length, 'code')} text={codes.join('\n')} />
        <Check label="I have kept them" checked={kept} onChange={setKept} />
      </DialogBody>
      <DialogFoot>
        <Button kind="primary" refusal={kept ? undefined : 'Tick the box first'} onClick={onClose}>
          Done
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
