import type {List} from '../list.js';
import type {AuditFilters, AuditRecord, CallOptions} from '../types.js';
import {Resource} from './resource.js';

/** Who did what. */
export class Audit extends Resource {
  /** Records, newest first (scope `manage`). */
  list(filters: AuditFilters = {}, options: CallOptions = {}): List<AuditRecord> {
    return this.listOf('/v1/audit', filters, options);
  }
}
