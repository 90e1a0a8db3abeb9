// Shapes of answers that api/openapi.yaml does not describe yet. Each leaves this file when it is there.

import type {components} from '../../generated/openapi';

type Schemas = components['schemas'];
type Scope = Schemas['KeyScope'];

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export type Role = 'viewer' | 'developer' | 'admin' | 'super_admin';

export interface Me {
  workspace: string;
  kind: 'key' | 'cli' | 'member';
  id: string | null;
  scopes: Scope[];
  name?: string;
  email?: string;
  role?: Role;
  totp?: boolean;
  totpRequired?: boolean;
  hasPassword?: boolean;
  recoveryCodesLeft?: number;
  confirmedUntil?: string | null;
}

export interface SignInInfo {
  membersExist: boolean;
  sso: {name: string} | null;
}

export interface Invitation {
  role: Role;
  email: string | null;
  name: string | null;
  first: boolean;
}

export interface SessionInfo {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  address: string | null;
  userAgent: string | null;
  current: boolean;
}

export interface Member {
  id: string;
  email: string;
  name: string | null;
  role: Role;
  state: 'invited' | 'active' | 'disabled';
  totp: boolean;
  sso: boolean;
  lastSignInAt: string | null;
  createdAt: string;
}

export interface InvitationLink {
  invitationUrl: string;
  invitationExpiresAt: string;
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

export type App = Schemas['App'] & {appearance?: Appearance};

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

export interface RateLimit {
  name: string;
  requests: number;
  periodMs: number;
  used: number;
}
export type Connection = Schemas['Connection'] & {
  lastCallAt?: string | null;
  nextRefreshAt?: string | null;
  calls24h?: {total: number; failed: number};
  rateLimits?: RateLimit[];
};
export interface ConnectionSummary {
  total: number;
  byState: Partial<Record<Schemas['ConnectionState'], number>>;
}

export interface CallSummary {
  since: string;
  until: string;
  bucketMs: number;
  buckets: {
    at: string;
    total: number;
    failed: number;
    p50Ms: number | null;
    p95Ms: number | null;
  }[];
  total: number;
  failed: number;
  durations: {upToMs: number | null; count: number}[];
  partial: boolean;
}

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

export type Key = Schemas['Key'] & {allowedAddresses?: string[]};

export interface AuditRecord {
  sequence: number;
  at: string;
  actor: {
    kind: 'key' | 'cli' | 'system' | 'browser' | 'member';
    id: string | null;
    address: string | null;
    name?: string | null;
  };
  action: string;
  target: string;
  detail: Record<string, unknown>;
  hash?: string | null;
}
export interface AuditVerdict {
  intact: boolean;
  records: number;
  chainedFrom: number | null;
  sealedUpTo: number | null;
  firstBroken: number | null;
  fault: string | null;
}

export interface CallToken {
  token: string;
  expiresAt: string;
}
