// Which scopes belong together.

export interface ScopeRule {
  name: string;
  requires?: readonly string[] | undefined;
  required?: boolean | undefined;
}

const rulesBy = (rules: readonly ScopeRule[]): Map<string, ScopeRule> =>
  new Map(rules.map((rule) => [rule.name, rule]));

/** `chosen` with everything it requires, and what every app must have. Order: as chosen, then as added. */
export function withRequired(chosen: readonly string[], rules: readonly ScopeRule[]): string[] {
  const by = rulesBy(rules);
  const all = new Set(chosen);
  for (const rule of rules) if (rule.required) all.add(rule.name);
  // A set that grows while it is walked is walked to its new end.
  for (const name of all) for (const needed of by.get(name)?.requires ?? []) all.add(needed);
  return [...all];
}

/** Chosen scopes that need `name`, directly or through another. */
export function dependents(
  name: string,
  chosen: readonly string[],
  rules: readonly ScopeRule[],
): string[] {
  const by = rulesBy(rules);
  const found = new Set([name]);
  let grew = true;
  while (grew) {
    grew = false;
    for (const other of chosen) {
      if (
        !found.has(other) &&
        (by.get(other)?.requires ?? []).some((needed) => found.has(needed))
      ) {
        found.add(other);
        grew = true;
      }
    }
  }
  found.delete(name);
  return [...found];
}

/** Ticks or unticks; takes along what requires it. `locked` ones stay. */
export function toggle(
  name: string,
  chosen: readonly string[],
  rules: readonly ScopeRule[],
): string[] {
  if (!chosen.includes(name)) return withRequired([...chosen, name], rules);
  if (rulesBy(rules).get(name)?.required) return [...chosen];
  const gone = new Set([name, ...dependents(name, chosen, rules)]);
  return withRequired(
    chosen.filter((other) => !gone.has(other)),
    rules,
  );
}

export interface Comparison {
  granted: string[];
  missing: string[];
  /** Granted and never asked for. */
  extra: string[];
}

/** What was asked for beside what was given. */
export function compare(requested: readonly string[], granted: readonly string[]): Comparison {
  const given = new Set(granted);
  const asked = new Set(requested);
  return {
    granted: requested.filter((name) => given.has(name)),
    missing: requested.filter((name) => !given.has(name)),
    extra: granted.filter((name) => !asked.has(name)),
  };
}

/** Heading a scope is listed under: `crm.objects`, `files`, … */
export function scopeGroup(name: string): string {
  const url = /^https?:\/\/[^/]+\/(?:auth\/)?(.+)$/.exec(name);
  const parts = (url?.[1] ?? name).split(/[.:/]/);
  return parts.length > 2 ? `${parts[0]}.${parts[1]}` : (parts[0] ?? name);
}
