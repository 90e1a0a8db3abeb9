import {useInfiniteQuery, useMutation, useQuery, useQueryClient} from '@tanstack/react-query';

import {get, post, remove, request, seg, type Query} from './client';
import type {
  AuditRecord,
  Connection,
  ConnectionDetail,
  ConnectionSummary,
  Disconnected,
  Page,
  RevealedToken,
} from './types';

export interface ConnectionFilter {
  app?: string;
  state?: string;
  q?: string;
}

/** Lists are asked a page at a time and joined. */
export function usePages<T>(
  key: readonly unknown[],
  path: string,
  query: Query,
  {
    refetchInterval = false,
    enabled = true,
  }: {refetchInterval?: number | false; enabled?: boolean} = {},
) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({pageParam, signal}) =>
      get<Page<T>>(path, {limit: 50, ...query, cursor: pageParam}, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: (before) => before,
    enabled,
    // Whoever has gone on to older pages reads them; they are not asked for again and again.
    refetchInterval: (asked) =>
      (asked.state.data?.pages.length ?? 0) > 1 ? false : refetchInterval,
    refetchOnWindowFocus: (asked) => (asked.state.data?.pages.length ?? 0) <= 1,
  });
}

export const useConnections = (filter: ConnectionFilter) =>
  usePages<Connection>(
    ['connections', 'list', filter],
    '/v1/connections',
    {...filter},
    {refetchInterval: 15_000},
  );

export const useConnectionSummary = (app?: string) =>
  useQuery({
    queryKey: ['connections', 'summary', app],
    queryFn: ({signal}) => get<ConnectionSummary>('/v1/connections/summary', {app}, signal),
  });

export const useConnection = (id: string) =>
  useQuery({
    queryKey: ['connection', id],
    queryFn: ({signal}) => get<ConnectionDetail>(`/v1/connections/${seg(id)}`, undefined, signal),
    refetchInterval: 10_000,
  });

export const useHistory = (id: string) =>
  usePages<AuditRecord>(['connection', id, 'history'], `/v1/connections/${seg(id)}/history`, {});

export function useRefresh(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => post<Connection>(`/v1/connections/${seg(id)}/refresh`),
    onSettled: () => client.invalidateQueries({queryKey: ['connection', id]}),
  });
}

export function useDisconnect(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove<Disconnected>(`/v1/connections/${seg(id)}`),
    onSuccess: () => {
      void client.invalidateQueries({queryKey: ['connections']});
    },
  });
}

/** Asks for the password first (the client sees to that) and is written into the audit trail. */
export const revealToken = (id: string) =>
  request<RevealedToken>('GET', `/v1/connections/${seg(id)}/token`);
