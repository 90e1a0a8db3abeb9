import {expect, it} from 'vitest';

import {safeReturn, signInPath} from './where';

it.each([
  [null, '/'],
  ['/calls?status=5xx', '/calls?status=5xx'],
  ['https://evil.example', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/a\\b', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in?returnTo=/sign-in', '/'],
  ['/welcome#token', '/'],
])('%s leads to %s after signing in', (wanted, path) => expect(safeReturn(wanted)).toBe(path));

it('sign-in remembers where one was', () => {
  expect(signInPath('/calls?a=b&c=d')).toBe('/sign-in?returnTo=%2Fcalls%3Fa%3Db%26c%3Dd');
  expect(signInPath('/')).toBe('/sign-in');
});
