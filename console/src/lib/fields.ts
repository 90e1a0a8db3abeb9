// Judging what is pasted into the fields a provider asks for, so that a secret does not end up where
// everybody can read it.

export interface Field {
  name: string;
  title: string;
  hint?: string | null | undefined;
  pattern?: string | null | undefined;
  secret: boolean;
  required: boolean;
}

export interface Advice {
  error?: string;
  warning?: string;
}

/** What an app of the provider brings: its fields, and what stands in the provider's addresses. */
export function allFields(provider: {
  fields: readonly Field[];
  tenant: readonly {
    name: string;
    title: string;
    hint: string | null;
    pattern: string;
    default: string | null;
  }[];
}): Field[] {
  const tenant = provider.tenant.map((part) => ({
    name: `settings.${part.name}`,
    title: part.title,
    hint: [part.hint, part.default === null ? null : `When empty: ${part.default}`]
      .filter(Boolean)
      .join(' '),
    pattern: part.pattern,
    secret: false,
    required: part.default === null,
  }));
  return [...provider.fields, ...tenant];
}

/** The whole value matches; undefined when there is no pattern or the browser cannot read it. */
export function matches(field: Field, value: string): boolean | undefined {
  if (!field.pattern) return undefined;
  try {
    return new RegExp(`^(?:${field.pattern})$`, 'u').test(value);
  } catch {
    return undefined;
  }
}

/** Beginnings that the providers give to their secrets and tokens, never to ids. */
const secretStarts =
  /^(GOCSPX-|sk_|rk_|whsec_|shpss_|shpat_|xox[abprs]-|pat-|ghp_|gho_|glpat-|ya29\.|eyJ|wlk_)/;

/** Made of chance, as secrets are: long, one word, letters of both cases and digits well mixed. */
export function looksSecret(value: string): boolean {
  if (secretStarts.test(value)) return true;
  if (value.length < 32 || /[\s./:@]/.test(value)) return false;
  return (
    /[a-z]/.test(value) && /[A-Z]/.test(value) && /[0-9]/.test(value) && new Set(value).size >= 16
  );
}

/** Whether two fields cannot be told apart by their form. */
export const lookAlike = (a: Field, b: Field): boolean =>
  Boolean(a.pattern) && a.pattern === b.pattern;

/** What is wrong or doubtful about `value` in `field`, seeing what the other fields hold. */
export function fieldAdvice(
  field: Field,
  value: string,
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
): Advice {
  const text = value.trim();
  if (text === '') return {};
  const others = fields.filter((other) => other.name !== field.name);
  const twin = others.find(
    (other) => other.secret !== field.secret && (values[other.name] ?? '').trim() === text,
  );
  if (twin)
    return {error: `${field.title} and ${twin.title} are the same. One of them was pasted twice.`};
  if (matches(field, text) === false) {
    const meant = others.find(
      (other) =>
        matches(other, text) === true && !lookAlike(other, field) && other.pattern !== '.*',
    );
    if (meant) return {error: `This looks like the ${meant.title}, not the ${field.title}.`};
    return {error: `This does not look like a ${field.title}. ${field.hint ?? ''}`.trim()};
  }
  if (!field.secret && matches(field, text) === undefined && looksSecret(text)) {
    return {
      warning: `This looks like a secret. ${field.title} is shown to every member; check that it was not mixed up.`,
    };
  }
  return {};
}

/** The body's members: `settings.x` goes below `settings`; empty ones stay out. */
export function bodyOf(values: Readonly<Record<string, string>>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  const settings: Record<string, string> = {};
  for (const [name, raw] of Object.entries(values)) {
    const value = name.endsWith('scopeSeparator') ? raw : raw.trim();
    if (value === '') continue;
    if (name.startsWith('settings.')) settings[name.slice('settings.'.length)] = value;
    else body[name] = value;
  }
  if (Object.keys(settings).length > 0) body['settings'] = settings;
  return body;
}

export const slugPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
export function slugAdvice(slug: string, taken: readonly string[]): string | undefined {
  if (slug === '') return undefined;
  if (!slugPattern.test(slug))
    return 'Letters, digits, - and _, up to 63, beginning with a letter or a digit.';
  if (taken.includes(slug.toLowerCase())) return 'Another app has this short name.';
  return undefined;
}
/** A short name nobody has: `hubspot`, `hubspot-2` … */
export function freeSlug(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let n = 2; ; n += 1) if (!taken.includes(`${wanted}-${n}`)) return `${wanted}-${n}`;
}
