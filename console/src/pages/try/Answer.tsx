import {useMemo} from 'react';
import {Link} from 'react-router';

import type {TriedAnswer} from '../../api/calls';
import {bytes, duration} from '../../lib/format';
import {pretty} from '../../lib/json';
import {codeText, statusTone} from '../../lib/words';
import {Badge} from '../../ui/Badge';
import {Callout} from '../../ui/Callout';
import {Json} from '../../ui/Code';
import {Card} from '../../ui/Page';

export function Answer({answer}: {answer: TriedAnswer}) {
  const text = useMemo(() => pretty(answer.text), [answer.text]);
  return (
    <Card
      title={
        <span className="row" role="status">
          <Badge tone={statusTone(answer.status === 0 ? null : answer.status)}>
            {answer.status === 0 ? 'redirect' : answer.status} {answer.statusText}
          </Badge>
          <span className="quiet small number">
            {duration(answer.ms)}, {bytes(answer.bytes)}
          </span>
        </span>
      }
      actions={
        answer.requestId && (
          <Link className="small" to={`/calls?requestId=${encodeURIComponent(answer.requestId)}`}>
            In the log
          </Link>
        )
      }
    >
      <div className="stack">
        {answer.gatewayError && (
          <Callout tone="warn" title="Wayleave answered this itself, not the provider">
            {codeText(answer.gatewayError)}
          </Callout>
        )}
        {answer.status === 0 && (
          <Callout tone="info" title="The provider answered with a redirect">
            Browsers do not show where it leads. Copy the call as curl to see it.
          </Callout>
        )}
        {answer.cut && (
          <Callout tone="info">
            Only the beginning is shown; the answer is longer than a page should hold.
          </Callout>
        )}
        {text !== '' ? (
          <Json
            text={text}
            what="answer"
            title={
              answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ??
              'Answer'
            }
          />
        ) : (
          <p className="quiet">The answer has no body.</p>
        )}
        <details className="try-more">
          <summary>{answer.headers.length} headers</summary>
          <dl className="try-headers mono small">
            {answer.headers.map(([name, value], i) => (
              <div key={i}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
    </Card>
  );
}
