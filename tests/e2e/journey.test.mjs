// The whole way, in a real browser on the real program and the simulator: first start, set-up link,
// marketplace, app, install link, a customer's consent, the connection, a call from the console, a token
// that ends, the log; then the customer takes the permission back, gives it again and is disconnected.
// One story: each test goes on where the one before stopped.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {closeChromium, inBrowser} from '../support/chromium.mjs';
import {decide, goTo, inside, member, setUpFirstMember, signIn} from '../support/console.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {secret} from '../support/output.mjs';

const customer = 'customer 7';
const clientSecret = secret('client secret', 'the-very-secret-of-journey-0815');

let sandbox;
let gateway;
let link;
before(async () => {
  sandbox = await startSandbox({args: []});
  gateway = await startGateway({sandbox});
});
after(async () => {
  await closeChromium();
  await gateway?.stop();
  await sandbox?.stop();
});

const ours = {origins: () => [gateway.url]};
const both = {origins: () => [gateway.url, sandbox.url]};

// A member at work, signed in, at the page of that name.
const atWork = async (page, place) => {
  await signIn(page, gateway, member);
  await inside(page);
  if (place) await goTo(page, place);
};
const toTheCustomer = async (page) => {
  await atWork(page, 'Connections');
  await page.getByRole('table', {name: 'Connections'}).getByRole('link', {name: customer}).click();
  await page.getByRole('heading', {level: 1, name: customer}).waitFor();
};
const send = async (page) => {
  const answered = page.waitForResponse((answer) => answer.url().includes('/proxy/acme'));
  await page.getByRole('button', {name: 'Send'}).click();
  return (await answered).status();
};

test('first start: the set-up link, then a page that says what to do', inBrowser(ours, async ({page}) => {
  await setUpFirstMember(page, gateway);
  await page.getByRole('heading', {level: 1, name: 'Hello, Admin'}).waitFor();
  await page.getByText('Connect your first customer in four steps').waitFor();
}));

test('marketplace: a provider is found, its app is registered, the redirect URL is there to copy', inBrowser(ours, async ({page}) => {
  await atWork(page, 'Marketplace');
  await page.getByRole('searchbox', {name: 'Search'}).fill('sandbox');
  await page.getByRole('link', {name: 'HubSpot sandbox'}).click();
  await page.getByRole('heading', {level: 1, name: 'Set up HubSpot sandbox'}).waitFor();
  await page.getByRole('textbox', {name: 'Short name'}).fill('acme');
  await page.getByRole('textbox', {name: 'Client ID'}).fill('client-of-the-journey');
  await page.getByLabel('Client secret', {exact: true}).fill(clientSecret);
  for (const scope of ['crm.objects.contacts.read', 'crm.objects.contacts.write']) {
    await page.getByRole('textbox', {name: 'Search scopes'}).fill(scope);
    await page.getByRole('checkbox', {name: scope}).first().check();
  }
  await page.getByRole('button', {name: 'Register the app'}).click();
  await page.getByRole('heading', {level: 1, name: 'acme'}).waitFor();
  const {json: app} = await gateway.call('GET', '/v1/apps/acme');
  await page.getByText(app.redirectUrl).waitFor();
  assert.deepEqual([...app.scopes].sort(), ['crm.objects.contacts.read', 'crm.objects.contacts.write', 'oauth']);
  assert.equal(app.browserBinding, 'required');
  assert.ok(!(await page.content()).includes(clientSecret), 'the secret is not shown again');
}));

test('values in each other\'s fields are noticed before anything is sent', inBrowser(ours, async ({page, visitor}) => {
  await atWork(page);
  await page.goto(`${gateway.url}/console/marketplace/hubspot`);
  const [clientId, appId] = ['Client ID', 'App ID'].map((name) => page.getByRole('textbox', {name}));
  const uuid = '7fff1e36-2d40-4ae1-bbb1-5266d59564fb';
  await clientId.fill(uuid);
  await appId.fill(uuid);
  await page.getByLabel('Client secret', {exact: true}).fill(uuid);
  await page.getByRole('button', {name: 'Register the app'}).click();
  assert.equal(await appId.getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('Client secret', {exact: true}).getAttribute('aria-invalid'), 'true');
  assert.deepEqual(visitor.requests.filter(({method, url}) => method === 'POST' && url.endsWith('/v1/apps')), []);
}));

test('an install link for one customer', inBrowser(ours, async ({page}) => {
  await atWork(page, 'Apps');
  await page.getByRole('link', {name: 'acme'}).click();
  await page.getByRole('textbox', {name: 'Your id of the customer'}).fill(customer);
  await page.getByRole('button', {name: 'Make the link'}).click();
  link = await page.getByRole('link', {name: 'Open it'}).getAttribute('href');
  assert.ok(link.startsWith(`${gateway.url}/connect/`), link);
}));

test('the customer, in a browser of their own, says yes', inBrowser(both, async ({page}) => {
  await page.goto(link);
  await page.getByRole('button', {name: 'Continue to HubSpot sandbox'}).click();
  await decide(page, 'Connect app');
  await page.getByRole('heading', {level: 1, name: 'HubSpot sandbox is connected'}).waitFor();
}));

