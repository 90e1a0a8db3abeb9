// What a customer does with the example, step by step. Each step fails when the page is not the one that
// must come.

import assert from 'node:assert/strict';

import {webhooks} from '@wayleave/node';

import {Customer} from './customer.mjs';

const say = (text) => console.log(`  ${text}`);

async function control(sandbox, call, body) {
  const response = await fetch(`${sandbox}/_sandbox/${call}`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `/_sandbox/${call}: ${response.status}`);
}

const rows = (page) => [...page.text.matchAll(/<tr>\s*<td>/g)].length;

/** From the button to the connected page, in one window. */
async function connect(customer, page) {
  const hosted = await customer.press(page, /^\s*Connect HubSpot/);
  assert.match(hosted.text, /Example CRM Sync/);
  const accounts = await customer.press(hosted, /./);
  const consent = await customer.follow(accounts, /_portal=|\/oauth\/\d+\/authorize/);
  const back = await customer.press(consent, /^approve$/);
  assert.equal(back.status, 200);
  assert.match(back.text, /HubSpot is connected\./);
  return back;
}

async function deliver(example, secret, type, headersOf = (body) => webhooks.sign(body, secret)) {
  const body = JSON.stringify({type});
  const response = await fetch(`${example}/webhooks/wayleave`, {
    method: 'POST',
    headers: {'content-type': 'application/json', ...headersOf(body)},
    body,
  });
  return response.status;
}

export async function playJourney({sandbox, gateway, example, webhookSecret}) {
  const customer = new Customer();
  console.log(`\nExample CRM Sync at ${example}, Wayleave at ${gateway}\n`);

  const start = await customer.open(example);
  let page = await customer.press(start, /Example Bikes/);
  assert.match(page.text, /See your HubSpot contacts here/);
  say('Example Bikes signs in: HubSpot is not connected yet');

  page = await connect(customer, page);
  assert.equal(rows(page), 10);
  say('presses "Connect HubSpot", chooses an account, agrees: ten contacts are shown');

  page = await customer.follow(page, /after=/);
  assert.equal(rows(page), 10);
  say('turns the page');

  page = await customer.press(page, /^\s*Add\s*$/, {email: 'ada@example.com', firstname: 'Ada'});
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.text, /HubSpot refused/);
  page = await customer.press(page, /^\s*Add\s*$/, {email: 'ada@example.com'});
  assert.match(page.text, /HubSpot refused: Contact already exists/);
  say('adds a contact to HubSpot; the same once more is refused by HubSpot, and said so');

  await control(sandbox, 'clock', {advance: 1801});
  assert.equal(rows(await customer.open(example)), 10);
  say('half an hour later the token has expired: nobody notices');

  assert.equal(await deliver(example, webhookSecret, 'connection.active'), 204);
  assert.equal(await deliver(example, webhookSecret, 'forged', () => ({})), 400);
  page = await customer.open(example);
  assert.match(page.text, /<code>connection\.active<\/code>/);
  assert.doesNotMatch(page.text, /forged/);
  say('a signed message is taken, one without a signature is not');

  page = await customer.press(page, /^\s*Disconnect HubSpot\s*$/);
  assert.match(page.text, /See your HubSpot contacts here/);
  say('disconnects');

  page = await connect(customer, page);
  const [, account] = /HubSpot account (\d+)/.exec(page.text);
  await control(sandbox, 'uninstall', {portalId: Number(account)});
  await control(sandbox, 'clock', {advance: 1801});
  page = await customer.open(example);
  assert.match(page.text, /HubSpot needs your permission again/);
  say('connects again, then uninstalls the app in HubSpot: the page asks for permission again');

  await connect(customer, page);
  say('gives it: the contacts are back');
}
