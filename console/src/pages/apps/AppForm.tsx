// The fields of an app, as its provider asks for them. Used to register one and to change it.
import {useState} from 'react';

import {ApiError} from '../../api/client';
import type {AppFields} from '../../api/apps';
import type {App, Provider} from '../../api/types';
import {allFields, bodyOf, fieldAdvice, type Field} from '../../lib/fields';
import {withRequired} from '../../lib/scopes';
import {Check} from '../../ui/Choices';
import {SecretField, TextArea, TextField} from '../../ui/Field';
import {Callout} from '../../ui/Callout';
import {Card} from '../../ui/Page';
import {ScopePicker, type ScopeChoice} from '../../ui/ScopePicker';

export interface Draft {
  values: Record<string, string>;
  scopes: ScopeChoice;
  /** For providers that describe no scopes: as typed. */
  scopeText: string;
  origins: string;
  binding: boolean;
}

export function emptyDraft(provider: Provider): Draft {
  return {
    values: Object.fromEntries(allFields(provider).map((field) => [field.name, ''])),
    scopes: {chosen: withRequired([], provider.scopes), optional: []},
    scopeText: '',
    origins: '',
    binding: true,
  };
}

export function draftOf(provider: Provider, app: App): Draft {
  const settings = (app.settings ?? {}) as Record<string, string>;
  const value = (name: string): string => {
    if (name.startsWith('settings.')) return settings[name.slice('settings.'.length)] ?? '';
    const own = (app as unknown as Record<string, unknown>)[name];
    return typeof own === 'string' ? own : '';
  };
  return {
    values: Object.fromEntries(allFields(provider).map((field) => [field.name, value(field.name)])),
    scopes: {chosen: [...app.scopes, ...app.optionalScopes], optional: app.optionalScopes},
    scopeText: app.scopes.join(' '),
    origins: app.returnOrigins.join('\n'),
    binding: app.browserBinding === 'required',
  };
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export function useDraft(provider: Provider, first: Draft, existing = false) {
  const [draft, setDraft] = useState(first);
  const [checked, setChecked] = useState(false);
  const fields = allFields(provider);
  const required = (field: Field): boolean => field.required && !(existing && field.secret);
  const faults = (): string[] =>
    fields
      .filter(
        (field) =>
          (required(field) && (draft.values[field.name] ?? '').trim() === '') ||
          fieldAdvice(field, draft.values[field.name] ?? '', fields, draft.values).error !==
            undefined,
      )
      .map((field) => field.name);
  return {
    draft,
    setDraft,
    fields,
    checked,
    required,
    /** Whether it may be sent; if not, the first wrong field gets the focus. */
    check: (): boolean => {
      setChecked(true);
      const wrong = faults()[0];
      if (wrong !== undefined)
        document.querySelector<HTMLElement>(`[name="${CSS.escape(wrong)}"]`)?.focus();
      return wrong === undefined;
    },
    body: (): AppFields => {
      const described = provider.scopes.length > 0;
      return {
        // A value that was taken out is sent empty, since what is left out stays.
        ...(existing
          ? Object.fromEntries(
              Object.entries(first.values)
                .filter(([name, old]) => old !== '' && !name.startsWith('settings.'))
                .map(([name]) => [name, '']),
            )
          : {}),
        ...bodyOf(draft.values),
        scopes: described
          ? draft.scopes.chosen.filter((name) => !draft.scopes.optional.includes(name))
          : words(draft.scopeText),
        optionalScopes: described ? draft.scopes.optional : [],
        returnOrigins: words(draft.origins),
        browserBinding: draft.binding ? 'required' : 'optional',
      };
    },
  };
}

export function AppForm({
  provider,
  draft: state,
  refused,
  existing = false,
}: {
  provider: Provider;
  draft: ReturnType<typeof useDraft>;
  refused: unknown;
  existing?: boolean;
}) {
  const {draft, setDraft, fields, checked, required} = state;
  const refusedField = refused instanceof ApiError ? refused.field : undefined;
  const own = fields.filter((field) => !field.name.startsWith('settings.') || field.required);
  const further = fields.filter((field) => !own.includes(field));
  const setValue = (name: string, value: string) =>
    setDraft({...draft, values: {...draft.values, [name]: value}});

  const input = (field: Field) => {
    const value = draft.values[field.name] ?? '';
    const advice = fieldAdvice(field, value, fields, draft.values);
    const missing =
      checked && required(field) && value.trim() === '' ? `${field.title} is needed.` : undefined;
    const error =
      refusedField === field.name && refused instanceof ApiError
        ? refused.message
        : (advice.error ?? missing);
    const Input = field.secret ? SecretField : TextField;
    return (
      <Input
        key={field.name}
        name={field.name}
        label={field.title}
        value={value}
        onChange={(next) => setValue(field.name, next)}
        optional={!required(field)}
        mono
        autoComplete="off"
        data-1p-ignore=""
        hint={
          existing && field.secret ? 'Stays as it is when left empty.' : (field.hint ?? undefined)
        }
        error={error}
        warning={advice.warning}
        required={required(field)}
      />
    );
  };

  return (
    <>
      <Card title="Credentials" lead={`From your app at ${provider.name}.`}>
        <div className="stack">{own.map(input)}</div>
      </Card>
      <Card title="What to ask for">
        {provider.scopes.length > 0 ? (
          <ScopePicker
            scopes={provider.scopes}
            value={draft.scopes}
            onChange={(scopes) => setDraft({...draft, scopes})}
          />
        ) : (
          <TextArea
            label="Scopes"
            mono
            rows={3}
            value={draft.scopeText}
            onChange={(scopeText) => setDraft({...draft, scopeText})}
            hint="One to a line, or separated by blanks, exactly as the provider names them."
          />
        )}
      </Card>
      <Card title="Safety">
        <div className="stack">
          <Check
            label="Only the browser that began may finish"
            hint="A stolen install link or callback does not connect another person’s account. Customers then go through the connect page, which sets a cookie."
            checked={draft.binding}
            onChange={(binding) => setDraft({...draft, binding})}
          />
          <TextArea
            label="Addresses of your product"
            optional
            mono
            rows={2}
            value={draft.origins}
            onChange={(origins) => setDraft({...draft, origins})}
            placeholder="https://app.acme.example"
            hint="One to a line. Customers may only be sent back there, and only pages there may use the connect button."
            error={
              refusedField === 'returnOrigins' && refused instanceof ApiError
                ? refused.message
                : undefined
            }
          />
        </div>
      </Card>
      {further.length > 0 && (
        <Card title="More about the provider" lead="Leave empty what you do not need.">
          <div className="grid-two">{further.map(input)}</div>
        </Card>
      )}
      {refusedField !== undefined &&
        !fields.some((field) => field.name === refusedField) &&
        refused instanceof ApiError && (
          <Callout tone="bad" live title={refusedField}>
            {refused.message}
          </Callout>
        )}
    </>
  );
}
