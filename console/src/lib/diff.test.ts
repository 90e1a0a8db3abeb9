import {expect, it} from 'vitest';

import {changes, rest} from './diff';

it('only what differs is told', () =>
  expect(changes({before: {a: 1, b: 'x', c: ['s']}, after: {a: 1, b: 'y', c: ['s', 't']}})).toEqual(
    [
      {name: 'b', before: 'x', after: 'y'},
      {name: 'c', before: '["s"]', after: '["s","t"]'},
    ],
  ));
it('a new thing has no before, a removed one no after', () => {
  expect(changes({after: {a: 'x'}})).toEqual([{name: 'a', before: '', after: 'x'}]);
  expect(changes({before: {a: 'x'}})).toEqual([{name: 'a', before: 'x', after: ''}]);
});
it('a detail without either is no change', () => {
  expect(changes({reason: 'x'})).toBeUndefined();
  expect(rest({before: {}, after: {}, reason: 'x'})).toEqual({reason: 'x'});
});
