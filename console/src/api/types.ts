// The names the pages use for what the gateway answers.

import type {components, operations} from '../../generated/openapi';

type Schemas = components['schemas'];
type Answer<O extends keyof operations> = operations[O] extends {
  responses: {200: {content: {'application/json': infer T}}};
}
  ? T
  : never;

/** A page of a list. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export type Scope = Schemas['KeyScope'];
export type Role = Schemas['Role'];
export type Me = Schemas['Me'];
export type Member = Schemas['Member'];
export type InvitedMember = Schemas['InvitedMember'];
export type InvitationLink = Pick<InvitedMember, 'invitationUrl' | 'invitationExpiresAt'>;
export type Invitation = Answer<'viewInvitation'>;
export type SignInInfo = Answer<'showSignIn'>;

export type App = Schemas['App'];
export type Appearance = Schemas['Appearance'];
export type AppearanceChange = Schemas['AppearanceChange'];
export type Provider = Schemas['Provider'];
export type ProviderScope = Provider['scopes'][number];
export type ProviderObject = Provider['objects'][number];
export type GuideStep = Provider['setupGuide'][number];
export type InstallLink = Schemas['InstallLink'];

export type ConnectionState = Schemas['ConnectionState'];
export type Connection = Schemas['Connection'];
export type ConnectionDetail = Schemas['ConnectionDetail'];
export type ConnectionSummary = Schemas['ConnectionCounts'];
export type RevealedToken = Schemas['RevealedToken'];
export type Disconnected = Schemas['Disconnected'];

export type Call = Schemas['Request'];
export type CallSummary = Schemas['RequestSummary'];

export type Key = Schemas['Key'];
export type CreatedKey = Schemas['CreatedKey'];
export type NewKey = Schemas['NewKey'];
export type KeyChanges = Schemas['KeyChanges'];
export type AuditRecord = Schemas['AuditRecord'];
export type AuditVerdict = Schemas['AuditVerdict'];

export type HealthReport = Schemas['HealthReport'];
export type SessionInfo = Schemas['Session'];
export type CompanySettings = Schemas['WorkspaceSettings'];
export type CallToken = Answer<'issueCallToken'>;
