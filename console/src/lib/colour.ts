// Whether text can be read on a colour (WCAG 2.2, 1.4.3).

export function parseHex(text: string): [number, number, number] | undefined {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (!found) return undefined;
  return [parseInt(found[1] ?? '', 16), parseInt(found[2] ?? '', 16), parseInt(found[3] ?? '', 16)];
}

function luminance([r, g, b]: [number, number, number]): number {
  const part = (value: number): number => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
}

/** 1 to 21; undefined when one is no colour. */
export function contrast(a: string, b: string): number | undefined {
  const first = parseHex(a);
  const second = parseHex(b);
  if (!first || !second) return undefined;
  const [x, y] = [luminance(first), luminance(second)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Black or white, whichever reads better on it. */
export const inkOn = (colour: string): string =>
  (contrast(colour, '#ffffff') ?? 0) >= (contrast(colour, '#111111') ?? 0) ? '#ffffff' : '#111111';
