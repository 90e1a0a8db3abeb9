import {useState} from 'react';

import {verifyAudit} from '../../api/admin';
import type {AuditVerdict} from '../../api/types';
import {count} from '../../lib/format';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Time} from '../../ui/Time';

/** Asks whether a record was changed or removed, and says what the answer means. */
export function Verify() {
  const [verdict, setVerdict] = useState<AuditVerdict>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [at, setAt] = useState('');
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setVerdict(await verifyAudit());
      setAt(new Date().toISOString());
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const again = (
    <Button small icon="check" busy={busy} onClick={() => void run()}>
      {verdict ? 'Verify again' : 'Verify the trail'}
    </Button>
  );
  return (
    <div className="gap-below">
      {error !== undefined ? (
        <Problem error={error} title="It could not be verified" retry={() => void run()} />
      ) : verdict === undefined ? (
        <Callout beside tone="info" title="Has anybody tampered with it?" actions={again}>
          Verifying reads every record and finds one that was changed or removed.
        </Callout>
      ) : verdict.intact ? (
        <Callout
          beside
          tone="good"
          live
          title={`Intact: ${count(verdict.records)} records`}
          actions={again}
        >
          Checked <Time at={at} />.
          {verdict.sealedUpTo !== null &&
            ` Sealed with the root key up to record ${count(verdict.sealedUpTo)}: until there nobody without that key can have changed anything unnoticed.`}
          {verdict.chainedFrom === null && ' The records are older than the chain.'}
        </Callout>
      ) : (
        <Callout
          beside
          tone="bad"
          live
          title={`Broken${verdict.firstBroken === null ? '' : ` at record ${count(verdict.firstBroken)}`}`}
          actions={again}
        >
          <p>{verdict.fault ?? 'A record was changed or removed.'}</p>
          <p>
            Keep a copy of the database as it is, find out who had access to it, and compare with a
            backup.
          </p>
        </Callout>
      )}
    </div>
  );
}
