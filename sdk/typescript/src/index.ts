/**
 * Server SDK of Wayleave.
 *
 * @packageDocumentation
 */

export {Wayleave, type WayleaveOptions} from './client.js';
export {
  Conflict,
  Forbidden,
  InvalidRequest,
  NotFound,
  RateLimited,
  ReauthorizationRequired,
  Unauthenticated,
  Unavailable,
  WayleaveError,
  type ErrorCode,
} from './errors.js';
export type {List, Page} from './list.js';
export type {ProxyOptions} from './proxy.js';
export type {Hosts} from './proxy_target.js';
export type {Apps} from './resources/apps.js';
export type {Audit} from './resources/audit.js';
export type {Connections} from './resources/connections.js';
export type {InstallLinks} from './resources/install_links.js';
export type {Keys} from './resources/keys.js';
export type {Members} from './resources/members.js';
export type {Providers} from './resources/providers.js';
export type {Requests} from './resources/requests.js';
export type {Settings} from './resources/settings.js';
export type * from './types.js';
export {version} from './version.js';
export * as webhooks from './webhooks.js';
export {
  WebhookVerificationError,
  type VerifyOptions,
  type WebhookFault,
  type WebhookHeaders,
  type WebhookMessage,
} from './webhooks.js';
