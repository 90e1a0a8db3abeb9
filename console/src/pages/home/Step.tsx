import type {ReactNode} from 'react';

import {Code} from '../../ui/Code';
import {Icon} from '../../ui/Icon';
import '../try/try.css';
import './home.css';

/** One step of the guide: done, to be done now, or later. */
export function Step({
  n,
  title,
  done,
  now,
  children,
}: {
  n: number;
  title: string;
  done: boolean;
  now: boolean;
  children: ReactNode;
}) {
  return (
    <li
      className={`step ${done ? 'step-done' : ''} ${now ? 'step-now' : ''}`}
      aria-current={now ? 'step' : undefined}
    >
      <span className="step-sign" aria-hidden="true">
        {done ? <Icon name="check" size={15} /> : n}
      </span>
      <div className="step-body stack-small">
        <h2>
          {title}
          {done && <span className="visually-hidden"> (done)</span>}
        </h2>
        {children}
      </div>
    </li>
  );
}

/** What the step does, as a command. */
export function Curl({text}: {text: string}) {
  return (
    <details className="try-more">
      <summary>The same with curl</summary>
      <Code what="curl command" title="WAYLEAVE_KEY holds an API key" text={text} />
    </details>
  );
}
