import type {List} from '../list.js';
import {segment} from '../transport.js';
import type {
  CallOptions,
  CreateOptions,
  InvitedMember,
  Member,
  MemberChange,
  MemberFilters,
  NewMember,
} from '../types.js';
import {Resource} from './resource.js';

/** The people who may use the console. */
export class Members extends Resource {
  /** All members (scope `manage`). */
  list(filters: MemberFilters = {}, options: CallOptions = {}): List<Member> {
    return this.listOf('/v1/members', filters, options);
  }

  /** Invites somebody, with a role within the key's own scopes (scope `manage`). */
  create(member: NewMember, options: CreateOptions = {}): Promise<InvitedMember> {
    return this.transport.call('POST', '/v1/members', {body: member}, options);
  }

  /** Changes what is given (scope `manage`). Not repeated by itself. */
  update(id: string, change: MemberChange, options: CallOptions = {}): Promise<Member> {
    return this.transport.call('PATCH', this.#path(id), {body: change}, options);
  }

  /** Removes somebody; their sessions end at once (scope `manage`). Not repeated by itself. */
  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.transport.call('DELETE', this.#path(id), {}, options);
  }

  /** A new invitation, with which they also choose a new password (scope `manage`). */
  invite(id: string, options: CreateOptions = {}): Promise<InvitedMember> {
    return this.transport.call('POST', `${this.#path(id)}/invitation`, {}, options);
  }

  /** Takes away the second factor of somebody who lost it (scope `manage`). Not repeated by itself. */
  removeTotp(id: string, options: CallOptions = {}): Promise<void> {
    return this.transport.call('DELETE', `${this.#path(id)}/totp`, {}, options);
  }

  #path(id: string): string {
    return `/v1/members/${segment('id', id)}`;
  }
}
