import {describe, expect, it} from 'vitest';

import {barHeights, niceTop} from './chart';

it.each([
  [0, 1],
  [1, 1],
  [7, 8],
  [11, 20],
  [260, 300],
  [999, 1000],
])('a scale for %s ends at %s', (most, top) => expect(niceTop(most)).toBe(top));

describe('a bar', () => {
  it('is as high as its share', () =>
    expect(barHeights(50, 0, 100, 96)).toEqual({whole: 48, part: 0}));
  it('is nothing for nothing', () =>
    expect(barHeights(0, 0, 100, 96)).toEqual({whole: 0, part: 0}));
  it('can be seen however small', () =>
    expect(barHeights(1, 1, 1_000_000, 96)).toEqual({whole: 2, part: 2}));
  it('never has a failed part higher than itself', () => {
    const {whole, part} = barHeights(10, 12, 10, 96);
    expect(part).toBeLessThanOrEqual(whole);
    expect(whole).toBe(96);
  });
});
