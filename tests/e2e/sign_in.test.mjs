// Coming in: the set-up link, passwords, the second factor, and what each role may not do.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {closeChromium, inBrowser} from '../support/chromium.mjs';
import {goTo, inside, member, setUpFirstMember, setUpLink, signIn} from '../support/console.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {secret} from '../support/output.mjs';

let sandbox;
let gateway;
before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
});
after(async () => {
  await closeChromium();
  await gateway?.stop();
  await sandbox?.stop();
});

const ours = {origins: () => [gateway.url]};

test('whoever comes before there is a member is told where the set-up link is', inBrowser(ours, async ({page}) => {
  await page.goto(`${gateway.url}/`);
  await page.waitForURL(`${gateway.url}/console/sign-in**`);
  await page.getByText('Nobody has signed up yet').waitFor();
}));

test('the set-up link makes the first member, leaves the address and works once', inBrowser(ours, async ({page, visitor}) => {
  const link = await setUpLink(gateway);
  await page.goto(link);
  await page.getByRole('heading', {level: 1, name: 'Set up Wayleave'}).waitFor();
  assert.equal(new URL(page.url()).hash, '', 'the token left the address');
  await setUpFirstMember(page, gateway);
  const token = link.split('#')[1];
  assert.deepEqual(visitor.requests.filter(({url}) => url.includes(token)), [], 'no address held the token');
  const cookies = await visitor.context.cookies();
  const session = cookies.find(({name}) => name === 'wayleave_session');
  assert.ok(session?.httpOnly && session.sameSite === 'Lax', JSON.stringify(cookies.map(({value, ...rest}) => rest)));
  secret('session', session.value);
  assert.equal(await page.evaluate(() => JSON.stringify({...localStorage, ...sessionStorage})).then((kept) => kept.includes(session.value)), false);
  await page.goto('about:blank');
  await page.goto(link);
  await page.getByRole('heading', {level: 1, name: 'This link works no more'}).waitFor();
}));

test('a wrong password is refused in the same words as an unknown member', inBrowser(ours, async ({page}) => {
  const texts = [];
  for (const [email, password] of [[member.email, 'wrong horse wrong battery'], ['nobody@acme.example', member.password]]) {
    await signIn(page, gateway, {email, password});
    texts.push(await page.getByRole('alert').or(page.getByRole('status')).filter({hasText: 'That did not match'}).textContent());
  }
  assert.equal(texts[0], texts[1]);
  assert.equal(await page.getByLabel('Password', {exact: true}).getAttribute('type'), 'password');
}));

test('a member comes in, is led back to where they were going, and signing out ends the session', inBrowser(ours, async ({page, visitor}) => {
  await page.goto(`${gateway.url}/console/keys`);
  await page.waitForURL('**/console/sign-in?**');
  await page.getByRole('textbox', {name: 'E-mail'}).fill(member.email);
  await page.getByLabel('Password', {exact: true}).fill(member.password);
  await page.getByLabel('Password', {exact: true}).press('Enter');
  await page.waitForURL(`${gateway.url}/console/keys`);
  const before = await visitor.context.cookies();
  await page.getByRole('button', {name: member.name}).click();
  await page.getByRole('menuitem', {name: 'Sign out'}).click();
  await page.getByRole('button', {name: 'Sign in', exact: true}).waitFor();
  // The old cookie is worth nothing, wherever it was kept.
  await visitor.context.addCookies(before);
  await page.goto(`${gateway.url}/console/keys`);
  await page.waitForURL('**/console/sign-in?**');
}));

test('a way back that leads to another site is not taken', inBrowser(ours, async ({page}) => {
  for (const target of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    await page.context().clearCookies();
    await signIn(page, gateway, member, `?returnTo=${encodeURIComponent(target)}`);
    await inside(page);
    assert.equal(new URL(page.url()).origin, gateway.url);
  }
}));
