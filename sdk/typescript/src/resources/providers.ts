import type {List} from '../list.js';
import {segment} from '../transport.js';
import type {CallOptions, Provider, ProviderFilters} from '../types.js';
import {Resource} from './resource.js';

/** What can be connected. */
export class Providers extends Resource {
  /** All providers (scope `read`). */
  list(filters: ProviderFilters = {}, options: CallOptions = {}): List<Provider> {
    return this.listOf('/v1/providers', filters, options);
  }

  /** One provider (scope `read`). */
  get(slug: string, options: CallOptions = {}): Promise<Provider> {
    return this.transport.call('GET', `/v1/providers/${segment('slug', slug)}`, {}, options);
  }
}
