// Shapes of answers that api/openapi.yaml does not describe yet. Each leaves this file when it is there.

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
