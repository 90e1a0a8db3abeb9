import {
  useId,
  useState,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react';

import {IconButton} from './Button';
import {Icon, type IconName} from './Icon';
import './field.css';

interface Around {
  label: string;
  /** Where to find it or what it does; read out with the field. */
  hint?: ReactNode;
  /** What is wrong and how to mend it. */
  error?: string | null | undefined;
  /** Not wrong, but worth a second look. */
  warning?: string | null | undefined;
  optional?: boolean;
  hideLabel?: boolean;
}

function useAround({hint, error, warning}: Around) {
  const id = useId();
  const notes = [hint ? `${id}-hint` : '', error || warning ? `${id}-note` : '']
    .filter(Boolean)
    .join(' ');
  return {id, notes: notes === '' ? undefined : notes};
}

function Frame({
  id,
  label,
  hint,
  error,
  warning,
  optional,
  hideLabel,
  children,
}: Around & {id: string; children: ReactNode}) {
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : 'field-label'}>
        {label}
        {optional && <span className="field-optional"> optional</span>}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      <div id={`${id}-note`} className="field-live" aria-live="polite">
        {error ? (
          <p className="field-note field-error">
            <Icon name="bad" size={14} />
            <span>{error}</span>
          </p>
        ) : warning ? (
          <p className="field-note field-warning">
            <Icon name="warn" size={14} />
            <span>{warning}</span>
          </p>
        ) : null}
      </div>
    </div>
  );
}

type Plain<T> = Omit<T, 'onChange' | 'value' | 'id'>;

export interface TextFieldProps extends Around, Plain<InputHTMLAttributes<HTMLInputElement>> {
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
  icon?: IconName;
  /** Beside the field, such as a button. */
  after?: ReactNode;
}

export function TextField({
  label,
  hint,
  error,
  warning,
  optional,
  hideLabel,
  value,
  onChange,
  mono,
  icon,
  after,
  ...rest
}: TextFieldProps) {
  const around = {label, hint, error, warning, optional, hideLabel};
  const {id, notes} = useAround(around);
  return (
    <Frame {...around} id={id}>
      <div className="field-row">
        <div className="field-box">
          {icon && <Icon name={icon} className="field-icon" />}
          <input
            spellCheck={false}
            autoCapitalize="off"
            {...rest}
            id={id}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className={`input ${mono ? 'mono' : ''} ${icon ? 'input-with-icon' : ''}`}
            aria-invalid={error ? true : undefined}
            aria-describedby={notes}
          />
        </div>
        {after}
      </div>
    </Frame>
  );
}

/** Hidden unless the reader asks; never remembered by the browser unless `autoComplete` says so. */
export function SecretField({autoComplete = 'off', ...props}: TextFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      autoComplete={autoComplete}
      type={shown ? 'text' : 'password'}
      after={
        <IconButton
          kind="plain"
          icon={shown ? 'hide' : 'eye'}
          label={`${shown ? 'Hide' : 'Show'} ${props.label}`}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        />
      }
    />
  );
}

export function TextArea({
  label,
  hint,
  error,
  warning,
  optional,
  hideLabel,
  value,
  onChange,
  mono,
  ...rest
}: Around &
  Plain<TextareaHTMLAttributes<HTMLTextAreaElement>> & {
    value: string;
    onChange: (value: string) => void;
    mono?: boolean;
  }) {
  const around = {label, hint, error, warning, optional, hideLabel};
  const {id, notes} = useAround(around);
  return (
    <Frame {...around} id={id}>
      <textarea
        spellCheck={false}
        rows={4}
        {...rest}
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={`input ${mono ? 'mono' : ''}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={notes}
      />
    </Frame>
  );
}

/** One of a few: the browser's own list, which every phone and screen reader knows. */
export function Choice({
  label,
  hint,
  error,
  warning,
  optional,
  hideLabel,
  value,
  onChange,
  options,
  ...rest
}: Around &
  Plain<SelectHTMLAttributes<HTMLSelectElement>> & {
    value: string;
    onChange: (value: string) => void;
    options: readonly (readonly [value: string, label: string])[];
  }) {
  const around = {label, hint, error, warning, optional, hideLabel};
  const {id, notes} = useAround(around);
  return (
    <Frame {...around} id={id}>
      <div className="select-box">
        <select
          {...rest}
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="input select"
          aria-invalid={error ? true : undefined}
          aria-describedby={notes}
        >
          {options.map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
        <Icon name="down" size={14} className="select-sign" />
      </div>
    </Frame>
  );
}
