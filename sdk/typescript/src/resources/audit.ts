import type {List} from '../list.js';
import type {Query} from '../transport.js';
import type {
  AuditExportFilters,
  AuditFilters,
  AuditRecord,
  AuditVerdict,
  CallOptions,
} from '../types.js';
import {Resource} from './resource.js';

/** Who did what. */
export class Audit extends Resource {
  /** Records, newest first (scope `manage`). */
  list(filters: AuditFilters = {}, options: CallOptions = {}): List<AuditRecord> {
    return this.listOf('/v1/audit', filters, options);
  }

  /**
   * All records that match, newest first, as lines of JSON or as CSV (scope `manage`; audited itself).
   * The time of the call is that until the download begins.
   */
  export(
    filters: AuditExportFilters = {},
    options: CallOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    return this.transport.download('/v1/audit/export', filters as Query, options);
  }

  /** Whether a record was changed or removed (scope `manage`). Reads the whole trail. */
  verify(options: CallOptions = {}): Promise<AuditVerdict> {
    return this.transport.call('POST', '/v1/audit/verify', {}, options);
  }
}
