import type {ConnectionDetail} from '../../api/types';
import {Card} from '../../ui/Page';
import {Time} from '../../ui/Time';
import './connections.css';

type Refresh = NonNullable<ConnectionDetail['refreshes']>[number];

const words: Record<Refresh['outcome'], {text: string; tone: string}> = {
  stored: {text: 'Renewed', tone: 'timeline-good'},
  failed: {text: 'Failed, will be tried again', tone: 'timeline-warn'},
  unknown: {text: 'The answer was lost', tone: 'timeline-warn'},
  rejected: {text: 'The provider no longer accepts it', tone: 'timeline-bad'},
};

/** How the last renewals of the token came out, newest first. */
export function Renewals({refreshes}: {refreshes: Refresh[]}) {
  if (refreshes.length === 0) return null;
  return (
    <Card title="Last renewals of the token">
      <ol className="timeline">
        {refreshes.map((refresh) => (
          <li key={refresh.at} className={`timeline-item ${words[refresh.outcome].tone}`}>
            <span className="timeline-dot" aria-hidden="true" />
            <div className="stack-tiny">
              <div className="row-spread">
                <span className="strong">{words[refresh.outcome].text}</span>
                <span className="quiet small">
                  <Time at={refresh.at} />
                </span>
              </div>
              {refresh.reason !== null && <p className="quiet small">{refresh.reason}</p>}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
