import {describe, expect, it} from 'vitest';

import {
  bodyOf,
  fieldAdvice,
  freeSlug,
  looksSecret,
  matches,
  slugAdvice,
  type Field,
} from './fields';

const uuid = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const clientId: Field = {
  name: 'clientId',
  title: 'Client ID',
  hint: 'On the tab Auth.',
  pattern: uuid,
  secret: false,
  required: true,
};
const secret: Field = {
  name: 'clientSecret',
  title: 'Client secret',
  pattern: uuid,
  secret: true,
  required: true,
};
const appId: Field = {
  name: 'appId',
  title: 'App ID',
  pattern: '[0-9]{1,20}',
  secret: false,
  required: false,
};
const fields = [clientId, secret, appId];
const id = '7fff1e36-2d40-4ae1-bbb1-5266d59564fb';

describe('what is pasted into a field', () => {
  it('passes when it is right, with blanks around it', () => {
    expect(fieldAdvice(clientId, ` ${id} `, fields, {})).toEqual({});
    expect(fieldAdvice(clientId, '', fields, {})).toEqual({});
  });
  it('is recognised as what belongs elsewhere', () => {
    expect(fieldAdvice(clientId, '1234567', fields, {}).error).toBe(
      'This looks like the App ID, not the Client ID.',
    );
    expect(fieldAdvice(appId, id, fields, {}).error).toContain('looks like the Client ID');
  });
  it('is refused as an id when the secret is the same', () => {
    expect(fieldAdvice(clientId, id, fields, {clientId: id, clientSecret: id}).error).toContain(
      'pasted twice',
    );
    expect(fieldAdvice(secret, id, fields, {clientId: id, clientSecret: id}).error).toContain(
      'pasted twice',
    );
  });
  it('tells the hint when it looks like nothing known', () =>
    expect(fieldAdvice(clientId, 'hello', fields, {}).error).toContain('On the tab Auth.'));
  it('must match whole, as RE2 does it', () => {
    expect(matches(appId, '12x')).toBe(false);
    expect(matches({...appId, pattern: 'a|b'}, 'ac')).toBe(false);
  });
  it('is not judged by a pattern the browser cannot read', () =>
    expect(fieldAdvice({...clientId, pattern: '(?P<x>a'}, 'zzz', [], {})).toEqual({}));
});

describe('a secret where everybody can read it', () => {
  const open: Field = {name: 'clientId', title: 'Client ID', secret: false, required: true};
  it('is noticed by the beginnings providers give', () => {
    for (const text of ['GOCSPX-abc', 'sk_live_1', 'xoxb-1', 'shpss_0a', 'pat-na1-x']) {
      expect(fieldAdvice(open, text, [open], {}).warning).toContain('looks like a secret');
    }
  });
  it('is noticed when it is made of chance', () => {
    expect(looksSecret('aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW')).toBe(true);
    expect(looksSecret('my-company-production-client-identifier')).toBe(false);
    expect(looksSecret('https://id.example.com/AAAbbb111222333444555666777')).toBe(false);
  });
});

describe('a short name', () => {
  it('is judged as the server does', () => {
    expect(slugAdvice('hbDev', [])).toBeUndefined();
    expect(slugAdvice('-a', [])).toBeDefined();
    expect(slugAdvice('a'.repeat(64), [])).toBeDefined();
    expect(slugAdvice('HBDEV', ['hbdev'])).toContain('Another app');
  });
  it('is found free', () => expect(freeSlug('a', ['a', 'a-2'])).toBe('a-3'));
});

it('settings go below settings, empty ones nowhere', () =>
  expect(
    bodyOf({
      clientId: ' x ',
      appId: '',
      'settings.token': 'https://t',
      'settings.scopeSeparator': ' ',
    }),
  ).toEqual({
    clientId: 'x',
    settings: {token: 'https://t', scopeSeparator: ' '},
  }));
