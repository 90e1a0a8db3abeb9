import {useQuery} from '@tanstack/react-query';

import {ApiError, get, seg} from './client';
import {usePages} from './connections';
import {forgetCallToken, freshCallToken} from './session';
import type {Call, CallSummary} from './types';

export interface CallFilter {
  app?: string;
  user?: string;
  connection?: string;
  method?: string;
  status?: string;
  code?: string;
  since?: string;
  until?: string;
  minDurationMs?: string;
  requestId?: string;
}

/** `live`: asked again every two seconds. */
export const useCalls = (filter: CallFilter, live: boolean) =>
  usePages<Call>(
    ['calls', 'list', filter],
    '/v1/requests',
    {...filter},
    {refetchInterval: live ? 2000 : false},
  );

export const useCall = (id: string) =>
  useQuery({
    queryKey: ['call', id],
    queryFn: ({signal}) => get<Call>(`/v1/requests/${seg(id)}`, undefined, signal),
  });

export interface SummaryFilter {
  app?: string;
  user?: string;
  connection?: string;
  method?: string;
  status?: string;
  /** How far back, in milliseconds; the moments are worked out when it is asked. */
  spanMs: number;
}

export const useCallSummary = ({spanMs, ...filter}: SummaryFilter, live = true) =>
  useQuery({
    queryKey: ['calls', 'summary', filter, spanMs],
    queryFn: ({signal}) => {
      const until = new Date();
      const since = new Date(until.getTime() - spanMs);
      return get<CallSummary>(
        '/v1/requests/summary',
        {...filter, since: since.toISOString(), until: until.toISOString()},
        signal,
      );
    },
    placeholderData: (before) => before,
    refetchInterval: live ? 10_000 : false,
  });

export interface TriedCall {
  app: string;
  user: string;
  method: string;
  path: string;
  headers: [string, string][];
  body?: string | undefined;
}

export interface TriedAnswer {
  status: number;
  statusText: string;
  headers: [string, string][];
  text: string;
  /** The body was longer than what is shown. */
  cut: boolean;
  ms: number;
  bytes: number;
  requestId: string | null;
  /** `code` when the gateway itself refused. */
  gatewayError: string | null;
}

/** A page cannot hold more than this of an answer. */
const answerBytesMax = 2_000_000;

async function readBounded(answer: Response): Promise<{text: string; bytes: number; cut: boolean}> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return {text: '', bytes: 0, cut: false};
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return {text: text + decoder.decode(), bytes, cut: false};
    bytes += value.byteLength;
    text += decoder.decode(value, {stream: true});
    if (bytes > answerBytesMax) {
      await reader.cancel();
      return {text, bytes, cut: true};
    }
  }
}

/** A real call through /proxy, as a backend makes it: with a token, without the session's cookie. */
export async function tryCall(call: TriedCall, signal: AbortSignal): Promise<TriedAnswer> {
  const url = `/proxy/${seg(call.app)}${call.path.startsWith('/') ? '' : '/'}${call.path}`;
  const once = async (): Promise<TriedAnswer> => {
    const token = await freshCallToken();
    const begin = performance.now();
    let answer: Response;
    try {
      answer = await fetch(url, {
        method: call.method,
        credentials: 'omit',
        redirect: 'manual',
        cache: 'no-store',
        signal,
        headers: [
          ['Authorization', `Bearer ${token}`],
          ['Wayleave-User', call.user],
          ...call.headers,
        ],
        body: call.body,
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiError({
        title: 'No answer',
        status: 0,
        code: 'no_answer',
        detail:
          error instanceof TypeError &&
          /header|method|fetch/i.test(error.message) &&
          !/Failed to fetch|NetworkError|Load failed/i.test(error.message)
            ? `The browser refused to send this: ${error.message}`
            : 'Wayleave did not answer. Check your network and that the server is running, then try again.',
      });
    }
    const {text, bytes, cut} = await readBounded(answer);
    return {
      status: answer.status,
      statusText: answer.statusText,
      headers: [...answer.headers],
      text,
      bytes,
      cut,
      ms: performance.now() - begin,
      requestId: answer.headers.get('Wayleave-Request-Id'),
      gatewayError: answer.headers.get('Wayleave-Error'),
    };
  };
  const first = await once();
  if (first.gatewayError !== 'unauthenticated') return first;
  // The token died with an older session: a new one, once.
  forgetCallToken();
  return once();
}
