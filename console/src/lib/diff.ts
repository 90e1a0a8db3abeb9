// What changed between two states of a thing.

export interface Change {
  name: string;
  before: string;
  after: string;
}

const text = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members of `detail.before` and `detail.after` that differ; undefined when it holds neither. */
export function changes(detail: Record<string, unknown>): Change[] | undefined {
  const {before, after} = detail;
  if (!isObject(before) && !isObject(after)) return undefined;
  const old = isObject(before) ? before : {};
  const now = isObject(after) ? after : {};
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .map((name) => ({name, before: text(old[name]), after: text(now[name])}))
    .filter((change) => change.before !== change.after);
}

/** The rest of the detail, beside before and after. */
export function rest(detail: Record<string, unknown>): Record<string, unknown> {
  const {before: _before, after: _after, ...others} = detail;
  return others;
}
