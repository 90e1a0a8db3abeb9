import {readFileSync} from 'node:fs';

import {describe, expect, it} from 'vitest';

import {fillIn, kindOf, permissions, usualTexts} from './permissions';

describe('what the connect page says of scopes', () => {
  it('tells reading from changing', () => {
    expect(kindOf('crm.objects.deals.read')).toBe('read');
    expect(kindOf('write:issues')).toBe('change');
    expect(kindOf('https://www.googleapis.com/auth/calendar.readonly')).toBe('read');
    expect(kindOf('communication_preferences.read_write')).toBe('change');
    expect(kindOf('oauth')).toBe('other');
  });
  it('names things once, the optional ones last', () =>
    expect(
      permissions(
        ['crm.objects.contacts.read', 'crm.lists.read', 'oauth'],
        ['crm.objects.contacts.read', 'crm.objects.contacts.write'],
        [{name: 'oauth', grants: 'See which account this is'}],
      ),
    ).toEqual([
      {kind: 'read', text: 'Contacts', optional: false},
      {kind: 'read', text: 'Lists', optional: false},
      {kind: 'other', text: 'See which account this is', optional: false},
      {kind: 'change', text: 'Contacts', optional: true},
    ]));
});

it('the usual texts are those of the page', () => {
  const texts = JSON.parse(
    readFileSync(new URL('../../../src/connect/texts/en.json', import.meta.url), 'utf8'),
  ) as Record<string, string>;
  for (const [key, {text}] of Object.entries(usualTexts)) expect(text, key).toBe(texts[key]);
});

it('names are filled in', () =>
  expect(fillIn('Connect {provider} to {company}', {company: 'Acme', provider: 'X'})).toBe(
    'Connect X to Acme',
  ));
