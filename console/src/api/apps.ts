import {queryOptions, useMutation, useQuery, useQueryClient} from '@tanstack/react-query';

import {get, patch, post, remove, seg} from './client';
import type {App, AppearanceChange, InstallLink, Page, Provider} from './types';

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({signal}) => get<Page<Provider>>('/v1/providers', {limit: 200}, signal),
  staleTime: 5 * 60_000,
});
export const useProviders = () => useQuery(providersQuery);

export const useProvider = (slug: string | undefined) =>
  useQuery({
    queryKey: ['provider', slug],
    queryFn: ({signal}) => get<Provider>(`/v1/providers/${seg(slug ?? '')}`, undefined, signal),
    enabled: slug !== undefined,
    staleTime: 5 * 60_000,
  });

export const useApps = () =>
  useQuery({
    queryKey: ['apps'],
    queryFn: ({signal}) => get<Page<App>>('/v1/apps', {limit: 200}, signal),
  });

export const useApp = (slug: string) =>
  useQuery({
    queryKey: ['app', slug],
    queryFn: ({signal}) => get<App>(`/v1/apps/${seg(slug)}`, undefined, signal),
  });

export interface AppFields {
  slug?: string;
  provider?: string;
  clientId?: string;
  clientSecret?: string;
  appId?: string;
  scopes?: string[];
  optionalScopes?: string[];
  returnOrigins?: string[];
  browserBinding?: 'optional' | 'required';
  webhookUrl?: string;
  settings?: Record<string, string>;
  appearance?: AppearanceChange;
}

function useStored() {
  const client = useQueryClient();
  return (app: App) => {
    client.setQueryData(['app', app.slug], app);
    void client.invalidateQueries({queryKey: ['apps']});
  };
}

export function useCreateApp() {
  const stored = useStored();
  return useMutation({
    mutationFn: (body: AppFields) => post<App>('/v1/apps', body),
    onSuccess: stored,
  });
}

export function useUpdateApp(slug: string) {
  const stored = useStored();
  return useMutation({
    mutationFn: (body: AppFields) => patch<App>(`/v1/apps/${seg(slug)}`, body),
    onSuccess: stored,
  });
}

export function useDeleteApp(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (force: boolean) =>
      remove(`/v1/apps/${seg(slug)}`, force ? {force: true} : undefined),
    onSuccess: () => {
      client.removeQueries({queryKey: ['app', slug]});
      void client.invalidateQueries({queryKey: ['apps']});
      void client.invalidateQueries({queryKey: ['connections']});
    },
  });
}

export const useCreateLink = () =>
  useMutation({
    mutationFn: (body: {
      app: string;
      user: string;
      scopes?: string[];
      returnUrl?: string;
      expiresIn?: number;
    }) => post<InstallLink>('/v1/install-links', body),
  });
