// One way to ask the gateway: same origin, the session's cookie, problems as `ApiError`.

export interface Problem {
  title: string;
  status: number;
  code: string;
  detail: string;
  field?: string;
  requestId?: string;
  installUrl?: string;
}

/** A refusal or failure; `message` says what to mend. `status` 0: no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly field: string | undefined;
  readonly requestId: string | undefined;
  readonly installUrl: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.field = problem.field;
    this.requestId = problem.requestId;
    this.installUrl = problem.installUrl;
    this.retryAfter = retryAfter;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;
export interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/** What the shell does when a session has ended, or when the password must be entered again. */
export interface Watch {
  sessionEnded: () => void;
  /** Resolves to whether the member confirmed; then the request is made once more. */
  confirm: () => Promise<boolean>;
}
let watch: Watch = {sessionEnded: () => {}, confirm: () => Promise.resolve(false)};
export const setWatch = (next: Watch): void => {
  watch = next;
};

/** `?a=1&b=2` of what is neither undefined, null nor empty. */
export function queryText(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

export async function problemOf(answer: Response): Promise<ApiError> {
  const fallback: Problem = {
    title: answer.statusText || 'Error',
    status: answer.status,
    code: answer.headers.get('Wayleave-Error') ?? 'unknown',
    detail: `The server answered with status ${answer.status}.`,
    requestId: answer.headers.get('Wayleave-Request-Id') ?? undefined,
  };
  const wait = Number(answer.headers.get('Retry-After'));
  try {
    const body = (await answer.json()) as Partial<Problem>;
    return new ApiError({...fallback, ...body}, wait > 0 ? wait : undefined);
  } catch {
    return new ApiError(fallback, wait > 0 ? wait : undefined);
  }
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = {Accept: 'application/json'};
  // Unsafe methods prove with it that the request comes from this application.
  if (method !== 'GET') headers['Wayleave-Console'] = '1';
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(path + queryText(options.query), {
      method,
      headers,
      credentials: 'same-origin',
      signal: options.signal,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({
      title: 'No answer',
      status: 0,
      code: 'no_answer',
      detail:
        'Wayleave did not answer. Check your network and that the server is running, then try again.',
    });
  }
}

/** A 401 of these is a wrong password or code, not the end of a session. */
const provesOneself = new Set(['/v1/session', '/v1/session/confirm']);

/** Asks and reads JSON; 204 gives undefined. Throws `ApiError`. */
export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  let answer = await send(method, path, options);
  if (!answer.ok) {
    let problem = await problemOf(answer);
    if (problem.code === 'confirmation_required' && (await watch.confirm())) {
      answer = await send(method, path, options);
      if (!answer.ok) problem = await problemOf(answer);
    }
    if (!answer.ok) {
      if (problem.code === 'unauthenticated' && !provesOneself.has(path)) watch.sessionEnded();
      throw problem;
    }
  }
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  request<T>('GET', path, {query, signal});
export const post = <T>(path: string, body?: unknown): Promise<T> =>
  request<T>('POST', path, {body});
export const patch = <T>(path: string, body: unknown): Promise<T> =>
  request<T>('PATCH', path, {body});
export const remove = <T = void>(path: string, query?: Query): Promise<T> =>
  request<T>('DELETE', path, {query});

/** A segment of a path. */
export const seg = (text: string): string => encodeURIComponent(text);
