// A gateway and a simulator for a test, with the short words tests use: register an app, connect a
// user, call the API.

import {createHash, randomBytes} from 'node:crypto';
import {existsSync, realpathSync, rmSync} from 'node:fs';
import {join} from 'node:path';

import {Browser} from './browser.mjs';
import {newDatabase} from './postgres.mjs';
import {request} from './http.mjs';
import {checkAnswer} from './openapi.mjs';
import {keepAnswer, processFolder, secret} from './output.mjs';
import {runOnce, startServer} from './process.mjs';
import {startTokenTap} from './token_tap.mjs';

export const defaultScopes = [
  'oauth',
  ...['contacts', 'companies', 'deals'].flatMap(
      (type) => [`crm.objects.${type}.read`, `crm.objects.${type}.write`]),
  'crm.objects.owners.read', 'tickets', 'forms',
];

/** The HubSpot simulator. `tap`: remember the tokens that go by; then `url` is the tap's. */
export async function startSandbox({args = ['--auto-consent'], tap = false} = {}) {
  const server = await startServer(
      'sandbox', ['sandbox', '--listen', '127.0.0.1:0', ...args], /^sandbox listening on (http:\S+)/m);
  const tapped = tap ? await startTokenTap(server.url) : undefined;
  const control = async (method, name, json) => {
    const answer = await request(method, `${server.url}/_sandbox/${name}`, json ? {json} : {});
    if (answer.status >= 300) throw new Error(`/_sandbox/${name}: ${answer.status} ${answer.text}`);
    return answer.bytes.length > 0 ? answer.json : undefined;
  };
  return {
    ...server,
    direct: server.url,
    url: tapped?.url ?? server.url,
    tap: tapped,
    control,
    fault: (rule) => control('POST', 'faults', rule),
    clearFaults: () => control('DELETE', 'faults'),
    advance: (seconds) => control('POST', 'clock', {advance: seconds}),
    stats: () => control('GET', 'stats'),
    async stop() {
      await tapped?.stop();
      return server.stop();
    },
  };
}

