import {afterEach, describe, expect, it, vi} from 'vitest';

import {ApiError, get, post, queryText, setWatch} from './client';

type Reply = [status: number, body?: unknown, headers?: Record<string, string>];
const problem = (status: number, code: string): Reply => [
  status,
  {type: 'about:blank', title: 'Refused', status, code, detail: 'Why.', requestId: 'req_1'},
];

/** Answers requests in turn; tells what was asked. */
function answers(...replies: Reply[]) {
  const fetch = vi.fn((_url: string, _init: RequestInit) => {
    const [status, body, headers] = replies.shift() ?? [500];
    return Promise.resolve(
      new Response(body === undefined ? null : JSON.stringify(body), {
        status,
        headers: headers ?? {},
      }),
    );
  });
  vi.stubGlobal('fetch', fetch);
  return fetch;
}
const headersOf = (fetch: ReturnType<typeof answers>, call: number): Headers =>
  new Headers(fetch.mock.calls[call]?.[1].headers);

afterEach(() => {
  vi.unstubAllGlobals();
  setWatch({sessionEnded: () => {}, confirm: () => Promise.resolve(false)});
});

describe('a request', () => {
  it('that changes something proves that it comes from the console', async () => {
    const fetch = answers([200, {}], [200, {}]);
    await post('/v1/apps', {slug: 'a'});
    await get('/v1/apps');
    expect(headersOf(fetch, 0).get('Wayleave-Console')).toBe('1');
    expect(headersOf(fetch, 1).get('Wayleave-Console')).toBeNull();
  });
  it('is refused with what to mend and the number that finds it', async () => {
    answers(problem(409, 'conflict'));
    const error = await get('/v1/apps').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 409,
      code: 'conflict',
      message: 'Why.',
      requestId: 'req_1',
    });
  });
  it('tells how long to wait', async () => {
    answers([
      429,
      {title: 'x', code: 'rate_limited', detail: 'y', status: 429},
      {'Retry-After': '30'},
    ]);
    await expect(get('/v1/apps')).rejects.toMatchObject({retryAfter: 30});
  });
  it('that met no server says so', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(get('/v1/apps')).rejects.toMatchObject({status: 0, code: 'no_answer'});
  });
});

describe('the password again', () => {
  it('is asked for, then the request is made once more', async () => {
    const confirm = vi.fn(() => Promise.resolve(true));
    setWatch({sessionEnded: () => {}, confirm});
    const fetch = answers(problem(403, 'confirmation_required'), [200, {accessToken: 'x'}]);
    expect(await get('/v1/connections/c/token')).toEqual({accessToken: 'x'});
    expect(confirm).toHaveBeenCalledOnce();
    expect(fetch).toHaveBeenCalledTimes(2);
  });
  it('is not asked for a second time', async () => {
    const confirm = vi.fn(() => Promise.resolve(true));
    setWatch({sessionEnded: () => {}, confirm});
    answers(problem(403, 'confirmation_required'), problem(403, 'confirmation_required'));
    await expect(get('/v1/connections/c/token')).rejects.toMatchObject({
      code: 'confirmation_required',
    });
    expect(confirm).toHaveBeenCalledOnce();
  });
  it('ends the request when it is not given', async () => {
    const fetch = answers(problem(403, 'confirmation_required'));
    await expect(get('/v1/connections/c/token')).rejects.toMatchObject({
      code: 'confirmation_required',
    });
    expect(fetch).toHaveBeenCalledOnce();
  });
});

it('a session that has ended is told, a wrong password is not one', async () => {
  const sessionEnded = vi.fn();
  setWatch({sessionEnded, confirm: () => Promise.resolve(false)});
  answers(problem(401, 'unauthenticated'), problem(401, 'unauthenticated'));
  await expect(post('/v1/session', {})).rejects.toMatchObject({status: 401});
  expect(sessionEnded).not.toHaveBeenCalled();
  await expect(get('/v1/apps')).rejects.toMatchObject({status: 401});
  expect(sessionEnded).toHaveBeenCalledOnce();
});

it('what is empty stays out of the query', () =>
  expect(queryText({a: '', b: undefined, c: null, d: 0, e: 'x y&z'})).toBe('?d=0&e=x+y%26z'));
