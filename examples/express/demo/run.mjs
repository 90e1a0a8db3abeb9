// Starts the HubSpot simulator, Wayleave and this example on free ports, with everything set up, and
// stays until Ctrl-C; with --once plays a customer's whole journey and ends. Nothing is kept.
//
//   node demo/run.mjs --wayleave build/release/wayleave [--once]

import {randomBytes} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {Wayleave} from '@wayleave/node';

import {playJourney} from './journey.mjs';
import {run, start, stopAll} from './processes.mjs';

const {values: options} = parseArgs({
  options: {wayleave: {type: 'string'}, once: {type: 'boolean', default: false}},
});
if (!options.wayleave) {
  console.error('usage: node demo/run.mjs --wayleave PROGRAM [--once]');
  process.exit(2);
}
const program = path.resolve(options.wayleave);
const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'wayleave-example-'));
const slug = 'hbdev';

async function makeKey(name, scopes) {
  const text = await run(program, [
    'key',
    'create',
    '--name',
    name,
    '--scopes',
    scopes,
    '--json',
    '--data',
    folder,
  ]);
  return JSON.parse(text).key;
}

/** Everything the example's README says, in its order. */
async function setUp() {
  const sandbox = await start(
    'sandbox',
    program,
    ['sandbox', '--listen', '127.0.0.1:0'],
    /^sandbox listening on (\S+)/m,
  );
  const gateway = await start(
    'wayleave',
    program,
    ['serve', '--listen', '127.0.0.1:0', '--data', folder, '--sandbox', sandbox.url],
    /^wayleave listening on (\S+)/m,
  );
  const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const example = await start('example', process.execPath, [main], /is at (\S+)/, {
    PORT: '0',
    WAYLEAVE_SERVER: gateway.url,
    WAYLEAVE_KEY: await makeKey('example', 'proxy,connect,read'),
    WAYLEAVE_APP: slug,
    WEBHOOK_SECRET: webhookSecret,
  });
  const admin = new Wayleave({server: gateway.url, key: await makeKey('set-up', 'manage,read')});
  await admin.apps.create({
    slug,
    provider: 'hubspot-sandbox',
    clientId: 'example-crm-sync',
    clientSecret: randomBytes(18).toString('base64url'),
    scopes: ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write'],
    returnOrigins: [example.url],
    appearance: {companyName: 'Example CRM Sync', accentColor: '#1f5f5b'},
  });
  return {sandbox: sandbox.url, gateway: gateway.url, example: example.url, webhookSecret};
}

function invite({sandbox, gateway, example}) {
  console.log(`
Example CRM Sync is ready. Open it, choose a company and press "Connect HubSpot":

  ${example}

Wayleave is at ${gateway}, the HubSpot simulator at ${sandbox}.

See what happens when the customer uninstalls the app in HubSpot (put the number of the account that the
page shows), and half an hour goes by:

  curl --json '{"portalId": 24187301}' ${sandbox}/_sandbox/uninstall
  curl --json '{"advance": 1801}' ${sandbox}/_sandbox/clock

Ctrl-C ends it all.`);
}

const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
});

let code = 0;
try {
  const places = await setUp();
  if (options.once) {
    await playJourney(places);
    console.log('\nThe whole journey worked.');
  } else {
    invite(places);
    await interrupted;
  }
} catch (error) {
  console.error(error);
  code = 1;
} finally {
  await stopAll();
  rmSync(folder, {recursive: true, force: true});
}
process.exit(code);
