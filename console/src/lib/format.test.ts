import {describe, expect, it} from 'vitest';

import {bytes, duration, percent, period, plural, relativeTime} from './format';

const now = Date.parse('2026-11-24T12:00:00Z');
const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString();

describe('a time', () => {
  it.each([
    [-2, 'just now'],
    [3, 'just now'],
    [-30, '30 seconds ago'],
    [-90, '1 minute ago'],
    [1800, 'in 30 minutes'],
    [-3599, '59 minutes ago'],
    [-86_400, 'yesterday'],
    [86_400 * 9, 'next week'],
    [-86_400 * 800, '2 years ago'],
  ])('%s seconds away reads %s', (seconds, text) =>
    expect(relativeTime(at(seconds), now)).toBe(text),
  );
  it('stays as it is when it is none', () => expect(relativeTime('soon', now)).toBe('soon'));
});

it.each([
  [0, 'under 1 ms'],
  [999, '999 ms'],
  [1400, '1.4 s'],
  [59_400, '59 s'],
  [120_000, '2 min'],
  [125_000, '2 min 5 s'],
])('%s ms reads %s', (ms, text) => expect(duration(ms)).toBe(text));

it.each([
  [999, '999 B'],
  [1100, '1.1 kB'],
  [268_435_456, '268 MB'],
])('%s bytes read %s', (n, text) => expect(bytes(n)).toBe(text));

it.each([
  [0, 10, '0 %'],
  [1, 10_000, 'under 0.1 %'],
  [1, 3, '33 %'],
  [1, 0, '0 %'],
])('%s of %s is %s', (part, whole, text) => expect(percent(part, whole)).toBe(text));

it('one is not many', () => {
  expect(plural(1, 'call')).toBe('1 call');
  expect(plural(2000, 'call')).toBe('2,000 calls');
});

it('a window is told in its largest whole unit', () => {
  expect(period(10_000)).toBe('10 seconds');
  expect(period(1000)).toBe('1 second');
  expect(period(86_400_000)).toBe('1 day');
  expect(period(1500)).toBe('1,500 ms');
});
