import {useState, type FormEvent} from 'react';

import {useUpdateKey} from '../../api/admin';
import {ApiError} from '../../api/client';
import type {Key} from '../../api/types';
import {addressFault, addressList} from '../../lib/addresses';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {Choice, TextArea, TextField} from '../../ui/Field';
import {tell} from '../../lib/toasts';

/** Name, addresses and end; what a key may do never changes. */
export function EditKey({old, onClose}: {old: Key; onClose: () => void}) {
  const update = useUpdateKey();
  const [name, setName] = useState(old.name);
  const [from, setFrom] = useState(old.allowedAddresses.join('\n'));
  const [ends, setEnds] = useState('same');
  const addresses = addressList(from);
  const fault = addresses.map(addressFault).find((text) => text !== undefined);
  const refused = update.error instanceof ApiError ? update.error : undefined;
  const fieldError = (field: string): string | undefined =>
    refused?.field?.startsWith(field) ? refused.message : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (update.isPending || name.trim() === '' || fault !== undefined) return;
    const expiresAt =
      ends === 'same'
        ? {}
        : {
            expiresAt:
              ends === 'never' ? null : new Date(Date.now() + Number(ends) * 1000).toISOString(),
          };
    update.mutate(
      {id: old.id, name: name.trim(), allowedAddresses: addresses, ...expiresAt},
      {
        onSuccess: () => {
          tell('Saved. It counts at once.');
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={`Change ${old.name}`} open onClose={onClose}>
      <form onSubmit={submit}>
        <DialogBody>
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            required
            autoFocus
            error={fieldError('name')}
          />
          <TextArea
            label="Only from these addresses"
            optional
            mono
            rows={3}
            value={from}
            onChange={setFrom}
            placeholder="203.0.113.0/24"
            hint="One to a line. Empty: from anywhere."
            error={fault ?? fieldError('allowedAddresses')}
          />
          {addresses.length > 0 && fault === undefined && (
            <Callout tone="warn" title="From elsewhere calls are refused at once">
              Make sure that every machine that uses this key is among them.
            </Callout>
          )}
          <Choice
            label="Ends"
            value={ends}
            onChange={setEnds}
            options={[
              ['same', old.expiresAt === null ? 'Never, as now' : 'As now'],
              ...(old.expiresAt === null ? [] : [['never', 'Never'] as const]),
              ['86400', 'In one day'],
              ['2592000', 'In 30 days'],
              ['31536000', 'In a year'],
            ]}
          />
          <p className="field-hint">
            What a key may do stays. To change that, make another and revoke this one.
          </p>
          {update.error && !refused?.field && (
            <Problem error={update.error} title="Nothing was changed" />
          )}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={update.isPending}>
            Save
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
