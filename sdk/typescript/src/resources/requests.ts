import type {List} from '../list.js';
import {segment, type Query} from '../transport.js';
import type {
  CallOptions,
  LoggedRequest,
  RequestFilters,
  RequestSummary,
  RequestSummaryFilters,
} from '../types.js';
import {Resource} from './resource.js';

/** The log of proxied calls. */
export class Requests extends Resource {
  /** Calls, newest first (scope `read`). A call appears about a second after its end. */
  list(filters: RequestFilters = {}, options: CallOptions = {}): List<LoggedRequest> {
    return this.listOf('/v1/requests', filters, options);
  }

  /** One call (scope `read`). */
  get(id: string, options: CallOptions = {}): Promise<LoggedRequest> {
    return this.transport.call('GET', `/v1/requests/${segment('id', id)}`, {}, options);
  }

  /** How calls went, over time and by duration (scope `read`). */
  summary(filters: RequestSummaryFilters = {}, options: CallOptions = {}): Promise<RequestSummary> {
    return this.transport.call('GET', '/v1/requests/summary', {query: filters as Query}, options);
  }
}
