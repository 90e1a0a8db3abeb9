import {queryOptions, useMutation, useQuery, useQueryClient} from '@tanstack/react-query';

import {ApiError, get, patch, post, remove, seg} from './client';
import type {CallToken, Invitation, Me, Page, SessionInfo, SignInInfo} from './types';

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({signal}): Promise<Me | null> => {
    try {
      return await get<Me>('/v1/me', undefined, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const useSignInInfo = () =>
  useQuery({
    queryKey: ['sign-in'],
    queryFn: ({signal}) => get<SignInInfo>('/v1/sign-in', undefined, signal),
  });

/** `me` becomes who has just signed in; what another member saw is forgotten. */
function useEnter() {
  const client = useQueryClient();
  return (me: Me) => {
    client.clear();
    client.setQueryData(meQuery.queryKey, me);
  };
}

export function useSignIn() {
  const enter = useEnter();
  return useMutation({
    mutationFn: (body: {email: string; password: string; code?: string}) =>
      post<Me>('/v1/session', body),
    onSuccess: enter,
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove('/v1/session'),
    onSettled: () => {
      client.clear();
      client.setQueryData(meQuery.queryKey, null);
    },
  });
}

export const viewInvitation = (token: string) => post<Invitation>('/v1/invitations/view', {token});

export function useAcceptInvitation() {
  const enter = useEnter();
  return useMutation({
    mutationFn: (body: {
      token: string;
      name: string;
      email?: string;
      password: string;
      code?: string;
    }) => post<Me>('/v1/invitations/accept', body),
    onSuccess: enter,
  });
}

export const confirmSession = (body: {password?: string; code?: string}) =>
  post<{confirmedUntil: string}>('/v1/session/confirm', body);

export function useUpdateMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: {name?: string; password?: string; currentPassword?: string}) =>
      patch<Me>('/v1/me', body),
    onSuccess: () => client.invalidateQueries({queryKey: ['me']}),
  });
}

export const startTotp = () => post<{secret: string; uri: string}>('/v1/me/totp');
export const confirmTotp = (code: string) =>
  post<{recoveryCodes: string[]}>('/v1/me/totp/confirm', {code});
export const removeTotp = () => remove('/v1/me/totp');
export const newRecoveryCodes = () => post<{recoveryCodes: string[]}>('/v1/me/recovery-codes');

export const useSessions = () =>
  useQuery({
    queryKey: ['sessions'],
    queryFn: ({signal}) => get<Page<SessionInfo>>('/v1/me/sessions', undefined, signal),
  });
export const endSession = (id: string) => remove(`/v1/me/sessions/${seg(id)}`);

let callToken: CallToken | undefined;

/** A token for /proxy, kept until half a minute before its end. */
export async function freshCallToken(): Promise<string> {
  if (callToken === undefined || Date.parse(callToken.expiresAt) - Date.now() < 30_000) {
    callToken = await post<CallToken>('/v1/session/call-token');
  }
  return callToken.token;
}
/** It was refused, or another member signed in. */
export const forgetCallToken = (): void => {
  callToken = undefined;
};
