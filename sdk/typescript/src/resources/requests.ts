import type {List} from '../list.js';
import type {CallOptions, LoggedRequest, RequestFilters} from '../types.js';
import {Resource} from './resource.js';

/** The log of proxied calls. */
export class Requests extends Resource {
  /** Calls, newest first (scope `read`). A call appears about a second after its end. */
  list(filters: RequestFilters = {}, options: CallOptions = {}): List<LoggedRequest> {
    return this.listOf('/v1/requests', filters, options);
  }
}
