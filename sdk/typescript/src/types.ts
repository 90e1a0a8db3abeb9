import type {components, operations} from './openapi.js';

type Schemas = components['schemas'];
type Query<Name extends keyof operations> = operations[Name] extends {parameters: {query?: infer Q}}
  ? NonNullable<Q>
  : never;
/** A list's filters: its query without what the iterator itself sends. */
type Filters<Name extends keyof operations> = Omit<Query<Name>, 'cursor'>;

/** The JSON that an operation takes. */
type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: {content: {'application/json': infer B}};
}
  ? B
  : never;

/** What a server answers when it refuses (RFC 9457). */
export type Problem = Schemas['Problem'];

/** A provider as its file describes it. */
export type Provider = Schemas['Provider'];
/** An OAuth client you registered at a provider. Never holds its secret. */
export type App = Schemas['App'];
export type NewApp = Schemas['NewApp'];
export type AppChange = Schemas['AppChange'];
/** An invitation for one customer to connect one app. */
export type InstallLink = Schemas['InstallLink'];
export type NewInstallLink = Schemas['NewInstallLink'];
/** One customer's permission for one app. */
export type Connection = Schemas['Connection'];
/** A connection with what it did lately. */
export type ConnectionDetail = Connection &
  Required<Pick<Connection, 'failedRefreshes' | 'calls24h' | 'rateLimits'>>;
export type ConnectionCounts = Schemas['ConnectionCounts'];
export type ConnectionState = Schemas['ConnectionState'];
export type Disconnected = Schemas['Disconnected'];
export type RevealedToken = Schemas['RevealedToken'];
/** An API key, without the key itself. */
export type Key = Schemas['Key'];
export type NewKey = Schemas['NewKey'];
/** A new key, the one time it is shown. */
export type CreatedKey = Schemas['CreatedKey'];
export type KeyChanges = Schemas['KeyChanges'];
export type KeyScope = Schemas['KeyScope'];
export type AuditRecord = Schemas['AuditRecord'];
/** Whether the audit trail is whole. */
export type AuditVerdict = Schemas['AuditVerdict'];
/** Somebody who may use the console. */
export type Member = Schemas['Member'];
/** With the link they begin with; it is shown this once. */
export type InvitedMember = Schemas['InvitedMember'];
export type NewMember = Body<'createMember'>;
export type MemberChange = Body<'changeMember'>;
/** One proxied call, as the request log keeps it. */
export type LoggedRequest = Schemas['Request'];
export type RequestSummary = Schemas['RequestSummary'];
/** Who the key is and what it may do. */
export type Me = Schemas['Me'];

/** What counts for the whole workspace. */
export type WorkspaceSettings = Schemas['WorkspaceSettings'];
export type SettingsChange = Body<'changeSettings'>;
/** What the server found out about itself. */
export type HealthReport = Schemas['HealthReport'];

export type ProviderFilters = Filters<'listProviders'>;
export type AppFilters = Filters<'listApps'>;
export type ConnectionFilters = Filters<'listConnections'>;
export type KeyFilters = Filters<'listKeys'>;
export type MemberFilters = Filters<'listMembers'>;
export type AuditExportFilters = Query<'exportAudit'>;
export type AuditFilters = Filters<'listAudit'>;
export type RequestFilters = Filters<'listRequests'>;
export type RequestSummaryFilters = Query<'summarizeRequests'>;

/** What every call takes besides its input. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call, retries included, instead of the client's. */
  timeout?: number | undefined;
  /** Further tries after the first, instead of the client's. */
  retries?: number | undefined;
}

/** For calls that make something. */
export interface CreateOptions extends CallOptions {
  /**
   * The same key within 24 hours makes the same thing only once. One is made up for each call, which makes
   * the SDK's own retries safe; give your own to be safe across restarts of your program.
   */
  idempotencyKey?: string | undefined;
}

/** The smallest part of `fetch` that the SDK needs. */
export type Fetch = typeof globalThis.fetch;
