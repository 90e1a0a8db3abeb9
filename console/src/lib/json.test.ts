import {describe, expect, it} from 'vitest';

import {jsonFault, jsonParts, pretty} from './json';

describe('JSON cut for colouring', () => {
  it('is the same text put together again', () => {
    for (const text of [
      '{"a": [1, -2.5e3, "x\\"y", true, null]}',
      'not json',
      '{"cut": "off',
      '',
    ]) {
      expect(
        jsonParts(text)
          .map(([, piece]) => piece)
          .join(''),
      ).toBe(text);
    }
  });
  it('tells keys from texts', () => {
    const kinds = Object.fromEntries(
      jsonParts('{"a": "b", "c": 1}').map(([kind, piece]) => [piece, kind]),
    );
    expect(kinds).toMatchObject({'"a"': 'key', '"b"': 'string', '"c"': 'key', '1': 'number'});
  });
});

it('what is not JSON is shown as it is', () => expect(pretty('<html>')).toBe('<html>'));
it('an empty text is no fault', () => {
  expect(jsonFault('  ')).toBeUndefined();
  expect(jsonFault('{')).toBeDefined();
});
