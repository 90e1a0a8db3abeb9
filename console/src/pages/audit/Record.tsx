import type {AuditRecord} from '../../api/types';
import {changes, rest} from '../../lib/diff';
import {count, exactTime} from '../../lib/format';
import {actionText, actorText} from '../../lib/words';
import {Button} from '../../ui/Button';
import {Json} from '../../ui/Code';
import {CopyValue} from '../../ui/Copy';
import {Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {Facts} from '../../ui/Page';

export function Record({
  record,
  onClose,
  onTarget,
}: {
  record: AuditRecord;
  onClose: () => void;
  onTarget: () => void;
}) {
  const differing = changes(record.detail);
  const others = rest(record.detail);
  return (
    <Dialog title={actionText(record.action)} open onClose={onClose} wide>
      <DialogBody>
        <Facts
          rows={[
            ['Who', actorText(record)],
            record.actor.id !== null &&
              record.actor.id !== '' && [
                'Their id',
                <CopyValue key="i" text={record.actor.id} what="id" />,
              ],
            ['From', record.actor.address ?? 'This machine'],
            ['When', exactTime(record.at)],
            [
              'To what',
              record.target === '' ? (
                'Nothing in particular'
              ) : (
                <CopyValue key="t" text={record.target} what="target" />
              ),
            ],
            ['Record', `${count(record.sequence)}, ${record.action}`],
            record.hash !== undefined && [
              'Chained',
              record.hash === null ? (
                'No, older than the chain'
              ) : (
                <CopyValue key="h" text={record.hash} what="hash" />
              ),
            ],
          ]}
        />
        {differing !== undefined &&
          (differing.length === 0 ? (
            <p className="quiet">Nothing differed before and after.</p>
          ) : (
            <table className="diff">
              <caption className="visually-hidden">What changed</caption>
              <thead>
                <tr>
                  <th scope="col">What changed</th>
                  <th scope="col">Before</th>
                  <th scope="col">After</th>
                </tr>
              </thead>
              <tbody>
                {differing.map((change) => (
                  <tr key={change.name}>
                    <th scope="row">{change.name}</th>
                    <td className="diff-before">{change.before || '—'}</td>
                    <td className="diff-after">{change.after || '—'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ))}
        {Object.keys(others).length > 0 && (
          <Json what="details" title="Details" text={JSON.stringify(others, null, 2)} />
        )}
      </DialogBody>
      <DialogFoot>
        {record.target !== '' && <Button onClick={onTarget}>All about this</Button>}
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
