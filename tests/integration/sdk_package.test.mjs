// `@wayleave/node` as a package: what npm would publish is imported and required, compiled against, and
// passes its own tests, on the oldest Node it is meant for and on ours.

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {promisify} from 'node:util';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {processFolder, root} from '../support/output.mjs';
import {startProcess} from '../support/process.mjs';
import {buildSdk, importSdk, sdkFolder} from '../support/sdk.mjs';

const run = promisify(execFile);
// The runner's options for its own Node; Node 18 does not know them all.
delete process.env.NODE_OPTIONS;
const node18 = path.join(sdkFolder, 'node_modules/node-18/bin/node');
const nodes = {18: node18, [process.versions.node.split('.')[0]]: process.execPath};
const folder = processFolder('consumer');
const installed = path.join(folder, 'node_modules/@wayleave/node');

before(async () => {
  await buildSdk();
  mkdirSync(installed, {recursive: true});
  const {stdout} = await run('npm', ['pack', '--json', '--pack-destination', folder], {cwd: sdkFolder});
  const [{filename}] = JSON.parse(stdout);
  await run('tar', ['--extract', '--strip-components=1', '--directory', installed, '--file', path.join(folder, filename)]);
});

test('the oldest Node is the one that package.json names', async () => {
  const {engines, version, dependencies} = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));
  const {stdout} = await run(node18, ['--version']);
  assert.match(stdout, /^v18\./);
  assert.equal(engines.node, '>=18');
  assert.equal(dependencies, undefined, 'no dependencies');
  assert.match(readFileSync(path.join(installed, 'dist/version.js'), 'utf8'), new RegExp(`'${version}'`));
});

test('holds no more than what it needs', () => {
  assert.deepEqual(readdirSync(installed).sort(), ['README.md', 'dist', 'package.json']);
  assert.ok(existsSync(path.join(installed, 'dist/index.d.mts')));
});

test('its types are those of api/openapi.yaml', async () => {
  const made = path.join(folder, 'openapi.ts');
  await run(process.execPath, [path.join(sdkFolder, 'node_modules/openapi-typescript/bin/cli.js'), path.join(sdkFolder, '../../api/openapi.yaml'), '--output', made, '--default-non-nullable=false']);
  assert.equal(readFileSync(path.join(sdkFolder, 'src/openapi.ts'), 'utf8'), readFileSync(made, 'utf8'));
});

for (const [major, program] of Object.entries(nodes)) {
  describe(`on Node ${major}`, () => {
    const inFolder = async (name, text) => {
      writeFileSync(path.join(folder, name), text);
      const {stdout} = await run(program, [name], {cwd: folder});
      return stdout.trim();
    };

    test('is imported', async () => {
      const text = 'import {Wayleave, webhooks} from "@wayleave/node"; import * as all from "@wayleave/node";' +
        'console.log(typeof Wayleave, typeof webhooks.verify, Object.keys(all).length)';
      assert.match(await inFolder(`imports-${major}.mjs`, text), /^function function 1\d$/);
    });

    test('is required', async () => {
      const text = 'const {Wayleave, webhooks} = require("@wayleave/node"); console.log(typeof Wayleave, typeof webhooks.verify)';
      assert.equal(await inFolder(`requires-${major}.cjs`, text), 'function function');
    });

    test('is one and the same both ways, so that `instanceof` holds', async () => {
      const text = 'import * as a from "@wayleave/node"; import {createRequire} from "node:module"; const b = createRequire(import.meta.url)("@wayleave/node");' +
        'const names = new Set([...Object.keys(a), ...Object.keys(b)]); for (const name of names) if (a[name] !== b[name]) throw new Error(name); console.log("same")';
      assert.equal(await inFolder(`both-${major}.mjs`, text), 'same');
    });

    test('passes its own tests', async () => {
      const files = readdirSync(path.join(sdkFolder, 'test')).filter((name) => name.endsWith('.test.mjs')).map((name) => path.join('test', name));
      assert.ok(files.length >= 5);
      // This file is itself a test: its children are not to report to it.
      const {NODE_TEST_CONTEXT, NODE_OPTIONS, ...env} = process.env;
      const {stdout} = await run(program, ['--test', '--test-reporter=spec', ...files], {cwd: sdkFolder, env}).catch((error) => {
        assert.fail(error.stdout.slice(error.stdout.indexOf('failing tests')) + error.stderr);
      });
      assert.ok(Number(/pass (\d+)/.exec(stdout)[1]) > 90, stdout);
      assert.match(stdout, /fail 0\n/);
    });
  });
}

