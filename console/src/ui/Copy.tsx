import {useEffect, useRef, useState} from 'react';

import {Button} from './Button';
import {Icon} from './Icon';
import './copy.css';

/** Puts `text` on the clipboard; tells whether that worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http on another host has no clipboard API: the old way still works there.
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('readonly', '');
    area.className = 'visually-hidden';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

export function useCopied(): [state: 'idle' | 'copied' | 'failed', copy: (text: string) => void] {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (text: string): void => {
    void copyText(text).then((done) => {
      setState(done ? 'copied' : 'failed');
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setState('idle'), 2000);
    });
  };
  return [state, copy];
}

const words = {copied: 'Copied', failed: 'Select and copy it by hand'};

/** “Copy”, then for two seconds “Copied”. `what` names the thing for screen readers. */
export function CopyButton({
  text,
  what,
  label = 'Copy',
  small = true,
  kind,
}: {
  text: string;
  what: string;
  label?: string;
  small?: boolean;
  kind?: 'plain' | 'quiet' | 'primary';
}) {
  const [state, copy] = useCopied();
  return (
    <>
      <Button
        small={small}
        kind={kind}
        icon={state === 'copied' ? 'check' : 'copy'}
        className="copy-button"
        onClick={() => copy(text)}
        aria-label={`${label} ${what}`}
      >
        {state === 'idle' ? label : words[state]}
      </Button>
      <span role="status" className="visually-hidden">
        {state === 'idle' ? '' : words[state]}
      </span>
    </>
  );
}

/** A value in a box that copies itself when pressed. */
export function CopyValue({text, what}: {text: string; what: string}) {
  const [state, copy] = useCopied();
  return (
    <button
      type="button"
      className="copy-value"
      onClick={() => copy(text)}
      aria-label={`Copy ${what}: ${text}`}
      title={`Copy ${what}`}
    >
      <code>{text}</code>
      <span className="copy-value-sign" role="status">
        <Icon name={state === 'copied' ? 'check' : 'copy'} size={14} />
        {state !== 'idle' && <span>{words[state]}</span>}
      </span>
    </button>
  );
}
