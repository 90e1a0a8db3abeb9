// What a customer sees, in their own browser: the connect page, the provider, and every end it can have.

import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {DatabaseSync} from 'node:sqlite';

import {assertAccessible} from '../support/axe.mjs';
import {closeChromium, inBrowser, phone} from '../support/chromium.mjs';
import {connectLink, decide} from '../support/console.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {secret} from '../support/output.mjs';

let sandbox;
let gateway;
let app;
before(async () => {
  sandbox = await startSandbox({args: []});
  gateway = await startGateway({sandbox});
  app = await gateway.createApp({slug: 'shop', scopes: ['oauth', 'crm.objects.contacts.read'], browserBinding: 'required'});
});
after(async () => {
  await closeChromium();
  await gateway?.stop();
  await sandbox?.stop();
});

const both = {origins: () => [gateway.url, sandbox.url]};
const heading = (page, name) => page.getByRole('heading', {level: 1, name}).waitFor();
const start = async (page, user) => {
  const link = await connectLink(gateway, 'shop', user);
  await page.goto(link);
  await page.getByRole('button', {name: /^Continue to/}).click();
  return link;
};

for (const looks of [{colorScheme: 'light'}, {colorScheme: 'dark'}, {colorScheme: 'light', viewport: phone}]) {
  const what = looks.viewport ? 'on a phone' : `in ${looks.colorScheme} colours`;
  test(`a customer connects ${what}`, inBrowser({...both, ...looks}, async ({page}) => {
    const user = `customer ${what}`;
    await page.goto(await connectLink(gateway, 'shop', user));
    await heading(page, /^Connect HubSpot sandbox to/);
    await assertAccessible(page, 'the connect page');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    await page.getByRole('button', {name: 'Continue to HubSpot sandbox'}).click();
    await decide(page, 'Connect app');
    await heading(page, /is connected$/);
    assert.doesNotMatch(page.url(), /code=|state=/, 'OA-12');
    await assertAccessible(page, 'the result page');
    assert.equal((await gateway.connection(app, user)).state, 'active');
  }));
}

test('with the keyboard alone: one key from the page to the provider', inBrowser(both, async ({page}) => {
  await page.goto(await connectLink(gateway, 'shop', 'by keyboard'));
  const button = page.getByRole('button', {name: 'Continue to HubSpot sandbox'});
  for (let presses = 0; !await button.evaluate((element) => element === document.activeElement); presses += 1) {
    assert.ok(presses < 10, 'the button can be reached');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'Choose an account'}).waitFor();
}));

test('who says no is told that nothing was connected', inBrowser(both, async ({page}) => {
  await start(page, 'unwilling');
  await decide(page, 'Cancel');
  await heading(page, 'Not connected');
  await page.getByText('You did not give the permission').waitFor();
  await assertAccessible(page, 'the page of a refusal');
  assert.equal(await gateway.connection(app, 'unwilling'), undefined);
}));

test('a link works once', inBrowser(both, async ({page, visit}) => {
  const link = await start(page, 'once');
  await decide(page, 'Connect app');
  await heading(page, /is connected$/);
  const {page: later} = await visit();
  await later.goto(link);
  await heading(later, /used already|no longer valid/);
  await assertAccessible(later, 'the page of a used link');
}));

test('a link whose time is over says so', inBrowser(both, async ({page}) => {
  const link = await connectLink(gateway, 'shop', 'too late');
  const store = new DatabaseSync(path.join(gateway.data, 'wayleave.db'));
  store.exec('PRAGMA busy_timeout = 5000');
  const {changes} = store.prepare('UPDATE install_link SET expires_at = 1 WHERE app_user = ?').run('too late');
  store.close();
  assert.equal(changes, 1);
  await page.goto(link);
  await heading(page, /has expired|no longer valid/);
}));

// OA-02: the address the provider is called by belongs to the browser that began.
test('a stolen way to the provider does not connect another browser', inBrowser(both, async ({page, visit}) => {
  const link = await connectLink(gateway, 'shop', 'robbed');
  await page.goto(link);
  const leaving = page.waitForRequest((asked) => asked.url().startsWith(`${sandbox.url}/oauth/`));
  await page.getByRole('button', {name: /^Continue to/}).click();
  const stolen = (await leaving).url();
  secret('state', new URL(stolen).searchParams.get('state'));
  const {page: thief} = await visit();
  await thief.goto(stolen);
  await decide(thief, 'Connect app');
  await heading(thief, 'Please use the same browser');
  assert.equal(await gateway.connection(app, 'robbed'), undefined);
}));

test('a wrong client secret is the company\'s matter, and the customer is told so', inBrowser(both, async ({page}) => {
  await sandbox.control('POST', 'apps', {
    clientId: 'client-crooked', clientSecret: 'the-secret-at-the-provider', requiredScopes: ['oauth', 'crm.objects.contacts.read'],
    redirectUrls: [(await gateway.createApp({slug: 'crooked', clientId: 'client-crooked', scopes: ['oauth', 'crm.objects.contacts.read']})).redirectUrl],
  });
  await page.goto(await connectLink(gateway, 'crooked', 'innocent'));
  await page.getByRole('button', {name: /^Continue to/}).click();
  await decide(page, 'Connect app');
  await heading(page, 'Not connected');
  await page.getByText(/refused the app itself/).waitFor();
  assert.equal(await gateway.connection({slug: 'crooked'}, 'innocent'), undefined);
}));

// AD-04: what a provider writes is text.
test('text of the provider stays text', inBrowser(both, async ({page}) => {
  const mark = createHash('sha256').update('mark').digest('hex').slice(0, 8);
  await page.goto(await connectLink(gateway, 'shop', 'attacked'));
  const leaving = page.waitForRequest((asked) => asked.url().startsWith(`${sandbox.url}/oauth/`));
  await page.getByRole('button', {name: /^Continue to/}).click();
  const asked = new URL((await leaving).url());
  const back = new URL(asked.searchParams.get('redirect_uri'));
  back.search = new URLSearchParams({
    error: 'server_error', error_description: `"><img src=x onerror="document.title='${mark}'"><script>document.title='${mark}'</script>`,
    state: secret('state', asked.searchParams.get('state')),
  });
  await page.goto(back.href);
  await heading(page, 'Not connected');
  await page.getByText(`onerror="document.title='${mark}'"`).waitFor();
  assert.notEqual(await page.title(), mark);
}));
