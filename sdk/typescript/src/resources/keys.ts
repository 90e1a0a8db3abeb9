import type {List} from '../list.js';
import {segment} from '../transport.js';
import type {CallOptions, CreatedKey, CreateOptions, Key, KeyFilters, NewKey} from '../types.js';
import {Resource} from './resource.js';

/** API keys. */
export class Keys extends Resource {
  /** All keys, without the keys themselves (scope `manage`). */
  list(filters: KeyFilters = {}, options: CallOptions = {}): List<Key> {
    return this.listOf('/v1/keys', filters, options);
  }

  /** Makes a key with scopes the caller has; `key` is shown this once (scope `manage`). */
  create(key: NewKey, options: CreateOptions = {}): Promise<CreatedKey> {
    return this.transport.call('POST', '/v1/keys', {body: key}, options);
  }

  /** Revokes a key at once, by id or name (scope `manage`). Not repeated by itself. */
  revoke(id: string, options: CallOptions = {}): Promise<Key> {
    return this.transport.call('DELETE', `/v1/keys/${segment('id', id)}`, {}, options);
  }
}
