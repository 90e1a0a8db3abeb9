// Sizes of bars.

/** The round number a scale ends at: 1, 2, 3, 4, 5, 6, 8, 10, 20, 30 … */
export function niceTop(most: number): number {
  if (most <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  for (const step of [1, 2, 3, 4, 5, 6, 8, 10]) if (step * power >= most) return step * power;
  return 10 * power;
}

/** Height of a bar and of its failed part. What is not nought can be seen. */
export function barHeights(
  total: number,
  failed: number,
  top: number,
  height: number,
): {whole: number; part: number} {
  if (total <= 0 || top <= 0) return {whole: 0, part: 0};
  const whole = Math.max(2, Math.min(1, total / top) * height);
  if (failed <= 0) return {whole, part: 0};
  return {whole, part: Math.min(whole, Math.max(2, (Math.min(failed, total) / total) * whole))};
}
