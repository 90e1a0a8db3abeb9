import {useMemo, type ReactNode} from 'react';

import {jsonParts} from '../lib/json';
import {CopyButton} from './Copy';
import './code.css';

/** A command or text to paste, with its button. */
export function Code({text, what, title}: {text: string; what: string; title?: ReactNode}) {
  return (
    <figure className="code">
      <figcaption className="code-head">
        <span className="grow truncate">{title ?? what}</span>
        <CopyButton text={text} what={what} kind="quiet" />
      </figcaption>
      <pre tabIndex={0} aria-label={what}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}

/** JSON indented and coloured. Beyond `coloursMax` characters it stays plain, so that a big answer does not stall. */
const coloursMax = 200_000;
export function Json({text, what, title}: {text: string; what: string; title?: ReactNode}) {
  const parts = useMemo(() => (text.length > coloursMax ? undefined : jsonParts(text)), [text]);
  return (
    <figure className="code">
      <figcaption className="code-head">
        <span className="grow truncate">{title ?? what}</span>
        <CopyButton text={text} what={what} kind="quiet" />
      </figcaption>
      <pre tabIndex={0} aria-label={what} className="code-tall">
        <code>
          {parts
            ? parts.map(([kind, piece], i) =>
                kind === 'plain' ? (
                  piece
                ) : (
                  <span key={i} className={`json-${kind}`}>
                    {piece}
                  </span>
                ),
              )
            : text}
        </code>
      </pre>
    </figure>
  );
}
