import type {CreateOptions, InstallLink, NewInstallLink} from '../types.js';
import {Resource} from './resource.js';

/** Invitations to connect. */
export class InstallLinks extends Resource {
  /**
   * Makes a link for one customer (scope `connect`). Open its `url` in their browser: with
   * `Wayleave.connect({link: url})` of `/connect.js`, as a redirect, or by mail.
   */
  create(link: NewInstallLink, options: CreateOptions = {}): Promise<InstallLink> {
    return this.transport.call('POST', '/v1/install-links', {body: link}, options);
  }
}
