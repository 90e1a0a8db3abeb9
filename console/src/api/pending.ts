// Shapes of answers that api/openapi.yaml does not describe yet. Each leaves this file when it is there.

import type {components} from '../../generated/openapi';

type Schemas = components['schemas'];

export interface SessionInfo {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  address: string | null;
  userAgent: string | null;
  current: boolean;
}

export interface CallToken {
  token: string;
  expiresAt: string;
}

export interface CompanySettings {
  companyName: string | null;
  requireTotp: boolean;
}

export interface Appearance {
  companyName?: string;
  logo?: string;
  accentColor?: string;
  supportUrl?: string;
  texts?: Record<string, Record<string, string>>;
}

export type ProviderScope = Schemas['Provider']['scopes'][number] & {
  requires?: string[];
  required?: boolean;
  tier?: string | null;
};
export interface ProviderObject {
  name: string;
  title: string;
  calls: {name: string; method: string; path: string}[];
}
export type Provider = Omit<Schemas['Provider'], 'scopes'> & {
  scopes: ProviderScope[];
  objects?: ProviderObject[];
  categories?: string[];
};

export interface HealthReport {
  status: 'ok' | 'warning' | 'failed';
  version: string;
  startedAt: string;
  checks: {
    name: string;
    status: 'ok' | 'warning' | 'failed';
    text: string;
    remedy: string | null;
  }[];
}
