import {List, type Page} from '../list.js';
import type {Query, Transport} from '../transport.js';
import type {CallOptions} from '../types.js';

/** What the groups of calls share. */
export abstract class Resource {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @internal */
  protected get transport(): Transport {
    return this.#transport;
  }

  /** @internal */
  protected listOf<T>(path: string, filters: object, options: CallOptions): List<T> {
    return new List<T>(
      (cursor, more) =>
        this.#transport.call<Page<T>>(
          'GET',
          path,
          {query: {limit: 100, ...filters, cursor} as Query},
          more,
        ),
      options,
    );
  }
}
