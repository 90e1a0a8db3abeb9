// Where to go after signing in.

/** Only a path of this console: never another origin, never the sign-in page itself. */
export function safeReturn(wanted: string | null): string {
  if (
    wanted === null ||
    !wanted.startsWith('/') ||
    /^\/[/\\]/.test(wanted) ||
    wanted.includes('\\')
  )
    return '/';
  if (/^\/(sign-in|welcome)(\/|\?|#|$)/.test(wanted)) return '/';
  return wanted;
}

/** The sign-in page that comes back to `path`. */
export const signInPath = (path: string): string => {
  const back = safeReturn(path);
  return back === '/' ? '/sign-in' : `/sign-in?returnTo=${encodeURIComponent(back)}`;
};
