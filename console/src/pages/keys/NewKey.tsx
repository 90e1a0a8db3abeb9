import {useState, type FormEvent} from 'react';

import {useCreateKey} from '../../api/admin';
import {ApiError} from '../../api/client';
import type {CreatedKey, Key, Scope} from '../../api/types';
import {addressFault, addressList} from '../../lib/addresses';
import {curl} from '../../lib/curl';
import {scopeNames, scopes} from '../../lib/words';
import {useMe} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Code} from '../../ui/Code';
import {Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {Check, Choice, TextArea, TextField} from '../../ui/Field';

export interface KeyPlan {
  /** The new key takes over its name, rights and addresses. */
  replaces?: Key;
}

const lives = [
  ['', 'Never'],
  ['2592000', 'In 30 days'],
  ['7776000', 'In 90 days'],
  ['31536000', 'In a year'],
] as const;

export function NewKey({
  plan,
  onClose,
  onRevoke,
}: {
  plan: KeyPlan;
  onClose: () => void;
  onRevoke: (key: Key) => void;
}) {
  const create = useCreateKey();
  const [made, setMade] = useState<CreatedKey>();
  if (made)
    return <Made made={made} replaces={plan.replaces} onClose={onClose} onRevoke={onRevoke} />;
  return <Draft plan={plan} create={create} onClose={onClose} onMade={setMade} />;
}

function Draft({
  plan,
  create,
  onClose,
  onMade,
}: {
  plan: KeyPlan;
  create: ReturnType<typeof useCreateKey>;
  onClose: () => void;
  onMade: (key: CreatedKey) => void;
}) {
  const me = useMe();
  const old = plan.replaces;
  const [name, setName] = useState(old?.name ?? '');
  const [chosen, setChosen] = useState<Scope[]>(old?.scopes ?? ['proxy', 'connect', 'read']);
  const [life, setLife] = useState('');
  const [from, setFrom] = useState((old?.allowedAddresses ?? []).join('\n'));
  const addresses = addressList(from);
  const fault = addresses.map(addressFault).find((text) => text !== undefined);
  const fieldError = (field: string): string | undefined =>
    create.error instanceof ApiError && create.error.field?.startsWith(field)
      ? create.error.message
      : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending || name.trim() === '' || chosen.length === 0 || fault !== undefined)
      return;
    create.mutate(
      {
        name: name.trim(),
        scopes: chosen,
        ...(life === '' ? {} : {expiresIn: Number(life)}),
        ...(addresses.length === 0 ? {} : {allowedAddresses: addresses}),
      },
      {onSuccess: onMade},
    );
  };
  return (
    <Dialog title={old ? `Replace ${old.name}` : 'Make a key'} open onClose={onClose} wide>
      <form onSubmit={submit}>
        <DialogBody>
          {old && (
            <Callout tone="info">
              Both keys work until you revoke the old one: put the new one in place first.
            </Callout>
          )}
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            required
            autoFocus
            placeholder="backend"
            hint="Which program uses it."
            error={fieldError('name')}
          />
          <fieldset className="field">
            <legend className="field-label">What it may do</legend>
            <div className="stack-small">
              {scopeNames.map((scope) => {
                const beyond = !me.scopes.includes(scope);
                return (
                  <Check
                    key={scope}
                    label={scopes[scope].label}
                    hint={
                      beyond
                        ? `${scopes[scope].text} You cannot give what you do not have.`
                        : scopes[scope].text
                    }
                    checked={chosen.includes(scope) && !beyond}
                    disabled={beyond}
                    onChange={(on) =>
                      setChosen(on ? [...chosen, scope] : chosen.filter((other) => other !== scope))
                    }
                  />
                );
              })}
            </div>
            {chosen.length === 0 && <p className="field-error small">Choose at least one.</p>}
          </fieldset>
          <div className="grid-two">
            <Choice label="Ends" value={life} onChange={setLife} options={lives} />
            <TextArea
              label="Only from these addresses"
              optional
              mono
              rows={2}
              value={from}
              onChange={setFrom}
              placeholder="203.0.113.0/24"
              hint="One to a line. Empty: from anywhere."
              error={fault ?? fieldError('allowedAddresses')}
            />
          </div>
          {create.error && !(create.error instanceof ApiError && create.error.field) && (
            <Problem error={create.error} title="No key was made" />
          )}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={create.isPending}>
            Make the key
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function Made({
  made,
  replaces,
  onClose,
  onRevoke,
}: {
  made: CreatedKey;
  replaces: Key | undefined;
  onClose: () => void;
  onRevoke: (key: Key) => void;
}) {
  const [kept, setKept] = useState(false);
  return (
    <Dialog title={`Key ${made.name}`} open onClose={onClose} wide locked>
      <DialogBody>
        <Callout tone="warn" live title="Copy it now: it is shown this once">
          Wayleave keeps only a digest. If it is lost, make another.
        </Callout>
        <Code what="API key" title="The key" text={made.key} />
        <Code
          what="command that tries the key"
          title="Try it"
          text={`export WAYLEAVE_KEY=${made.key}\n${curl({method: 'GET', url: `${location.origin}/v1/me`})}`}
        />
        <Check label="I have put it in a safe place" checked={kept} onChange={setKept} />
      </DialogBody>
      <DialogFoot>
        {replaces && (
          <Button
            kind="danger-plain"
            refusal={kept ? undefined : 'Keep the new key first'}
            onClick={() => onRevoke(replaces)}
          >
            Revoke the old one…
          </Button>
        )}
        <Button kind="primary" refusal={kept ? undefined : 'Tick the box first'} onClick={onClose}>
          Done
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
