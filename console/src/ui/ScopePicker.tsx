// Scopes as a searchable list: what each grants, what it brings along.
import {useId, useMemo, useState} from 'react';

import type {ProviderScope} from '../api/types';
import {dependents, scopeGroup, toggle} from '../lib/scopes';
import {Badge} from './Badge';
import {Icon} from './Icon';
import './scope-picker.css';

export interface ScopeChoice {
  /** All that are asked for, the optional ones among them. */
  chosen: string[];
  optional: string[];
}

export function ScopePicker({
  scopes,
  value,
  onChange,
}: {
  scopes: readonly ProviderScope[];
  value: ScopeChoice;
  onChange: (value: ScopeChoice) => void;
}) {
  const id = useId();
  const [text, setText] = useState('');
  const [onlyChosen, setOnlyChosen] = useState(false);
  const [note, setNote] = useState('');
  // Chosen ones the provider's file does not know are shown too, so that nothing is asked in secret.
  const all = useMemo(() => {
    const known = new Set(scopes.map((scope) => scope.name));
    const strange = value.chosen
      .filter((name) => !known.has(name))
      .map((name): ProviderScope => ({
        name,
        title: name,
        grants: 'Not described by the provider’s file.',
        tier: null,
        required: false,
        requires: [],
      }));
    return [...scopes, ...strange];
  }, [scopes, value.chosen]);
  const groups = useMemo(() => {
    const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter(
      (scope) =>
        (!onlyChosen || value.chosen.includes(scope.name)) &&
        words.every((word) =>
          `${scope.name} ${scope.title} ${scope.grants}`.toLowerCase().includes(word),
        ),
    );
    const by = new Map<string, ProviderScope[]>();
    for (const scope of found) {
      const group = scopeGroup(scope.name);
      by.set(group, [...(by.get(group) ?? []), scope]);
    }
    return [...by];
  }, [all, text, onlyChosen, value.chosen]);

  const flip = (scope: ProviderScope) => {
    const next = toggle(scope.name, value.chosen, scopes);
    const added = next.filter((name) => !value.chosen.includes(name) && name !== scope.name);
    const gone = value.chosen.filter((name) => !next.includes(name) && name !== scope.name);
    setNote(
      added.length > 0
        ? `${scope.name} needs ${added.join(', ')}, which ${added.length === 1 ? 'was' : 'were'} added.`
        : gone.length > 0
          ? `${gone.join(', ')} ${gone.length === 1 ? 'needs' : 'need'} ${scope.name} and ${gone.length === 1 ? 'was' : 'were'} removed with it.`
          : '',
    );
    onChange({chosen: next, optional: value.optional.filter((name) => next.includes(name))});
  };
  const flipOptional = (name: string) =>
    onChange({
      ...value,
      optional: value.optional.includes(name)
        ? value.optional.filter((other) => other !== name)
        : [...value.optional, name],
    });

  return (
    <fieldset className="scopes">
      <legend className="field-label">Scopes</legend>
      <p className="field-hint" id={`${id}-hint`}>
        What your customers will be asked to allow. Ask for no more than you need: people say no to
        long lists.
      </p>
      <div className="scopes-box">
        <div className="scopes-head">
          <div className="field-box">
            <Icon name="search" className="field-icon" />
            <input
              className="input input-with-icon"
              placeholder="Search scopes"
              aria-label="Search scopes"
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
              spellCheck={false}
            />
          </div>
          <button
            type="button"
            className="button button-plain"
            aria-pressed={onlyChosen}
            onClick={() => setOnlyChosen(!onlyChosen)}
          >
            {onlyChosen && <Icon name="check" />}
            <span className="number">{value.chosen.length} chosen</span>
          </button>
        </div>
        <div className="scopes-list" tabIndex={0} role="group" aria-label="Scopes">
          {groups.length === 0 && (
            <p className="quiet scopes-none">
              {onlyChosen && text === '' ? 'None chosen yet.' : 'No scope matches.'}
            </p>
          )}
          {groups.map(([group, members]) => (
            <div key={group} role="group" aria-label={group}>
              <p className="scopes-group">{group}</p>
              {members.map((scope) => {
                const on = value.chosen.includes(scope.name);
                const held = on ? dependents(scope.name, value.chosen, scopes) : [];
                return (
                  <div key={scope.name} className={`scope ${on ? 'scope-on' : ''}`}>
                    <input
                      type="checkbox"
                      id={`${id}-${scope.name}`}
                      checked={on}
                      disabled={scope.required === true && on}
                      onChange={() => flip(scope)}
                      aria-describedby={`${id}-${scope.name}-about`}
                    />
                    <label htmlFor={`${id}-${scope.name}`} className="grow">
                      <span className="scope-title">{scope.title}</span>
                      <code className="scope-name">{scope.name}</code>
                      <span id={`${id}-${scope.name}-about`} className="scope-about">
                        {scope.grants !== scope.title && <span>{scope.grants}</span>}
                        {scope.requires && scope.requires.length > 0 && (
                          <span>Needs {scope.requires.join(', ')}</span>
                        )}
                        {held.length > 0 && <span>Needed by {held.join(', ')}</span>}
                      </span>
                    </label>
                    {scope.tier && <Badge tone="warn">{scope.tier}</Badge>}
                    {scope.required && <Badge tone="accent">always</Badge>}
                    {on && !scope.required && (
                      <button
                        type="button"
                        className="scope-optional"
                        aria-pressed={value.optional.includes(scope.name)}
                        onClick={() => flipOptional(scope.name)}
                        title="Optional: the customer can connect without it"
                      >
                        {value.optional.includes(scope.name) ? 'Optional' : 'Required'}
                      </button>
                    )}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
      </div>
      <p className="field-hint" role="status">
        {note}
      </p>
    </fieldset>
  );
}
