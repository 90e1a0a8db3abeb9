// The example application in a real browser, started as its README says: by script/demo --example, and by
// hand with a Wayleave that is there already. A customer connects with the button.

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {promisify} from 'node:util';

import {assertAccessible} from '../support/axe.mjs';
import {closeChromium, inBrowser, phone} from '../support/chromium.mjs';
import {freePort} from '../support/free_port.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {binary, root, secret} from '../support/output.mjs';
import {runOnce, startProcess} from '../support/process.mjs';
import {buildSdk, importSdk} from '../support/sdk.mjs';
import {eventually} from '../support/wait.mjs';

const folder = path.join(root, 'examples/express');
const demo = path.join(folder, 'demo/run.mjs');
const demoCommand = [process.execPath, demo, '--wayleave', binary];

before(buildSdk);
after(closeChromium);

async function signIn(page, origin, company = 'Example Bikes') {
  await page.goto(origin);
  await page.getByRole('button', {name: company}).click();
}

/** Presses the button; resolves to the window that opens, the connect page in it. */
async function openPopup(page, name = /^Connect HubSpot/) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', {name}).click()]);
  await popup.waitForURL(/\/connect\//);
  return popup;
}

/** The customer's part at HubSpot. */
async function consent(page, {decision = 'Connect app', account = 0} = {}) {
  await page.locator('#accounts a').nth(account).click();
  await page.getByRole('button', {name: decision}).click();
}

const contacts = (page) => page.getByRole('heading', {name: 'Contacts'});

describe('script/demo --example', () => {
  let example;
  let gateway;
  let sandbox;
  before(async () => {
    example = await startProcess('example', demoCommand, /^ {2}(http:\S+)$/m, {atExit: 'SIGTERM'});
    [, gateway, sandbox] = await eventually('it has printed where all is', () =>
      /^Wayleave is at (\S+), the HubSpot simulator at (\S+)\.$/m.exec(readFileSync(path.join(example.folder, 'stdout'), 'utf8')));
  });
  after(async () => assert.deepEqual(await example?.stop(), {code: 0, signal: null}));

  const origins = () => [example.url, gateway, sandbox];
  const control = (call, body) => fetch(`${sandbox}/_sandbox/${call}`, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)})
      .then(({status}) => assert.ok(status < 300, `${call}: ${status}`));

  test('a customer connects with the button and sees contacts', inBrowser({origins}, async ({page}) => {
    await signIn(page, example.url);
    await assertAccessible(page, page.url());
    const popup = await openPopup(page);
    await popup.getByRole('button').click();
    await consent(popup);
    await contacts(page).waitFor();
    await page.getByText('HubSpot is connected.').waitFor();
    assert.equal(await page.getByRole('row').count(), 11);
    await assertAccessible(page, page.url());

    await page.getByLabel('E-mail').fill('grace@example.com');
    await page.getByLabel('First name').fill('Grace');
    await page.getByRole('button', {name: 'Add', exact: true}).click();
    await contacts(page).waitFor();

    // The customer removes the app in HubSpot: the next page asks again, and the same button mends it.
    const [, account] = /HubSpot account (\d+)/.exec(await page.getByText('HubSpot account').textContent());
    await control('uninstall', {portalId: Number(account)});
    await control('clock', {advance: 1801});
    await page.goto(example.url);
    await page.getByRole('heading', {name: 'HubSpot needs your permission again'}).waitFor();
    await assertAccessible(page, page.url());
    const again = await openPopup(page);
    await again.getByRole('button').click();
    await consent(again);
    await contacts(page).waitFor();

    await page.getByRole('button', {name: 'Disconnect HubSpot'}).click();
    await page.getByText('HubSpot is disconnected.').waitFor();
  }));

  test('who says no, or closes the window, can press again', inBrowser({origins}, async ({page}) => {
    await signIn(page, example.url, 'Example Bakery');
    const denied = await openPopup(page);
    await denied.getByRole('button').click();
    await consent(denied, {decision: 'Cancel', account: 1});
    await page.getByText('the permission was not given').waitFor();
    const closed = await openPopup(page);
    await closed.close();
    const popup = await openPopup(page, 'Open the window again');
    await popup.getByRole('button').click();
    await consent(popup, {account: 1});
    await contacts(page).waitFor();
  }));

  test('without popups the same happens in one window', inBrowser({origins, viewport: phone, hasTouch: true, isMobile: true}, async ({page}) => {
    await signIn(page, example.url);
    await page.getByRole('button', {name: /^Connect HubSpot/}).click();
    await page.waitForURL(/\/connect\//);
    await page.getByRole('button').click();
    await consent(page);
    await contacts(page).waitFor();
    await page.getByText('HubSpot is connected.').waitFor();
    await assertAccessible(page, page.url());
  }));

  test('without scripts the same happens in one window', inBrowser({origins, javaScriptEnabled: false}, async ({page}) => {
    await signIn(page, example.url, 'Example Bakery');
    const disconnect = page.getByRole('button', {name: 'Disconnect HubSpot'});
    if (await disconnect.count() > 0) await disconnect.click();
    await page.getByRole('button', {name: /^Connect HubSpot/}).click();
    await page.getByRole('button').click();
    await consent(page, {account: 1});
    await contacts(page).waitFor();
  }));

  test('another site can make nobody connect or disconnect', async () => {
    for (const [target, headers, status] of [
      ['/disconnect', {origin: 'http://evil.example'}, 403], ['/connect/link', {}, 403], ['/sign-in', {origin: 'null'}, 403],
      ['/connect/link', {origin: example.url}, 401], ['/webhooks/wayleave', {}, 400],
    ]) {
      const answer = await fetch(example.url + target, {method: 'POST', headers});
      assert.equal(answer.status, status, target);
      assert.match(answer.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
      assert.doesNotMatch(answer.headers.get('content-security-policy'), /unsafe/);
    }
  });
});

