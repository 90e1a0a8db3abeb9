import type {CallOptions, SettingsChange, WorkspaceSettings} from '../types.js';
import {Resource} from './resource.js';

/** What counts for the whole workspace. */
export class Settings extends Resource {
  /** The settings (scope `manage`). */
  get(options: CallOptions = {}): Promise<WorkspaceSettings> {
    return this.transport.call('GET', '/v1/settings', {}, options);
  }

  /** Changes what is given (scope `manage`). Not repeated by itself. */
  update(change: SettingsChange, options: CallOptions = {}): Promise<WorkspaceSettings> {
    return this.transport.call('PATCH', '/v1/settings', {body: change}, options);
  }
}
