import {describe, expect, it} from 'vitest';

import {compare, dependents, scopeGroup, toggle, withRequired} from './scopes';

const rules = [
  {name: 'oauth', required: true},
  {name: 'read'},
  {name: 'write', requires: ['read']},
  {name: 'admin', requires: ['write']},
  {name: 'a', requires: ['b']},
  {name: 'b', requires: ['a']},
];

describe('scopes that belong together', () => {
  it('bring what they require, over several steps', () =>
    expect(withRequired(['admin'], rules)).toEqual(['admin', 'oauth', 'write', 'read']));
  it('end when they require each other', () => {
    expect(withRequired(['a'], rules)).toEqual(['a', 'oauth', 'b']);
    expect(dependents('a', ['a', 'b'], rules)).toEqual(['b']);
  });
  it('leave together', () =>
    expect(toggle('read', ['oauth', 'read', 'write', 'admin'], rules)).toEqual(['oauth']));
  it('keep what every app must have', () =>
    expect(toggle('oauth', ['oauth', 'read'], rules)).toEqual(['oauth', 'read']));
  it('may be unknown to the provider', () =>
    expect(toggle('strange', ['oauth'], rules)).toEqual(['oauth', 'strange']));
});

it('granted is told from missing and from what nobody asked for', () =>
  expect(compare(['a', 'b'], ['b', 'c'])).toEqual({granted: ['b'], missing: ['a'], extra: ['c']}));

it('scopes are listed under their family', () => {
  expect(scopeGroup('crm.objects.contacts.read')).toBe('crm.objects');
  expect(scopeGroup('oauth')).toBe('oauth');
  expect(scopeGroup('https://www.googleapis.com/auth/drive.file')).toBe('drive');
});
