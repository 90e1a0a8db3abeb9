import {useState, type FormEvent} from 'react';

import {useRotateKey} from '../../api/admin';
import type {CreatedKey, Key} from '../../api/types';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {Choice} from '../../ui/Field';
import {Time} from '../../ui/Time';
import {Made} from './Made';

const overlaps = [
  ['0', 'Ends at once'],
  ['3600', 'Works for one more hour'],
  ['86400', 'Works for one more day'],
  ['604800', 'Works for 7 more days'],
  ['2592000', 'Works for 30 more days'],
] as const;

/** A new key in the place of an old one. */
export function Rotate({old, onClose}: {old: Key; onClose: () => void}) {
  const rotate = useRotateKey();
  const [overlap, setOverlap] = useState('86400');
  const [made, setMade] = useState<CreatedKey>();
  if (made) return <Made made={made} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (rotate.isPending) return;
    rotate.mutate({id: old.id, overlapSeconds: Number(overlap)}, {onSuccess: setMade});
  };
  return (
    <Dialog title={`Replace ${old.name}`} open onClose={onClose}>
      <form onSubmit={submit}>
        <DialogBody>
          <p className="quiet">
            The new key has the same name, rights and addresses. Put it in place while the old one
            still works.
          </p>
          <Choice label="The old key" value={overlap} onChange={setOverlap} options={overlaps} />
          {overlap === '0' && (
            <Callout tone="warn" live title="Calls with the old key fail at once">
              {old.lastUsedAt ? (
                <>
                  It was last used <Time at={old.lastUsedAt} />.
                </>
              ) : (
                'It was never used.'
              )}
            </Callout>
          )}
          {rotate.error && <Problem error={rotate.error} title="No key was made" />}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            kind={overlap === '0' ? 'danger' : 'primary'}
            busy={rotate.isPending}
          >
            Replace the key
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