test('the connection is there, with its account and what was granted', inBrowser(ours, async ({page}) => {
  await toTheCustomer(page);
  await page.getByText('Active', {exact: true}).first().waitFor();
  await page.getByText('Everything that was asked for was granted.').waitFor();
  const {externalAccount} = await gateway.connection({slug: 'acme'}, customer);
  await page.getByText(`account ${externalAccount}`).waitFor();
  await page.getByRole('link', {name: 'History'}).click();
  await page.getByText('Customer connected').waitFor();
}));

test('a call from the console, one after the token ended, and both in the log', inBrowser(ours, async ({page, visitor}) => {
  await toTheCustomer(page);
  await page.getByRole('link', {name: 'Try a call', exact: true}).last().click();
  await page.getByRole('heading', {level: 1, name: 'Try a call'}).waitFor();
  await page.getByRole('combobox', {name: 'Path'}).or(page.getByRole('textbox', {name: 'Path'})).fill('/crm/v3/objects/contacts?limit=2');
  assert.equal(await send(page), 200);
  await page.getByText('"results"').waitFor();

  // The access token lives for half an hour; the provider no longer knows it, the call works all the same.
  const before = (await sandbox.stats()).refreshes;
  await sandbox.advance(1801);
  assert.equal(await send(page), 200);
  assert.equal((await sandbox.stats()).refreshes, before + 1);

  // It went the way of every call, with a key of its own that holds for minutes.
  const calls = visitor.requests.filter(({url}) => url.includes('/proxy/acme'));
  assert.equal(calls.length, 2);
  await page.getByRole('link', {name: 'In the log'}).click();
  await page.getByRole('heading', {level: 1, name: 'Calls'}).waitFor();
  await page.getByRole('table', {name: 'Calls'}).getByRole('link').first().click();
  await page.getByRole('heading', {level: 1, name: /GET\s*\/crm\/v3\/objects\/contacts/}).waitFor();
  await page.getByRole('link', {name: customer}).waitFor();
  const {json} = await gateway.call('GET', '/v1/requests?app=acme');
  assert.deepEqual(json.data.map(({status, method, path}) => [status, method, path]),
                   [[200, 'GET', '/crm/v3/objects/contacts'], [200, 'GET', '/crm/v3/objects/contacts']]);
}));

test('the customer takes the permission back at the provider: the console says so and what to do', inBrowser(ours, async ({page}) => {
  const {externalAccount} = await gateway.connection({slug: 'acme'}, customer);
  await sandbox.control('POST', 'settings', {uninstallEndsAccess: true});
  await sandbox.control('POST', 'uninstall', {portalId: Number(externalAccount)});
  await toTheCustomer(page);
  await page.getByRole('button', {name: 'Renew now'}).click();
  await page.getByText(/^Not renewed/).waitFor();
  await page.getByText('Needs re-authorising').first().waitFor();
  await page.getByRole('button', {name: 'Make the link'}).click();
  link = await page.getByRole('link', {name: 'Open it'}).getAttribute('href');
}));

test('and gives it again: the same connection works on', inBrowser(both, async ({page, visit}) => {
  const {id} = await gateway.connection({slug: 'acme'}, customer);
  await page.goto(link);
  await page.getByRole('button', {name: 'Continue to HubSpot sandbox'}).click();
  await decide(page, 'Connect app');
  await page.getByRole('heading', {level: 1, name: 'HubSpot sandbox is connected'}).waitFor();
  assert.equal((await gateway.connection({slug: 'acme'}, customer)).id, id);
  const {page: office} = await visit();
  await toTheCustomer(office);
  await office.getByText('Active', {exact: true}).first().waitFor();
  await office.getByRole('link', {name: 'History'}).click();
  await office.getByText('Must be re-authorised').waitFor();
  assert.equal(await office.getByText('Customer connected').count(), 2);
}));

test('disconnecting asks first, with the name typed', inBrowser(ours, async ({page}) => {
  await toTheCustomer(page);
  await page.getByRole('button', {name: 'Disconnect', exact: true}).click();
  const dialog = page.getByRole('alertdialog', {name: `Disconnect ${customer}?`});
  await dialog.getByRole('textbox', {name: `Type ${customer} to go on`}).fill(customer);
  await dialog.getByRole('button', {name: 'Disconnect'}).click();
  await page.getByText('Nobody is connected yet').waitFor();
  assert.equal(await gateway.connection({slug: 'acme'}, customer), undefined);
}));

test('the trail names who did all this', inBrowser(ours, async ({page}) => {
  await atWork(page, 'Audit');
  const table = page.getByRole('table', {name: /audit|trail/i});
  for (const text of ['Registered an app', 'Made an install link', 'Disconnected']) {
    await table.getByText(text).first().waitFor();
  }
  await table.getByText(member.email).or(table.getByText(member.name)).first().waitFor();
}));
