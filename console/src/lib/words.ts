// The words for states, reasons, roles and scopes: one vocabulary for every page.
import type {Tone} from '../ui/Badge';
import type {AuditRecord, ConnectionState, Role, Scope} from '../api/types';
import {exactTime} from './format';

export const states: Record<ConnectionState, {label: string; tone: Tone; text: string}> = {
  active: {
    label: 'Active',
    tone: 'good',
    text: 'Calls work. Wayleave renews the token by itself before it ends.',
  },
  refresh_unknown: {
    label: 'Renewal unclear',
    tone: 'warn',
    text: 'A renewal was sent and its answer was lost, so nobody knows yet whether the old token still works. Wayleave is finding out; it does not guess.',
  },
  needs_reauthorization: {
    label: 'Needs re-authorising',
    tone: 'bad',
    text: 'The provider does not accept the grant any more. Calls fail until the customer connects again: send them a re-authorise link.',
  },
  revoked: {
    label: 'Revoked',
    tone: 'plain',
    text: 'The grant was ended. The customer can connect again with a new install link.',
  },
};

const reasons: Record<string, string> = {
  refresh_token_rejected:
    'The provider refused to renew the token. Most often the customer removed the app, or the person who had consented left their company.',
  tokens_rejected:
    'The provider refuses the token although it was just renewed. Most often the app was removed at the provider.',
  refresh_token_missing:
    'The provider gave no refresh token, so the access token could not be renewed when it ended.',
  refresh_outcome_unknown: 'The answer to a renewal was lost on the way.',
  disconnected: 'It was disconnected here.',
};

/** Why a connection is in its state; unknown reasons as they are. */
export const reasonText = (reason: string | null): string | null =>
  reason === null || reason === '' ? null : (reasons[reason] ?? reason.replaceAll('_', ' '));

export const roles: Record<Role, {label: string; text: string; scopes: Scope[]}> = {
  viewer: {
    label: 'Viewer',
    text: 'Sees apps, connections and calls. Changes nothing.',
    scopes: ['read'],
  },
  developer: {
    label: 'Developer',
    text: 'Also connects customers and makes calls as them.',
    scopes: ['read', 'connect', 'proxy'],
  },
  admin: {
    label: 'Admin',
    text: 'Also registers apps and manages keys, members, settings and the audit trail.',
    scopes: ['read', 'connect', 'proxy', 'manage'],
  },
  super_admin: {
    label: 'Super admin',
    text: 'Also sees raw tokens, after entering the password again. Keep these few.',
    scopes: ['read', 'connect', 'proxy', 'manage', 'tokens:reveal'],
  },
};
export const roleNames = Object.keys(roles) as Role[];

export const scopes: Record<Scope, {label: string; text: string}> = {
  proxy: {label: 'Make calls', text: 'Call providers as connected customers.'},
  connect: {
    label: 'Connect customers',
    text: 'Make install links, renew and disconnect connections.',
  },
  read: {label: 'Read', text: 'List apps, connections and calls.'},
  manage: {
    label: 'Manage',
    text: 'Register apps; manage keys, members and settings; read the audit trail.',
  },
  'tokens:reveal': {label: 'See tokens', text: 'Hand out raw access tokens. Best given to nobody.'},
};
export const scopeNames = Object.keys(scopes) as Scope[];

/** The lowest role that has the scope. */
export const roleFor = (scope: Scope): Role =>
  roleNames.find((role) => roles[role].scopes.includes(scope)) ?? 'super_admin';

