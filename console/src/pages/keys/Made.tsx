import {useState} from 'react';

import type {CreatedKey} from '../../api/types';
import {curl} from '../../lib/curl';
import {Button} from '../../ui/Button';
import {Callout} from '../../ui/Callout';
import {Code} from '../../ui/Code';
import {Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {Check} from '../../ui/Choices';
import {Time} from '../../ui/Time';

/** The key, shown this once; closes only after it was kept. */
export function Made({made, onClose}: {made: CreatedKey; onClose: () => void}) {
  const [kept, setKept] = useState(false);
  const old = made.old;
  return (
    <Dialog title={`Key ${made.name}`} open onClose={onClose} wide locked>
      <DialogBody>
        <Callout tone="warn" live title="Copy it now: it is shown this once">
          Wayleave keeps only a digest. If it is lost, make another.
        </Callout>
        {old && (
          <p>
            {old.revokedAt === null ? (
              <>
                The old key works on and ends <Time at={old.expiresAt} />.
              </>
            ) : (
              'The old key is revoked.'
            )}
          </p>
        )}
        <Code what="API key" title="The key" text={made.key} />
        <Code
          what="command that tries the key"
          title="Try it"
          text={`export WAYLEAVE_KEY=${made.key}\n${curl({method: 'GET', url: `${location.origin}/v1/me`})}`}
        />
        <Check label="I have put it in a safe place" checked={kept} onChange={setKept} />
      </DialogBody>
      <DialogFoot>
        <Button kind="primary" refusal={kept ? undefined : 'Tick the box first'} onClick={onClose}>
          Done
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
