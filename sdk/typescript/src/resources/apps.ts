import type {List} from '../list.js';
import {segment} from '../transport.js';
import type {App, AppChange, AppFilters, CallOptions, CreateOptions, NewApp} from '../types.js';
import {Resource} from './resource.js';

/** The OAuth clients you registered at providers. */
export class Apps extends Resource {
  /** All apps (scope `read`). */
  list(filters: AppFilters = {}, options: CallOptions = {}): List<App> {
    return this.listOf('/v1/apps', filters, options);
  }

  /** One app, without its secret (scope `read`). */
  get(slug: string, options: CallOptions = {}): Promise<App> {
    return this.transport.call('GET', `/v1/apps/${segment('slug', slug)}`, {}, options);
  }

  /** Registers an app; enter its `redirectUrl` at the provider (scope `manage`). */
  create(app: NewApp, options: CreateOptions = {}): Promise<App> {
    return this.transport.call('POST', '/v1/apps', {body: app}, options);
  }

  /** Changes what is given (scope `manage`). Not repeated by itself. */
  update(slug: string, change: AppChange, options: CallOptions = {}): Promise<App> {
    return this.transport.call(
      'PATCH',
      `/v1/apps/${segment('slug', slug)}`,
      {body: change},
      options,
    );
  }

  /**
   * Removes an app (scope `manage`). With connections left it is a `conflict`, unless `force`: then they are
   * forgotten without being revoked at the provider.
   */
  delete(
    slug: string,
    {force, ...options}: CallOptions & {force?: boolean | undefined} = {},
  ): Promise<void> {
    return this.transport.call(
      'DELETE',
      `/v1/apps/${segment('slug', slug)}`,
      {query: {force: force || undefined}},
      options,
    );
  }
}
