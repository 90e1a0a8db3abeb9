import type {List} from '../list.js';
import {segment} from '../transport.js';
import type {
  AuditRecord,
  CallOptions,
  Connection,
  ConnectionCounts,
  ConnectionDetail,
  ConnectionFilters,
  CreateOptions,
  Disconnected,
  RevealedToken,
} from '../types.js';
import {Resource} from './resource.js';

/** Your customers' permissions. */
export class Connections extends Resource {
  /** Connections, filtered by app, user or state (scope `read`). */
  list(filters: ConnectionFilters = {}, options: CallOptions = {}): List<Connection> {
    return this.listOf('/v1/connections', filters, options);
  }

  /** The connection of one customer to one app, or undefined (scope `read`). */
  async find(
    app: string,
    user: string,
    options: CallOptions = {},
  ): Promise<Connection | undefined> {
    const [found] = await this.list({app, user, limit: 1}, options).toArray({max: 1});
    return found;
  }

  /** One connection by its id, with what it did lately (scope `read`). */
  get(id: string, options: CallOptions = {}): Promise<ConnectionDetail> {
    return this.transport.call('GET', this.#path(id), {}, options);
  }

  /** How many there are in each state, of one app or of all (scope `read`). */
  summary(
    filters: {app?: string | undefined} = {},
    options: CallOptions = {},
  ): Promise<ConnectionCounts> {
    return this.transport.call('GET', '/v1/connections/summary', {query: filters}, options);
  }

  /** What happened to it, newest first, also when it is gone (scope `read`). */
  history(id: string, options: CallOptions = {}): List<AuditRecord> {
    return this.listOf(`${this.#path(id)}/history`, {}, options);
  }

  /** Ends it and revokes it at the provider (scope `connect`). Not repeated by itself. */
  delete(id: string, options: CallOptions = {}): Promise<Disconnected> {
    return this.transport.call('DELETE', this.#path(id), {}, options);
  }

  /** Refreshes its tokens now (scope `connect`). Calls do this by themselves when it is due. */
  refresh(id: string, options: CreateOptions = {}): Promise<Connection> {
    return this.transport.call('POST', `${this.#path(id)}/refresh`, {}, options);
  }

  /**
   * The raw access token (scope `tokens:reveal`; audited). Prefer `wayleave.fetch`, with which no token
   * leaves the server. `minValidity`: seconds it must still live.
   */
  revealToken(
    id: string,
    {minValidity, ...options}: CallOptions & {minValidity?: number | undefined} = {},
  ): Promise<RevealedToken> {
    return this.transport.call('GET', `${this.#path(id)}/token`, {query: {minValidity}}, options);
  }

  #path(id: string): string {
    return `/v1/connections/${segment('id', id)}`;
  }
}
