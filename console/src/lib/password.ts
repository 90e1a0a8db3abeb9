// What is told while a password is typed. The server judges; this saves a round.

export const passwordMin = 12;

/** What to mend; undefined when nothing is known against it. */
export function passwordAdvice(password: string, email: string): string | undefined {
  const length = [...password].length;
  if (length < passwordMin)
    return `${passwordMin - length} more ${passwordMin - length === 1 ? 'character' : 'characters'}.`;
  if (new Set(password).size < 5) return 'Too few different characters.';
  const name = email.split('@')[0]?.toLowerCase() ?? '';
  if (name.length >= 4 && password.toLowerCase().replaceAll(name, '').length < 8) {
    return 'That is little more than your e-mail address.';
  }
  return undefined;
}
