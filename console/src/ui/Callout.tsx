import type {ReactNode} from 'react';

import {ApiError} from '../api/client';
import {Button} from './Button';
import {Icon} from './Icon';
import './callout.css';

type Tone = 'info' | 'good' | 'warn' | 'bad';

export function Callout({
  tone = 'info',
  title,
  children,
  actions,
  live,
  beside,
}: {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  live?: boolean;
  /** The actions stand at the end of the line where there is room. */
  beside?: boolean;
}) {
  return (
    <div
      className={`callout callout-${tone} ${beside ? 'callout-beside' : ''}`}
      role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}
    >
      <Icon name={tone} size={18} />
      <div className="callout-in">
        <div className="stack-tiny callout-words">
          {title !== undefined && <p className="callout-title">{title}</p>}
          {children !== undefined && <div className="callout-text">{children}</div>}
        </div>
        {actions !== undefined && <div className="row callout-actions">{actions}</div>}
      </div>
    </div>
  );
}

/** What went wrong, how to mend it, and the number that finds it in the log. */
export function Problem({
  error,
  title,
  retry,
}: {
  error: unknown;
  title?: string;
  retry?: () => void;
}) {
  const known = error instanceof ApiError ? error : undefined;
  return (
    <Callout
      tone="bad"
      live
      title={title ?? (known?.title || 'Something went wrong')}
      actions={
        retry && (
          <Button small icon="refresh" onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      <p>{known?.message ?? (error instanceof Error ? error.message : String(error))}</p>
      {known?.requestId !== undefined && (
        <p className="tiny">
          Request <code>{known.requestId}</code>, code <code>{known.code}</code>
        </p>
      )}
    </Callout>
  );
}