describe('the README', () => {
  const programs = [...readFileSync(path.join(sdkFolder, 'README.md'), 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(([, text]) => text);
  let sandbox;
  let gateway;
  let env;
  before(async () => {
    sandbox = await startSandbox();
    gateway = await startGateway({sandbox});
    await gateway.connect(await gateway.createApp({slug: 'hbdev'}), 'org-42');
    env = {PATH: process.env.PATH, WAYLEAVE_SERVER: gateway.url, WAYLEAVE_KEY: gateway.admin};
    const peers = path.join(root, 'tests/node_modules');
    for (const name of readdirSync(peers)) {
      if (!existsSync(path.join(folder, 'node_modules', name))) symlinkSync(path.join(peers, name), path.join(folder, 'node_modules', name));
    }
  });
  after(async () => {
    await gateway?.stop();
    await sandbox?.stop();
  });

  const expected = [
    /^Send the customer's browser to http:\/\/127\.0\.0\.1:\d+\/connect\/\S+$/, /^201 3$/, /^2$/, /^Not connected yet: connection_not_found$/,
    /^org-42 active\n\d+ (null|\S+)$/,
  ];
  expected.forEach((output, i) => {
    test(`example ${i + 1} runs as it stands`, async () => {
      writeFileSync(path.join(folder, `readme-${i}.mjs`), programs[i]);
      const {stdout} = await run(process.execPath, [`readme-${i}.mjs`], {cwd: folder, env});
      assert.match(stdout.trim(), output);
    });
  });

  test('the receiver of webhooks takes what is signed and nothing else', async () => {
    assert.equal(programs.length, expected.length + 1);
    writeFileSync(path.join(folder, 'receiver.mjs'), programs.at(-1));
    const secret = `whsec_${Buffer.from('thirty-two bytes of no secrecy..').toString('base64')}`;
    const receiver = await startProcess('receiver', [process.execPath, path.join(folder, 'receiver.mjs')], /^listening on (\S+)/m,
                                        {env: {WEBHOOK_SECRET: secret, PORT: '0'}});
    try {
      const {webhooks} = await importSdk();
      const body = '{"type":"contact.created"}';
      const post = (headers, text = body) => fetch(receiver.url, {method: 'POST', headers, body: text});
      assert.equal((await post(webhooks.sign(body, secret))).status, 204);
      const changed = await post(webhooks.sign(body, secret), '{"type":"contact.deleted"}');
      assert.deepEqual([changed.status, await changed.text()], [400, 'wrong_signature']);
      assert.equal((await post({})).status, 400);
    } finally {
      await receiver.stop();
    }
  });
});

describe('its types', () => {
  const program = (get) => `${get}
const wayleave = new Wayleave({server: 'https://wayleave.example', key: 'wlk_example', fetch: globalThis.fetch});
export async function journey(signal: AbortSignal): Promise<string> {
  const app = await wayleave.apps.create({slug: 'hbdev', provider: 'hubspot', clientId: 'x', clientSecret: 'y', scopes: ['oauth']}, {idempotencyKey: 'once'});
  const link = await wayleave.installLinks.create({app: app.slug, user: 'org-42'}, {signal, timeout: 5000});
  for await (const connection of wayleave.connections.list({app: 'hbdev', state: 'active'})) {
    const state: 'active' | 'refresh_unknown' | 'needs_reauthorization' | 'revoked' = connection.state;
    console.log(state, connection.user);
  }
  const detail = await wayleave.connections.get('con_x');
  const calls: number = detail.calls24h.total + detail.rateLimits.length;
  const id: string = detail.id;
  const page = await wayleave.requests.list({status: '5xx'}).page({cursor: null});
  const fetch: typeof globalThis.fetch = wayleave.fetch('hbdev', 'org-42', {retries: 2});
  const response = await fetch(new Request('https://api.hubapi.com/x', {method: 'POST', body: '{}'}), {signal});
  try {
    await wayleave.me();
  } catch (error) {
    if (error instanceof ReauthorizationRequired) return error.installUrl ?? '';
    if (error instanceof WayleaveError && error.code === 'rate_limited') return error.detail;
  }
  const {payload, sentAt} = webhooks.verify<{type: string}>(new Uint8Array(), new Headers(), 'whsec_');
  webhooks.verify('', {'webhook-id': 'x', other: ['a'], none: undefined}, ['a', 'b']);
  // @ts-expect-error a name that is none
  app.slog;
  // @ts-expect-error a state that is none
  wayleave.connections.list({state: 'sleeping'});
  // @ts-expect-error a new app needs its secret
  await wayleave.apps.create({slug: 'hbdev', provider: 'hubspot', clientId: 'x'});
  // @ts-expect-error the cursor belongs to page()
  wayleave.connections.list({cursor: 'x'});
  // @ts-expect-error a parsed body cannot be verified
  webhooks.verify({}, {}, '');
  return link.url + calls + id + payload.type + sentAt.toISOString() + page.data.length + response.status;
}
`;
  const names = 'ReauthorizationRequired, Wayleave, WayleaveError, webhooks';
  const forms = {'esm.mts': `import {${names}} from '@wayleave/node';`, 'cjs.cts': `import sdk = require('@wayleave/node');\nconst {${names}} = sdk;`};

  for (const [surroundings, options] of Object.entries({
    'of Node': {lib: ['ES2022'], types: ['node']},
    'of a browser (a bundler, a worker)': {lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: []},
  })) {
    test(`hold in a program with the types ${surroundings}, imported and required`, async () => {
      const place = processFolder('typed');
      mkdirSync(path.join(place, 'node_modules/@wayleave'), {recursive: true});
      cpSync(installed, path.join(place, 'node_modules/@wayleave/node'), {recursive: true});
      for (const name of ['@types', 'undici-types']) symlinkSync(path.join(sdkFolder, 'node_modules', name), path.join(place, 'node_modules', name));
      for (const [name, get] of Object.entries(forms)) writeFileSync(path.join(place, name), program(get));
      writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify({compilerOptions: {
        target: 'ES2022', module: 'Node16', moduleResolution: 'Node16', strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, ...options,
      }, files: Object.keys(forms)}));
      await run(process.execPath, [path.join(sdkFolder, 'node_modules/typescript/bin/tsc'), '--project', place]).catch((error) => assert.fail(error.stdout));
    });
  }
});
