// Keys, members, audit, settings, health.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query';

import {get, patch, post, remove, seg} from './client';
import {usePages} from './connections';
import type {
  AuditRecord,
  AuditVerdict,
  CompanySettings,
  CreatedKey,
  HealthReport,
  InvitedMember,
  Key,
  KeyChanges,
  Member,
  NewKey,
  Page,
  Role,
} from './types';

function useChange<A, R>(key: string, change: (argument: A) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({queryKey: [key]}),
  });
}

export const useKeys = (enabled: boolean) =>
  useQuery({
    queryKey: ['keys'],
    queryFn: ({signal}) => get<Page<Key>>('/v1/keys', {limit: 200}, signal),
    enabled,
  });
export const useCreateKey = () =>
  useChange('keys', (body: NewKey) => post<CreatedKey>('/v1/keys', body));
export const useUpdateKey = () =>
  useChange('keys', ({id, ...body}: KeyChanges & {id: string}) =>
    patch<Key>(`/v1/keys/${seg(id)}`, body),
  );
export const useRotateKey = () =>
  useChange('keys', ({id, overlapSeconds}: {id: string; overlapSeconds: number}) =>
    post<CreatedKey>(`/v1/keys/${seg(id)}/rotate`, {overlapSeconds}),
  );
export const useRevokeKey = () =>
  useChange('keys', (id: string) => remove<Key>(`/v1/keys/${seg(id)}`));

export const useMembers = (enabled: boolean) =>
  useQuery({
    queryKey: ['members'],
    queryFn: ({signal}) => get<Page<Member>>('/v1/members', {limit: 200}, signal),
    enabled,
  });
export const useInvite = () =>
  useChange('members', (body: {email: string; name?: string; role: Role}) =>
    post<InvitedMember>('/v1/members', body),
  );
export const useUpdateMember = () =>
  useChange(
    'members',
    ({id, ...body}: {id: string; role?: Role; name?: string; disabled?: boolean}) =>
      patch<Member>(`/v1/members/${seg(id)}`, body),
  );
export const useDeleteMember = () =>
  useChange('members', (id: string) => remove(`/v1/members/${seg(id)}`));
export const useReinvite = () =>
  useChange('members', (id: string) => post<InvitedMember>(`/v1/members/${seg(id)}/invitation`));
export const useResetTotp = () =>
  useChange('members', (id: string) => remove(`/v1/members/${seg(id)}/totp`));

export interface AuditFilter {
  action?: string;
  actor?: string;
  target?: string;
  q?: string;
  since?: string;
  until?: string;
}
export const useAudit = (filter: AuditFilter, enabled: boolean) =>
  usePages<AuditRecord>(['audit', filter], '/v1/audit', {...filter}, {enabled});
export const verifyAudit = () => post<AuditVerdict>('/v1/audit/verify');

export const useSettings = (enabled: boolean) =>
  useQuery({
    queryKey: ['settings'],
    queryFn: ({signal}) => get<CompanySettings>('/v1/settings', undefined, signal),
    enabled,
  });
export const useUpdateSettings = () =>
  useChange('settings', (body: Partial<CompanySettings>) =>
    patch<CompanySettings>('/v1/settings', body),
  );

export const useHealth = () =>
  useQuery({
    queryKey: ['health'],
    queryFn: ({signal}) => get<HealthReport>('/v1/health', undefined, signal),
    refetchInterval: 15_000,
  });
