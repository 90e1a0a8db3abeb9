import {expect, it} from 'vitest';

import {contrast, inkOn} from './colour';

it('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 1);
  expect(contrast('red', '#ffffff')).toBeUndefined();
});
it('text on a colour is the one that reads better', () => {
  expect(inkOn('#ffe000')).toBe('#111111');
  expect(inkOn('#1f5fd6')).toBe('#ffffff');
});