const host = (url) => url.replace(/^https?:\/\//, '').replace(/\/.*/, '');

const made = new Set();
process.on('exit', () => made.forEach(({memory}) => rmSync(memory, {recursive: true, force: true})));

class Gateway {
  constructor(options) {
    this.options = options;
    const database = options.database ?? newDatabase();
    /** What every process of this gateway is told: the URL of its database, when it is not a file. */
    this.env = {...(database ? {WAYLEAVE_DATABASE: database} : {}), ...options.env};
    this.folder = processFolder('gateway');
    this.data = options.data ?? join(this.folder, 'data');
    this.listen = options.listen;
    /** The documented operations that were answered, each checked against its description. */
    this.seen = new Set();
    made.add(this);
  }

  /** Where answers of providers are kept when the data folder's disk fails too. */
  get memory() {
    if (existsSync(this.data)) this.place = realpathSync(this.data);
    return `/dev/shm/wayleave-${createHash('sha256').update(this.place ?? this.data).digest('hex').slice(0, 16)}`;
  }

  async start(extra = []) {
    const {sandbox, args = [], egress = [], under, program} = this.options;
    this.server = await startServer('gateway', [
      'serve', '--listen', this.listen ?? '127.0.0.1:0', '--data', this.data,
      ...(sandbox ? ['--sandbox', sandbox.url] : []),
      ...egress.flatMap((url) => ['--allow-egress', host(url)]),
      ...args, ...extra,
    ], /^wayleave listening on (https?:\S+)/m, {env: this.env, under, program, folder: this.folder});
    this.url = this.server.url;
    // A restart keeps the address: links and redirect URLs hold it.
    this.listen = host(this.url);
    return this;
  }

  get pid() { return this.server.pid; }
  stop() { return this.server.stop(); }
  kill() { return this.server.kill(); }
  async restart() {
    await this.stop();
    return this.start();
  }

  /** Runs a command of the program on this gateway's data folder. */
  run(args, {env, ...options} = {}) {
    return runOnce([...args, '--data', this.data], {env: {...this.env, ...env}, ...options});
  }

  async createKey(scopes, name = `key-${randomBytes(4).toString('hex')}`) {
    const {code, stdout, stderr} = await this.run(
        ['key', 'create', '--name', name, '--scopes', scopes, '--json'], {reveals: true});
    if (code !== 0) throw new Error(`key create: ${code} ${stderr}`);
    const made = JSON.parse(stdout);
    secret('api key', made.key);
    return made;
  }

  /** A request with a key (`key: null` for none), the admin's by default. */
  async call(method, target, {key = this.admin, headers = {}, ...rest} = {}) {
    const answer = await request(method, this.url + target, {
      headers: {...(key ? {authorization: `Bearer ${key}`} : {}), ...headers},
      ...rest,
    });
    const providerAnswer = /^\/(proxy|api\/raw|api\/[^/]+\/proxy)\//.test(target) &&
        answer.header('wayleave-error') === undefined;
    if (!providerAnswer) this.seen.add(checkAnswer(method, target, answer));
    const [path] = target.split('?');
    const revealing = path.endsWith('/token') || (method === 'POST' && /^\/v1\/keys(\/[^/]+\/rotate)?$/.test(path));
    if (revealing && answer.status < 300) {
      const {key: newKey, access_token: issued, accessToken: revealed} = answer.json;
      secret('api key', newKey ?? issued);
      secret('access token', revealed);
    } else if (!providerAnswer) {
      keepAnswer(`${answer.status}\n${answer.rawHeaders.join('\n')}\n${answer.text}`);
    }
    return answer;
  }

  /** Registers an app; throws when it is refused. */
  async createApp(fields) {
    const clientSecret = secret('client secret', fields.clientSecret ?? randomBytes(18).toString('base64url'));
    const answer = await this.call('POST', '/v1/apps', {json: {
      provider: 'hubspot-sandbox', clientId: `client-${fields.slug}`.toLowerCase(), appId: '1234567',
      scopes: defaultScopes, ...fields, clientSecret,
    }});
    if (answer.status !== 201 && answer.status !== 200) {
      throw new Error(`POST /v1/apps: ${answer.status} ${answer.text}`);
    }
    return answer.json;
  }

  /** An app of provider `oauth2` at that authorization server, calling that API. */
  createCustomApp(slug, peer, apiBase, {settings = {}, ...fields} = {}) {
    return this.createApp({
      slug, provider: 'oauth2', clientId: `client-${slug}`, scopes: ['read'],
      settings: peer.settings(apiBase, settings), ...fields,
    });
  }

  async authUrl(app, user, query = '') {
    const answer = await this.call(
        'GET', `/api/${app.provider}/auth/${app.slug}?userForeignIdentifier=${encodeURIComponent(user)}${query}`);
    if (answer.status !== 200) throw new Error(`auth: ${answer.status} ${answer.text}`);
    return answer.json.url;
  }

  /** The customer's part: opens the authorize URL and comes back. Resolves to the last page. */
  async authorize(url, {browser = new Browser({gateway: this.url}), until} = {}) {
    return browser.open(url, {until});
  }

  /**
   * The callback's own answer to a program: {status, json}. `account`: which of the simulator's
   * accounts the customer chooses, else the next one.
   */
  async tryToConnect(app, user, {account} = {}) {
    const url = await this.authUrl(app, user);
    const chosen = account ? url.replace('/oauth/authorize?', `/oauth/${account}/authorize?`) : url;
    const before = await this.authorize(chosen, {until: /\/callback\?/});
    if (!before.location) throw new Error(`no way back from the provider: ${before.status} ${before.text}`);
    return request('GET', before.location, {headers: {accept: 'application/json'}});
  }

  /** Connects a user, from the link to the callback. Resolves to the connection. */
  async connect(app, user, options) {
    const answer = await this.tryToConnect(app, user, options);
    if (answer.status !== 200) throw new Error(`callback: ${answer.status} ${answer.text}`);
    return this.connection(app, user);
  }

  async connection(app, user) {
    const {json} = await this.call(
        'GET', `/v1/connections?app=${app.slug}&user=${encodeURIComponent(user)}`);
    return json.data[0];
  }

  async connections() {
    return (await this.call('GET', '/v1/connections?limit=200')).json.data;
  }

  /** A call through the transparent proxy as that user. */
  proxy(method, app, user, target, {headers = {}, ...rest} = {}) {
    return this.call(method, `/proxy/${app.slug}${target}`, {
      // The bytes of a field are what they are: here UTF-8.
      headers: {'wayleave-user': Buffer.from(user).toString('latin1'), ...headers}, ...rest,
    });
  }
}

/**
 * Starts a gateway with a key for everything in `admin`. Options: sandbox, egress, args, env, under,
 * program, listen (where, else on a free port), admin (a key that is there already), database (a URL;
 * otherwise WAYLEAVE_TEST_DATABASE decides).
 */
export async function startGateway(options = {}) {
  const gateway = await new Gateway(options).start();
  gateway.admin = options.admin ?? (await gateway.createKey('proxy,connect,read,manage,tokens:reveal', 'admin')).key;
  return gateway;
}
