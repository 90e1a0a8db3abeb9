import {Forbidden, makeError} from './errors.js';
import type {Hosts} from './proxy_target.js';
import {segment, type Transport} from './transport.js';
import type {App, Provider} from './types.js';

const keptMs = 5 * 60_000;
const appsMax = 1000;

/** The provider's hosts with the app's own values (`{shop}`) filled in. */
export function hostsOf(provider: Provider, app: App): Hosts {
  const own = (app.settings ?? {}) as Record<string, unknown>;
  const defaults = new Map(provider.tenant.map((each) => [each.name, each.default]));
  const filled = provider.hosts.map(({name, baseUrl}): [string, string] => [
    name,
    baseUrl.replace(/\{([^{}]+)\}/g, (whole, key: string) =>
      String(own[key] ?? defaults.get(key) ?? whole),
    ),
  ]);
  return Object.fromEntries(filled.filter(([, baseUrl]) => !baseUrl.includes('{')));
}

/** Which hosts an app's provider has, asked once in five minutes. */
export class HostDirectory {
  readonly #transport: Transport;
  readonly #known = new Map<string, {hosts: Promise<Hosts>; until: number}>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  of(app: string): Promise<Hosts> {
    const slug = app.toLowerCase();
    const held = this.#known.get(slug);
    if (held && performance.now() < held.until) return held.hosts;
    if (this.#known.size >= appsMax) this.#known.clear();
    const hosts = this.#ask(slug);
    this.#known.set(slug, {hosts, until: performance.now() + keptMs});
    hosts.catch(() => this.#known.delete(slug));
    return hosts;
  }

  async #ask(slug: string): Promise<Hosts> {
    try {
      const app = await this.#transport.call<App>('GET', `/v1/apps/${segment('app', slug)}`);
      if (app.settings?.apiBase) return {default: app.settings.apiBase};
      const provider = await this.#transport.call<Provider>(
        'GET',
        `/v1/providers/${segment('provider', app.provider)}`,
      );
      return hostsOf(provider, app);
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      throw makeError({
        code: error.code,
        status: error.status,
        requestId: error.requestId,
        detail:
          "an absolute URL needs to know the provider's hosts: give the key the scope read, name them in the option hosts, or call with a path",
      });
    }
  }
}
