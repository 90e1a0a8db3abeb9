import {expect, it} from 'vitest';

import {bodySketch, parseHeaders, placeholders, suggestions} from './suggest';

it('headers are read line by line', () =>
  expect(parseHeaders('A: b\n\n X-Y :  c d \nnot a header\nH:')).toEqual({
    headers: [
      ['A', 'b'],
      ['X-Y', 'c d'],
      ['H', ''],
    ],
    faults: [4],
  }));
it('placeholders are found', () =>
  expect(placeholders('/o/{object}/{id}?a=1')).toEqual(['object', 'id']));
it('objects become paths', () =>
  expect(
    suggestions([
      {
        name: 'contacts',
        title: 'Contacts',
        calls: [{name: 'list', method: 'GET', path: '/c', host: 'default'}],
      },
    ]),
  ).toEqual([{label: 'Contacts: List', method: 'GET', path: '/c', host: 'default'}]));
it('only methods with a body get one', () => {
  expect(bodySketch('GET', '/x')).toBeUndefined();
  expect(bodySketch('POST', '/x/search')).toContain('limit');
});
