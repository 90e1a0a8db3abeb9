import {expect, it} from 'vitest';

import {passwordAdvice} from './password';

it.each([
  ['short', 'a@b.example', '7 more characters.'],
  ['elevenchars', 'a@b.example', '1 more character.'],
  ['aaaaaaaaaaaaaa', 'a@b.example', 'Too few different characters.'],
  ['gracehopper1234', 'gracehopper@b.example', 'That is little more than your e-mail address.'],
  ['correct horse battery', 'a@b.example', undefined],
])('%s for %s: %s', (password, email, advice) =>
  expect(passwordAdvice(password, email)).toBe(advice),
);
