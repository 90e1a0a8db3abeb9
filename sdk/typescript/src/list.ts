import {makeError} from './errors.js';
import type {CallOptions} from './types.js';

/** Some of a list, and where it goes on. */
export interface Page<T> {
  data: T[];
  /** For {@link List.page}; null on the last page. */
  nextCursor: string | null;
}

type Load<T> = (cursor: string | undefined, options: CallOptions) => Promise<Page<T>>;

/**
 * A list on the server, read page by page while you go through it:
 *
 * ```ts
 * for await (const connection of wayleave.connections.list({app: 'hbdev'})) console.log(connection.user);
 * ```
 *
 * Nothing is asked before the first element is wanted, and each `for await` reads anew. Filter `limit` is
 * the size of a page, not of the list.
 */
export class List<T> implements AsyncIterable<T> {
  readonly #load: Load<T>;
  readonly #options: CallOptions;

  /** @internal */
  constructor(load: Load<T>, options: CallOptions) {
    this.#load = load;
    this.#options = options;
  }

  /** One page: the first, or the one after `cursor`. */
  page({cursor, ...options}: CallOptions & {cursor?: string | null | undefined} = {}): Promise<
    Page<T>
  > {
    return this.#load(cursor ?? undefined, {...this.#options, ...options});
  }

  /** Page by page. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    for (let cursor: string | null = null; ;) {
      const page: Page<T> = await this.page({cursor});
      yield page;
      if (page.nextCursor === null) return;
      if (page.nextCursor === cursor) {
        throw makeError({
          code: 'unexpected_answer',
          detail: 'the list does not go on: the same cursor came twice',
        });
      }
      cursor = page.nextCursor;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const {data} of this.pages()) yield* data;
  }

  /** The first `max` elements as an array. */
  async toArray({max}: {max: number}): Promise<T[]> {
    const all: T[] = [];
    if (max <= 0) return all;
    for await (const each of this) {
      all.push(each);
      if (all.length >= max) break;
    }
    return all;
  }
}