const actions: Record<string, string> = {
  'app.created': 'Registered an app',
  'app.updated': 'Changed an app',
  'app.deleted': 'Removed an app',
  'app.client_refused': 'The provider refused the app’s client id or secret',
  'audit.broken': 'The audit trail is broken',
  'audit.exported': 'Exported the audit trail',
  'audit.lost': 'Audit records were lost',
  'audit.not_sealed': 'The audit trail could not be sealed',
  'backup.made': 'Made a backup',
  'backup.restored': 'Restored a backup',
  'connection.active': 'Works again',
  'connection.connected': 'Customer connected',
  'connection.damaged': 'Stored tokens could not be opened',
  'connection.denied': 'Customer declined',
  'connection.disconnected': 'Disconnected',
  'connection.expiring': 'Grant is about to end',
  'connection.failed': 'Connecting failed',
  'connection.needs_reauthorization': 'Must be re-authorised',
  'connection.recovered': 'Renewed after a lost answer',
  'connection.refresh_asked': 'Asked for a renewal',
  'connection.refresh_unknown': 'Renewal unclear',
  'connection.revoked': 'Grant revoked at the provider',
  'data_key.announced': 'New data key announced',
  'data_key.in_use': 'New data key in use',
  'data_key.removed': 'Data key removed',
  'data_key.retired': 'Data key retired',
  'key.created': 'Made an API key',
  'key.refused': 'API key refused from an address',
  'key.revoked': 'Revoked an API key',
  'key.rotated': 'Replaced an API key',
  'key.updated': 'Changed an API key',
  'link.created': 'Made an install link',
  'member.changed': 'Changed a member',
  'member.created': 'Invited a member',
  'member.deleted': 'Removed a member',
  'member.invited': 'Made an invitation link',
  'member.joined': 'Joined',
  'member.linked': 'Linked to single sign-on',
  'password.changed': 'Changed the password',
  'password.reset': 'Set a new password by link',
  'root_key.changed': 'Changed the root key',
  'session.confirmed': 'Proved again who they are',
  'session.created': 'Signed in',
  'session.ended': 'Signed out',
  'session.refused': 'Sign-in refused',
  'settings.changed': 'Changed settings',
  'setup_link.made': 'Made the set-up link',
  'sso.failed': 'Single sign-on failed',
  'token.issued': 'Issued a short-lived token',
  'token.revealed': 'Saw a raw token',
  'totp.enrolled': 'Set up an authenticator app',
  'totp.recovery_codes': 'Made new recovery codes',
  'totp.removed': 'Removed an authenticator app',
};

/** What happened, in words; unknown actions as words of their name. */
export function actionText(action: string): string {
  const known = actions[action];
  if (known !== undefined) return known;
  const words = action.replaceAll(/[._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function actorText({actor, action}: Pick<AuditRecord, 'actor' | 'action'>): string {
  switch (actor.kind) {
    case 'member':
      return actor.name ?? actor.id ?? 'A member';
    case 'key':
      return actor.name ? `Key ${actor.name}` : `Key ${actor.id ?? ''}`;
    case 'cli':
      return 'Command line';
    case 'browser':
      return /^(connection|link)\./.test(action) ? 'A customer’s browser' : 'A browser';
    case 'system':
      return 'Wayleave';
  }
}

const codes: Record<string, string> = {
  reauthorization_required: 'The customer must connect again.',
  refresh_unknown: 'A renewal’s answer was lost; Wayleave is finding out.',
  connection_not_found: 'This customer is not connected to this app.',
  app_not_found: 'There is no app of this name.',
  app_misconfigured: 'The provider refused the app’s client id or secret.',
  host_not_allowed: 'The provider’s file does not list this host.',
  unauthenticated: 'The key was missing, wrong or revoked.',
  forbidden: 'The key lacks the scope proxy.',
  rate_limited: 'Too many calls at once.',
  request_too_large: 'The request was too large.',
  upstream_unreachable: 'The provider could not be reached.',
  upstream_timeout: 'The provider took too long.',
  upstream_invalid: 'The provider’s answer was not valid HTTP.',
  invalid_request: 'Something in the request is not as it must be.',
  unavailable: 'Wayleave could not take the call just then.',
  internal: 'A fault of Wayleave’s own; its log tells more under the request id.',
};
export const codeText = (code: string): string => codes[code] ?? code.replaceAll('_', ' ');

/** How a call ended. */
export function statusTone(status: number | null): Tone {
  if (status === null || status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  return status >= 300 ? 'plain' : 'good';
}

/** Times as people write them, and a capital letter in front. */
export const plainly = (text: string): string => {
  const told = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => exactTime(iso));
  return told.charAt(0).toUpperCase() + told.slice(1);
};
