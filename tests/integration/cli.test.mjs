// The command line (contract section 2): verbs, JSON, exit codes 0 done, 1 failed, 2 wrong usage, and
// secrets that never pass through an argument.

import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {folder, processFolder, secret} from '../support/output.mjs';
import {runOnce, startServer} from '../support/process.mjs';
import {eventually} from '../support/wait.mjs';

let sandbox;
let gateway;
let remote;

before(async () => {
  sandbox = await startSandbox({tap: true});
  gateway = await startGateway({sandbox});
  remote = {WAYLEAVE_SERVER: gateway.url, WAYLEAVE_KEY: gateway.admin};
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

const done = async (args, options) => {
  const result = await runOnce(args, options);
  assert.equal(result.code, 0, `${args.join(' ')}\n${result.stderr}${result.stdout}`);
  return result;
};
const wrong = async (args, options) => {
  const result = await runOnce(args, options);
  assert.equal(result.code, 2, `${args.join(' ')}\n${result.stderr}${result.stdout}`);
  assert.equal(result.stdout, '');
  assert.notEqual(result.stderr.trim(), '');
  return result;
};

describe('help and usage', () => {
  test('--help teaches every verb and --version tells one line', async () => {
    const {stdout} = await done(['--help']);
    for (const verb of ['serve', 'demo', 'sandbox', 'key', 'app', 'link', 'connection', 'call', 'provider', 'rotate-key', 'backup', 'restore', 'doctor', 'completion']) {
      assert.match(stdout, new RegExp(`\\b${verb}\\b`));
      assert.notEqual((await done([verb, '--help'])).stdout, '');
    }
    assert.match((await done(['--version'])).stdout, /^wayleave \d+\.\d+\.\d+\S*\n$/);
  });

  for (const args of [[], ['nothing'], ['serve', '--nothing'], ['key'], ['key', 'create'], ['key', 'frobnicate'], ['app', 'create'], ['link', 'hbdev'], ['call', 'hbdev', 'u'],
                      ['serve', '--listen', 'nowhere'], ['serve', '--listen', '127.0.0.1:99999'], ['serve', '--workers', 'many'], ['serve', '--public-url', 'ftp://x'],
                      ['serve', '--allow-egress', 'x'], ['sandbox', '--rate-limit', 'fast'], ['sandbox', '--access-token-ttl', '-1'], ['completion', 'tcsh']]) {
    test(`wayleave ${args.join(' ')} is wrong usage: exit 2, told on standard error`, () => wrong(args));
  }

  test('a configuration file with an unknown key is refused with its line', async () => {
    const file = path.join(folder, 'unknown.yaml');
    writeFileSync(file, 'listen: 127.0.0.1:0\ncolour: red\n');
    const {code, stderr} = await runOnce(['serve', '--config', file]);
    assert.notEqual(code, 0);
    assert.match(stderr, /colour/);
    assert.match(stderr, /\b2\b/);
  });

  for (const shell of ['bash', 'zsh', 'fish']) {
    test(`completion ${shell} prints a script`, async () => {
      const {stdout} = await done(['completion', shell]);
      assert.match(stdout, /wayleave/);
      assert.match(stdout, /connection/);
    });
  }
});

describe('administration', () => {
  const places = {'the data folder': () => ({args: ['--data', gateway.data, '--sandbox', sandbox.url]}), 'a server': () => ({args: [], env: remote})};
  for (const [place, where] of Object.entries(places)) {
    test(`works on ${place}: key, app, link, connection, call`, async () => {
      const {args, env} = where();
      const suffix = place === 'a server' ? 'remote' : 'local';
      const json = async (command, options = {}) =>
        JSON.parse((await done([...command, '--json', ...args], {env, ...options})).stdout);

      const key = await json(['key', 'create', '--name', `cli-${suffix}`, '--scopes', 'proxy,read'], {reveals: true});
      assert.match(key.key, /^wlk_[0-9A-Za-z]{49,}$/);
      assert.ok(key.id);
      const listed = await json(['key', 'list']);
      const row = listed.data.find(({id}) => id === key.id);
      assert.deepEqual(row.scopes, ['proxy', 'read']);
      assert.ok(!JSON.stringify(listed).includes(key.key));

      const clientSecret = secret('client secret', `from-a-file-${suffix}-0123456789abcdef`);
      const file = path.join(mkdtempSync(path.join(tmpdir(), 'wayleave-secret-')), 'client-secret');
      writeFileSync(file, `${clientSecret}\n`, {mode: 0o600});
      const slug = `Cli-${suffix}`;
      const app = await json(['app', 'create', '--slug', slug, '--provider', 'hubspot-sandbox', '--client-id', `id-${suffix}`,
                              '--client-secret-file', file, '--app-id', '42', '--scopes', 'oauth,crm.objects.contacts.read']);
      rmSync(path.dirname(file), {recursive: true});
      assert.equal(app.slug, slug.toLowerCase());
      assert.ok(app.redirectUrl.startsWith(`${gateway.url}/hubspot-sandbox/`), app.redirectUrl);
      assert.deepEqual(app.scopes, ['oauth', 'crm.objects.contacts.read']);
      assert.ok((await json(['app', 'list'])).data.some(({uuid}) => uuid === app.uuid));
      assert.equal((await json(['app', 'show', slug])).uuid, app.uuid);
      assert.deepEqual((await json(['app', 'update', slug, '--scopes', 'oauth,crm.objects.contacts.read,crm.objects.contacts.write'])).scopes.length, 3);

      const link = await json(['link', slug, 'cli user']);
      assert.ok(link.url.startsWith(`${gateway.url}/connect/`));
      const page = await gateway.authorize(link.authorizeUrl);
      assert.equal(page.status, 200, page.text);
      assert.equal(sandbox.tap.tokenRequests.at(-1).client_secret, clientSecret, 'the line end of the file is no part of it');

      const connections = await json(['connection', 'list', '--app', slug]);
      assert.equal(connections.data.length, 1);
      const [{id}] = connections.data;
      assert.equal((await json(['connection', 'show', id])).user, 'cli user');
      assert.equal((await json(['connection', 'refresh', id])).state, 'active');
      const contacts = await done(['call', slug, 'cli user', 'GET', '/crm/v3/objects/contacts?limit=1', ...args], {env});
      assert.equal(JSON.parse(contacts.stdout).results.length, 1);
      const made = await done(['call', slug, 'cli user', 'POST', '/crm/v3/objects/contacts', '--body', '-', '-H', 'Content-Type: application/json', ...args],
                              {env, input: JSON.stringify({properties: {email: `cli.${suffix}@example.com`}})});
      assert.match(JSON.parse(made.stdout).id, /^\d+$/);

      await json(['connection', 'delete', id]);
      assert.deepEqual((await json(['connection', 'list', '--app', slug])).data, []);
      await done(['key', 'revoke', key.id, ...args], {env});
      await done(['app', 'delete', slug, ...args], {env});
      const gone = await runOnce(['app', 'show', slug, ...args], {env});
      assert.equal(gone.code, 1);
      assert.match(gone.stderr, /no such app/);
    });
  }

  test('a running server notices what the command line did within a second', async () => {
    const {id, key} = JSON.parse((await done(['key', 'create', '--name', 'noticed', '--scopes', 'read', '--json', '--data', gateway.data], {reveals: true})).stdout);
    await eventually('the new key works', async () => (await gateway.call('GET', '/v1/me', {key})).status === 200, {timeout: 1_500});
    await done(['key', 'revoke', id, '--data', gateway.data]);
    await eventually('the revoked key is refused', async () => (await gateway.call('GET', '/v1/me', {key})).status === 401, {timeout: 1_500});
  });

  test('what fails at the API is exit 1 with the reason', async () => {
    for (const args of [['app', 'show', 'nobody'], ['connection', 'show', 'con_nothing'], ['link', 'nobody', 'u'], ['key', 'revoke', 'nothing'],
                        ['app', 'create', '--slug', 'a b', '--provider', 'hubspot', '--client-id', 'x', '--client-secret-file', '-']]) {
      const {code, stderr, stdout} = await runOnce([...args, '--data', gateway.data], {input: 'some-secret-from-stdin\n'});
      assert.equal(code, 1, args.join(' '));
      assert.notEqual(stderr.trim(), '');
      assert.equal(stdout, '');
    }
    const {code} = await runOnce(['app', 'list'], {env: {...remote, WAYLEAVE_KEY: 'wlk_wrong'}});
    assert.equal(code, 1);
    const unreachable = await runOnce(['app', 'list'], {env: {WAYLEAVE_SERVER: 'http://127.0.0.1:1', WAYLEAVE_KEY: gateway.admin}});
    assert.equal(unreachable.code, 1);
  });

  test('a client secret is not accepted as an argument', async () => {
    const value = secret('client secret', 'as-an-argument-0123456789');
    for (const option of ['--client-secret', '--secret']) {
      const {stderr} = await wrong(['app', 'create', '--slug', 'x', '--provider', 'hubspot', '--client-id', 'x', option, value, '--data', gateway.data]);
      assert.ok(!stderr.includes(value), 'nor repeated');
    }
  });

  test('a client secret can come from standard input', async () => {
    const value = secret('client secret', 'from-standard-input-0123456789');
    const {stdout} = await done(['app', 'create', '--slug', 'stdin', '--provider', 'hubspot-sandbox', '--client-id', 'x', '--client-secret-file', '-',
                                 '--scopes', 'oauth', '--json', '--data', gateway.data, '--sandbox', sandbox.url], {input: `${value}\n`});
    assert.ok(!stdout.includes(value));
  });
});

describe('providers', () => {
  test('are listed and shown', async () => {
    const {data} = JSON.parse((await done(['provider', 'list', '--json', '--data', gateway.data])).stdout);
    assert.ok(data.some(({slug}) => slug === 'hubspot'));
    const shown = JSON.parse((await done(['provider', 'show', 'hubspot', '--json', '--data', gateway.data])).stdout);
    assert.ok(shown.hosts.some(({baseUrl}) => baseUrl === 'https://api.hubapi.com'));
    assert.ok(shown.scopes.some(({name}) => name === 'crm.objects.contacts.read'));
  });

  test('a file is checked: a good one passes, a bad one fails with key and line', async () => {
    const good = path.join(folder, 'acme.yaml');
    writeFileSync(good, `name: Acme
auth:
  kind: oauth2
  authorize: https://acme.example/authorize
  token: https://acme.example/token
hosts:
  default: https://api.acme.example
scopes:
  - {name: read, title: Read, grants: Read records}
`);
    await done(['provider', 'check', good]);
    const bads = {
      'unknown key': ['colour: red\n', /colour/], 'plain PKCE': ['auth: {kind: oauth2, authorize: "https://a.example/a", token: "https://a.example/t", pkce: plain}\n', /pkce/],
      'plain http': ['auth: {kind: oauth2, authorize: "http://a.example/a", token: "http://a.example/t"}\n', /http/], 'no YAML': ['a: [\n', /./],
    };
    for (const [name, [text, reason]] of Object.entries(bads)) {
      const bad = path.join(folder, 'bad.yaml');
      writeFileSync(bad, name === 'no YAML' ? text : `name: Bad\nhosts: {default: "https://api.bad.example"}\n${text}`);
      const {code, stderr, stdout} = await runOnce(['provider', 'check', bad]);
      assert.equal(code, 1, name);
      assert.match(stderr + stdout, reason);
    }
    assert.equal((await runOnce(['provider', 'check', path.join(folder, 'missing.yaml')])).code, 1);
  });
});

describe('the data folder', () => {
  test('keeps secrets to its owner', () => {
    const mode = (name) => statSync(path.join(gateway.data, name)).mode & 0o777;
    assert.equal(mode('root.key'), 0o600);
    assert.equal(mode('wayleave.db'), 0o600);
  });

  test('doctor is content with a good one', async () => {
    const {stdout} = await done(['doctor', '--data', gateway.data]);
    assert.notEqual(stdout.trim(), '');
    JSON.parse((await done(['doctor', '--json', '--data', gateway.data])).stdout);
  });

  test('does not open with a missing, short, all-zero or wrong root key, and stays as it was (VT-05)', async () => {
    const own = processFolder('sealed');
    const data = path.join(own, 'data');
    const server = await startServer('keyed', ['serve', '--listen', '127.0.0.1:0', '--data', data], /^wayleave listening on (http:\S+)/m, {folder: own});
    await server.stop();
    const digest = () => createHash('sha256').update(readFileSync(path.join(data, 'wayleave.db'))).digest('hex');
    const earlier = digest();
    const key = readFileSync(path.join(data, 'root.key'));
    const refuse = async (what, env = {}) => {
      for (const command of [['serve', '--listen', '127.0.0.1:0'], ['app', 'list'], ['key', 'create', '--name', 'x']]) {
        const {code, stderr} = await runOnce([...command, '--data', data], {env, timeout: 10_000});
        assert.ok(code === 1 || code === 2, `${what}: ${command.join(' ')} ${stderr}`);
        assert.match(stderr, /key/i);
      }
      assert.equal(digest(), earlier, what);
    };
    await refuse('wrong', {WAYLEAVE_ROOT_KEY: Buffer.from(Array.from({length: 32}, (_, i) => i + 3)).toString('base64')});
    await refuse('short', {WAYLEAVE_ROOT_KEY: Buffer.alloc(16, 7).toString('base64')});
    await refuse('all zero', {WAYLEAVE_ROOT_KEY: Buffer.alloc(32).toString('base64')});
    await refuse('no base64', {WAYLEAVE_ROOT_KEY: '!!!'});
    rmSync(path.join(data, 'root.key'));
    await refuse('missing');
    writeFileSync(path.join(data, 'root.key'), key, {mode: 0o644});
    await refuse('readable by others');
    rmSync(path.join(data, 'root.key'));
    writeFileSync(path.join(data, 'root.key'), key, {mode: 0o600});
    await done(['app', 'list', '--data', data]);
  });

  test('opens with a root key from the environment, a file or a command', async () => {
    const value = Buffer.from(Array.from({length: 32}, (_, i) => i * 7 + 1)).toString('base64');
    const own = processFolder('rooted');
    const data = path.join(own, 'data');
    const file = path.join(own, 'my.key');
    writeFileSync(file, `${value}\n`, {mode: 0o600});
    await done(['key', 'create', '--name', 'a', '--data', data], {env: {WAYLEAVE_ROOT_KEY: value}, reveals: true});
    await done(['key', 'list', '--data', data, '--root-key-file', file]);
    await done(['key', 'list', '--data', data, '--root-key-command', `cat ${file}`]);
  });
});

describe('running', () => {
  test('SIGTERM ends serve and sandbox with exit 0', async () => {
    const own = await startSandbox();
    assert.deepEqual(await own.stop(), {code: 0, signal: null});
    const data = path.join(processFolder('ended'), 'data');
    mkdirSync(data, {recursive: true, mode: 0o700});
    const server = await startServer('ended', ['serve', '--listen', '127.0.0.1:0', '--data', data], /^wayleave listening on (http:\S+)/m);
    assert.deepEqual(await server.stop(), {code: 0, signal: null});
  });

  test('options come from flag, environment and file, in that order', async () => {
    const own = processFolder('configured');
    const file = path.join(own, 'wayleave.yaml');
    writeFileSync(file, `listen: 127.0.0.1:0\ndata: ${own}/from-file\npublic-url: https://from-file.example\n`);
    const server = await startServer('configured', ['serve', '--config', file], /^wayleave listening on (http:\S+)/m,
                                     {env: {WAYLEAVE_PUBLIC_URL: 'https://from-env.example'}, folder: own});
    try {
      const {stdout} = await done(['app', 'create', '--slug', 'x', '--provider', 'hubspot', '--client-id', 'c', '--client-secret-file', '-', '--json', '--data', `${own}/from-file`], {input: 'a-secret-of-some-length'});
      assert.ok(JSON.parse(stdout).redirectUrl.startsWith('https://from-env.example/hubspot/x-'), stdout);
    } finally {
      await server.stop();
    }
  });

  test('demo --once shows the whole journey, blanks the secrets and ends with exit 0', async () => {
    const {stdout, stderr} = await done(['demo', '--once'], {timeout: 120_000});
    const shown = stdout + stderr;
    assert.match(shown, /\/oauth\/authorize/);
    assert.match(shown, /\/proxy\//);
    assert.match(shown, /results/);
    // Whatever follows Bearer is blanked, and no key, token or secret stands in full.
    for (const [, value] of shown.matchAll(/Bearer\s+(\S+)/g)) assert.ok(/[*…<$[]|\.\.\./.test(value) || value.length < 12, value);
    assert.doesNotMatch(shown, /wlk_[0-9A-Za-z]{20,}/);
    assert.doesNotMatch(shown, /(access_token|refresh_token|client_secret|code_verifier)["=: ]+[A-Za-z0-9_-]{20,}/);
    assert.doesNotMatch(shown, /[?&](code|state)=[A-Za-z0-9_-]{20,}/);
  });
});