test('script/demo --example --once plays the journey and ends', async () => {
  const {stdout} = await promisify(execFile)(demoCommand[0], [...demoCommand.slice(1), '--once'], {timeout: 60_000});
  assert.match(stdout, /\nThe whole journey worked\.\n$/);
});

describe('with a Wayleave that is there already', () => {
  const [prepare, start] = [...readFileSync(path.join(folder, 'README.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text);
  let sandbox;
  let gateway;
  let example;
  let origin;
  let key;
  let webhooks;
  const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;

  before(async () => {
    ({webhooks} = await importSdk());
    sandbox = await startSandbox({args: []});
    gateway = await startGateway({sandbox});
    await gateway.createApp({slug: 'hbdev', scopes: ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write']});
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    const here = (text) => text.replaceAll('http://127.0.0.1:3000', origin).replaceAll('http://127.0.0.1:8080', gateway.url);
    // The lines of the README, on this test's ports and data folder.
    const outputs = [];
    for (const line of here(prepare).trim().split('\n')) {
      const [word, ...args] = line.split(' ');
      assert.equal(word, 'wayleave');
      const {code, stdout, stderr} = await runOnce([...args, '--data', gateway.data], {env: gateway.env, reveals: true});
      assert.equal(code, 0, stderr);
      outputs.push(stdout);
    }
    key = secret('api key', /wlk_[0-9A-Za-z]{49}/.exec(outputs[1])[0]);
    const last = here(start).trim().split('\n').at(-1);
    assert.match(last, /^WAYLEAVE_SERVER=\S+ WAYLEAVE_KEY=wlk_… npm start$/);
    const {scripts} = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    assert.equal(scripts.start, 'node src/main.js');
    example = await startProcess('example', [process.execPath, path.join(folder, 'src/main.js')], / is at (\S+)/,
                                 {env: {WAYLEAVE_SERVER: /SERVER=(\S+)/.exec(last)[1], WAYLEAVE_KEY: key, PORT: String(port), WEBHOOK_SECRET: webhookSecret}});
    assert.equal(example.url, origin);
  });
  after(async () => {
    await example?.stop();
    await gateway?.stop();
    await sandbox?.stop();
  });

  test('a customer connects with the button', inBrowser({origins: () => [origin, gateway.url, sandbox.url]}, async ({page}) => {
    await signIn(page, origin);
    const popup = await openPopup(page);
    await popup.getByRole('button').click();
    await consent(popup);
    await contacts(page).waitFor();
    const {state, user} = (await gateway.connections())[0];
    assert.deepEqual([state, user], ['active', 'customer-1']);

    // What Wayleave signs is taken once; what is not signed so, or late, is not taken.
    const body = '{"type":"connection.<b>renewed</b>"}';
    const headers = webhooks.sign(body, webhookSecret);
    const old = webhooks.sign(body, webhookSecret, {at: new Date(Date.now() - 600_000)});
    for (const [sent, expected] of [[headers, 204], [headers, 204], [old, 400], [{...headers, 'webhook-id': 'msg_other'}, 400], [{}, 400]]) {
      const answer = await fetch(`${origin}/webhooks/wayleave`, {method: 'POST', body, headers: sent});
      assert.equal(answer.status, expected, await answer.text());
    }
    await page.goto(origin);
    assert.deepEqual(await page.getByRole('listitem').getByText('renewed').allTextContents(), ['connection.<b>renewed</b>']);
  }));

  test('while Wayleave is away the page says so, and the log holds no key', async () => {
    const signedIn = await fetch(`${origin}/sign-in`, {method: 'POST', redirect: 'manual', headers: {origin}, body: new URLSearchParams({customer: 'customer-1'})});
    const [cookie] = signedIn.headers.get('set-cookie').split(';');
    const show = () => fetch(origin, {headers: {cookie}});
    assert.equal((await show()).status, 200);
    await gateway.stop();
    const answer = await show();
    assert.deepEqual([answer.status, /Please try again in a moment/.test(await answer.text())], [500, true]);
    const log = await eventually('it is logged', () => example.errors().includes('fetch failed') && example.errors());
    assert.ok(!log.includes(key), 'the key is in the log');
    await gateway.start();
    assert.equal((await show()).status, 200);
  });
});
