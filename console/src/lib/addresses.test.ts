import {expect, it} from 'vitest';

import {addressFault, addressList} from './addresses';

it.each(['203.0.113.7', '10.0.0.0/8', '2001:db8::/32', '::1', '::ffff:10.0.0.1'])(
  '%s is a range',
  (text) => expect(addressFault(text)).toBeUndefined(),
);
it.each([
  '256.1.1.1',
  '10.0.0.0/33',
  '2001:db8::/129',
  'example.org',
  '1.2.3',
  'a::b::c',
  '10.0.0.0/8/8',
])('%s is none', (text) => expect(addressFault(text)).toBeDefined());
it('lines, blanks and commas part ranges', () =>
  expect(addressList(' a\nb, c ')).toEqual(['a', 'b', 'c']));
