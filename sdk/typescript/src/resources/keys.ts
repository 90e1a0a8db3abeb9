import type {List} from '../list.js';
import {segment} from '../transport.js';
import type {
  CallOptions,
  CreatedKey,
  CreateOptions,
  Key,
  KeyChanges,
  KeyFilters,
  NewKey,
} from '../types.js';
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

  /** Changes name, addresses or expiry; counts at once (scope `manage`). Not repeated by itself. */
  update(id: string, change: KeyChanges, options: CallOptions = {}): Promise<Key> {
    return this.transport.call('PATCH', `/v1/keys/${segment('id', id)}`, {body: change}, options);
  }

  /**
   * A new key in the place of an old one, which stays valid for `overlapSeconds` (scope `manage`); `key` is
   * shown this once.
   */
  rotate(
    id: string,
    {overlapSeconds = 0, ...options}: CreateOptions & {overlapSeconds?: number | undefined} = {},
  ): Promise<CreatedKey> {
    const path = `/v1/keys/${segment('id', id)}/rotate`;
    return this.transport.call('POST', path, {body: {overlapSeconds}}, options);
  }

  /** Revokes a key at once, by id or name (scope `manage`). Not repeated by itself. */
  revoke(id: string, options: CallOptions = {}): Promise<Key> {
    return this.transport.call('DELETE', `/v1/keys/${segment('id', id)}`, {}, options);
  }
}
