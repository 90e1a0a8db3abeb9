import {useState, type FormEvent} from 'react';

import {useCreateKey} from '../../api/admin';
import {ApiError} from '../../api/client';
import type {CreatedKey, Scope} from '../../api/types';
import {addressFault, addressList} from '../../lib/addresses';
import {scopeNames, scopes} from '../../lib/words';
import {useMe} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {Check} from '../../ui/Choices';
import {Choice, TextArea, TextField} from '../../ui/Field';
import {Made} from './Made';

const lives = [
  ['', 'Never'],
  ['2592000', 'In 30 days'],
  ['7776000', 'In 90 days'],
  ['31536000', 'In a year'],
] as const;

export function NewKeyDialog({onClose}: {onClose: () => void}) {
  const [made, setMade] = useState<CreatedKey>();
  if (made) return <Made made={made} onClose={onClose} />;
  return <Draft onClose={onClose} onMade={setMade} />;
}

function Draft({onClose, onMade}: {onClose: () => void; onMade: (key: CreatedKey) => void}) {
  const create = useCreateKey();
  const me = useMe();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<Scope[]>(['proxy', 'connect', 'read']);
  const [life, setLife] = useState('');
  const [from, setFrom] = useState('');
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
    <Dialog title="Make a key" open onClose={onClose} wide>
      <form onSubmit={submit}>
        <DialogBody>
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
