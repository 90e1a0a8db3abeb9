import {useId, type ReactNode} from 'react';

import './field.css';

export function Check({
  label,
  hint,
  checked,
  onChange,
  disabled,
  name,
}: {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  name?: string;
}) {
  const id = useId();
  return (
    <div className="check">
      <input
        type="checkbox"
        id={id}
        name={name}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      <div className="grow">
        <label htmlFor={id}>{label}</label>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="field-hint">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** Few choices with an explanation each. */
export function Cards({
  label,
  value,
  onChange,
  options,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly {value: string; title: string; text: string; refusal?: string | undefined}[];
}) {
  const name = useId();
  return (
    <fieldset className="field">
      <legend className="field-label">{label}</legend>
      <div className="choice-cards">
        {options.map((option) => (
          <label
            key={option.value}
            className={`choice-card ${option.refusal ? 'choice-card-off' : ''}`}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={value === option.value}
              disabled={option.refusal !== undefined}
              onChange={() => onChange(option.value)}
            />
            <span className="stack-tiny">
              <span className="strong">{option.title}</span>
              <span className="quiet small">{option.text}</span>
              {option.refusal && <span className="small field-warning">{option.refusal}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
