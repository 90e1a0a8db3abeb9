// What the connect page will say of the scopes an app asks for; follows src/connect/grants.cpp.

const reading = new Set(['read', 'readonly', 'view', 'list', 'get']);
const changing = new Set(
  'write read_write readwrite manage create update delete edit modify send publish full admin import'.split(
    ' ',
  ),
);
const around = new Set(['crm', 'objects', 'api', 'scope']);
/** The nouns the page has words for (`thing.…` of src/connect/texts/en.json). */
const things = new Set(
  (
    'appointments calls companies contacts custom deals email emails files forms invoices leads line_items ' +
    'lists meetings notes orders owners products quotes tasks tickets users'
  ).split(' '),
);
const names: Record<string, string> = {
  custom: 'Custom objects',
  email: 'E-mail',
  emails: 'E-mails',
  owners: 'Record owners',
};

export type PermissionKind = 'read' | 'change' | 'other';
export interface Permission {
  kind: PermissionKind;
  text: string;
  optional: boolean;
}

const wordsOf = (scope: string): string[] =>
  (scope.includes('://') ? scope.slice(scope.lastIndexOf('/') + 1) : scope)
    .toLowerCase()
    .split(/[.:/]/)
    .filter(Boolean);

export function kindOf(scope: string): PermissionKind {
  const words = wordsOf(scope);
  if (words.some((word) => changing.has(word))) return 'change';
  return words.some((word) => reading.has(word)) ? 'read' : 'other';
}

function thingOf(scope: string): string | undefined {
  const left = wordsOf(scope).filter(
    (word) => !reading.has(word) && !changing.has(word) && !around.has(word),
  );
  const [thing] = left;
  if (left.length !== 1 || thing === undefined || !things.has(thing)) return undefined;
  return names[thing] ?? (thing.charAt(0).toUpperCase() + thing.slice(1)).replaceAll('_', ' ');
}

/** Without repetitions, the optional ones last. */
export function permissions(
  required: readonly string[],
  optional: readonly string[],
  known: readonly {name: string; grants: string}[],
): Permission[] {
  const all: Permission[] = [];
  const add = (scope: string, mayRefuse: boolean): void => {
    const kind = kindOf(scope);
    const text = thingOf(scope) ?? known.find((each) => each.name === scope)?.grants ?? scope;
    if (!all.some((other) => other.kind === kind && other.text === text))
      all.push({kind, text, optional: mayRefuse});
  };
  for (const scope of required) add(scope, false);
  for (const scope of optional) add(scope, true);
  return all;
}

/** The page's words in English, which an app may replace. */
export const usualTexts: Record<string, {label: string; text: string}> = {
  'ask.title': {label: 'Title of the question', text: 'Connect {provider} to {company}'},
  'ask.intro': {
    label: 'Below the title',
    text: '{company} asks for access to your {provider} account.',
  },
  'ask.button': {label: 'Button', text: 'Continue to {provider}'},
  'ask.takeBack': {
    label: 'How to end it',
    text: 'You can take the permission back at any time: ask {company} to disconnect, or remove the app in the settings of your {provider} account.',
  },
  'connected.title': {label: 'Title when connected', text: '{provider} is connected'},
  'connected.text': {
    label: 'Text when connected',
    text: '{company} can now work with your {provider} account.',
  },
  'denied.title': {label: 'Title when declined', text: 'Not connected'},
  'denied.text': {
    label: 'Text when declined',
    text: 'You did not give the permission, so nothing was connected.',
  },
};

export const languages = [
  ['en', 'English'],
  ['de', 'German'],
  ['fr', 'French'],
  ['es', 'Spanish'],
  ['pt', 'Portuguese'],
  ['it', 'Italian'],
  ['nl', 'Dutch'],
  ['ja', 'Japanese'],
  ['ar', 'Arabic'],
] as const;

export const fillIn = (text: string, values: {company: string; provider: string}): string =>
  text.replaceAll('{company}', values.company).replaceAll('{provider}', values.provider);
