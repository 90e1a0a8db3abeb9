// Reading and colouring JSON text.

export type JsonPart = [kind: 'key' | 'string' | 'number' | 'word' | 'plain', text: string];

const token =
  /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** The text cut into parts to colour; put together again they are the text. */
export function jsonParts(text: string): JsonPart[] {
  const parts: JsonPart[] = [];
  let last = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > last) parts.push(['plain', text.slice(last, match.index)]);
    const [whole, string, colon, number] = match;
    if (string !== undefined) {
      parts.push([colon === undefined ? 'string' : 'key', string]);
      if (colon !== undefined) parts.push(['plain', colon]);
    } else {
      parts.push([number !== undefined ? 'number' : 'word', whole]);
    }
    last = match.index + whole.length;
  }
  if (last < text.length) parts.push(['plain', text.slice(last)]);
  return parts;
}

/** Indented when it is JSON, else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What keeps a text from being JSON; undefined when it is JSON or empty. */
export function jsonFault(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'not JSON';
  }
}
