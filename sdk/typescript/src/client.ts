import {Credentials} from './credentials.js';
import {HostDirectory} from './host_directory.js';
import {makeProxyFetch, proxyUrl, type ProxyOptions} from './proxy.js';
import {Apps} from './resources/apps.js';
import {Audit} from './resources/audit.js';
import {Connections} from './resources/connections.js';
import {InstallLinks} from './resources/install_links.js';
import {Keys} from './resources/keys.js';
import {Members} from './resources/members.js';
import {Providers} from './resources/providers.js';
import {Requests} from './resources/requests.js';
import {Settings} from './resources/settings.js';
import {Transport} from './transport.js';
import type {CallOptions, Fetch, HealthReport, Me} from './types.js';

/** Where the server is and how to talk to it. */
export interface WayleaveOptions {
  /** Address of the server; else the environment variable `WAYLEAVE_SERVER`. */
  server?: string | undefined;
  /** An API key `wlk_…`; else the environment variable `WAYLEAVE_KEY`. */
  key?: string | undefined;
  /** Another `fetch`, such as undici's with a proxy agent; else the global one. */
  fetch?: Fetch | undefined;
  /** Milliseconds for one call of the management API, retries included; 30,000 by default. */
  timeout?: number | undefined;
  /** Further tries of calls that may be repeated, when the server is busy or away; 2 by default. */
  retries?: number | undefined;
}

/**
 * A client of one Wayleave server. Make one and keep it; it holds no connection and may be used by
 * everything at once.
 *
 * ```ts
 * const wayleave = new Wayleave();  // WAYLEAVE_SERVER, WAYLEAVE_KEY
 * const {url} = await wayleave.installLinks.create({app: 'hbdev', user: 'org-42'});
 * const hubspot = wayleave.fetch('hbdev', 'org-42');
 * const contacts = await (await hubspot('/crm/v3/objects/contacts')).json();
 * ```
 */
export class Wayleave {
  readonly apps: Apps;
  readonly audit: Audit;
  readonly connections: Connections;
  readonly installLinks: InstallLinks;
  readonly keys: Keys;
  readonly members: Members;
  readonly providers: Providers;
  readonly requests: Requests;
  readonly settings: Settings;

  readonly #credentials: Credentials;
  readonly #transport: Transport;
  readonly #directory: HostDirectory;
  readonly #send: Fetch;

  constructor(options: WayleaveOptions = {}) {
    this.#credentials = new Credentials(
      options.server ?? process.env['WAYLEAVE_SERVER'],
      options.key ?? process.env['WAYLEAVE_KEY'],
    );
    // Looked up at each call, so that a test or a tracer may replace the global one.
    this.#send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#transport = new Transport(this.#credentials, {
      fetch: this.#send,
      timeout: options.timeout ?? 30_000,
      retries: options.retries ?? 2,
    });
    this.#directory = new HostDirectory(this.#transport);
    this.apps = new Apps(this.#transport);
    this.audit = new Audit(this.#transport);
    this.connections = new Connections(this.#transport);
    this.installLinks = new InstallLinks(this.#transport);
    this.keys = new Keys(this.#transport);
    this.members = new Members(this.#transport);
    this.providers = new Providers(this.#transport);
    this.requests = new Requests(this.#transport);
    this.settings = new Settings(this.#transport);
  }

  /** Who the key is and what it may do. */
  me(options: CallOptions = {}): Promise<Me> {
    return this.#transport.call('GET', '/v1/me', {}, options);
  }

  /** How the server is, in plain words (scope `read`). */
  health(options: CallOptions = {}): Promise<HealthReport> {
    return this.#transport.call('GET', '/v1/health', {}, options);
  }

  /**
   * A function that behaves as `fetch` but calls the provider as that customer: with a path of the
   * provider's default host, an absolute URL on any of its hosts, or a `Request`. Streams both ways. Give it
   * to any SDK that takes a `fetch`.
   *
   * Whatever the provider answers is resolved, also 404 and 500. When there is no answer of the provider,
   * because the customer must connect again for example, it rejects with a {@link WayleaveError}. Redirects
   * are given to you and not followed; with `redirect: 'error'`, or when the body is a stream and cannot be sent
   * again, they reject. Calls are not repeated here; option `retries` lets the gateway do so.
   *
   * @param app the app's slug
   * @param user your id of the customer
   */
  fetch(app: string, user: string, options: ProxyOptions = {}): Fetch {
    return makeProxyFetch(this.#credentials, this.#directory, this.#send, app, user, options);
  }

  /**
   * The address that stands for the provider's default host as that customer, for an SDK that takes a base
   * URL but no `fetch`. It then needs a key with scope `proxy` as its access token.
   */
  proxyUrl(app: string, user: string): string {
    return proxyUrl(this.#credentials, app, user);
  }

  /** Shown by `console.log`: the server, never the key. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Wayleave { server: '${this.#credentials.server}' }`;
  }
}
