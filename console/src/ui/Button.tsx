import type {ButtonHTMLAttributes, ReactNode} from 'react';
import {Link, type LinkProps} from 'react-router';

import {tell} from '../lib/toasts';
import {Icon, type IconName} from './Icon';
import './button.css';

type Kind = 'primary' | 'plain' | 'quiet' | 'danger' | 'danger-plain';

interface Looks {
  kind?: Kind;
  icon?: IconName;
  small?: boolean;
}

const classes = ({kind = 'plain', small}: Looks, more = ''): string =>
  `button button-${kind}${small ? ' button-small' : ''} ${more}`;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, Looks {
  /** Work is under way: keeps its width and takes no second press. */
  busy?: boolean;
  /** Why it cannot be pressed now; it stays reachable so that the reason can be read. */
  refusal?: string | undefined;
}

export function Button({
  kind,
  icon,
  small,
  busy,
  refusal,
  children,
  className,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const stopped = busy === true || refusal !== undefined;
  return (
    <button
      {...rest}
      type={type}
      className={classes({kind, small}, className)}
      aria-disabled={stopped || undefined}
      aria-busy={busy || undefined}
      title={refusal ?? rest.title}
      onClick={(event) => {
        if (stopped) {
          event.preventDefault();
          // Not everybody can hover to read why.
          if (refusal !== undefined) tell(refusal, 'info');
        } else onClick?.(event);
      }}
    >
      {busy ? <Spinner /> : icon ? <Icon name={icon} /> : null}
      {children !== undefined && <span>{children}</span>}
      {refusal !== undefined && <span className="visually-hidden">. {refusal}</span>}
    </button>
  );
}

/** Square, with its name for screen readers and on hover. */
export function IconButton({
  icon,
  label,
  ...rest
}: Omit<ButtonProps, 'children' | 'icon'> & {icon: IconName; label: string}) {
  return (
    <Button
      kind="quiet"
      {...rest}
      className={`button-icon ${rest.className ?? ''}`}
      aria-label={label}
      title={rest.title ?? label}
      icon={icon}
    />
  );
}

/** Looks like a button and goes to a page. */
export function LinkButton({
  kind,
  icon,
  small,
  children,
  className,
  ...rest
}: LinkProps & Looks & {children: ReactNode}) {
  return (
    <Link
      {...rest}
      className={classes({kind, small}, typeof className === 'string' ? className : '')}
    >
      {icon ? <Icon name={icon} /> : null}
      <span>{children}</span>
    </Link>
  );
}

export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}
