// The console without a mouse.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Visitor, closeChromium, inBrowser, phone} from '../support/chromium.mjs';
import {goTo, inside, member, setUpFirstMember, signIn} from '../support/console.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {eventually} from '../support/wait.mjs';

let sandbox;
let gateway;
before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
  await gateway.createApp({slug: 'shop'});
  const visitor = await Visitor.come();
  await setUpFirstMember(visitor.page, gateway);
  await visitor.leave();
});
after(async () => {
  await closeChromium();
  await gateway?.stop();
  await sandbox?.stop();
});

const ours = {origins: () => [gateway.url]};
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);
async function tabTo(page, locator, presses = 40) {
  for (let pressed = 0; pressed < presses; pressed += 1) {
    if (await locator.count() > 0 && await isFocused(locator)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${locator} is not reached by ${presses} presses of Tab`);
}
// Who cannot see where they are cannot go on.
const assertOutlined = async (page) => {
  const style = await page.evaluate(() => {
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(document.activeElement);
    return {outlineStyle, outlineWidth, boxShadow};
  });
  assert.ok((style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none', JSON.stringify(style));
};

test('in by the keyboard, past the navigation, and to a page by a few letters', inBrowser(ours, async ({page}) => {
  await page.goto(`${gateway.url}/console/`);
  await tabTo(page, page.getByRole('textbox', {name: 'E-mail'}));
  await page.keyboard.type(member.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(member.password);
  await page.keyboard.press('Enter');
  await inside(page);
  await page.goto(`${gateway.url}/console/apps`);
  await page.getByRole('heading', {level: 1, name: 'Apps'}).waitFor();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', {name: 'Skip to the page'});
  assert.ok(await isFocused(skip), 'the first stop leads past the navigation');
  await assertOutlined(page);
  await page.keyboard.press('Enter');
  await eventually('the focus is past the navigation', () => isFocused(page.getByRole('main')));
  await page.keyboard.press('Control+K');
  await page.keyboard.type('api keys');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {level: 1, name: 'API keys'}).waitFor();
}));

test('a window takes the focus, Escape gives it back', inBrowser(ours, async ({page}) => {
  await signIn(page, gateway, member);
  await inside(page);
  await goTo(page, 'API keys');
  const button = page.getByRole('button', {name: 'Make a key'});
  await tabTo(page, button);
  await assertOutlined(page);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await eventually('the focus is inside', () => dialog.evaluate((element) => element.contains(document.activeElement)));
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');
    assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)), `it stays inside (${presses})`);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({state: 'detached'});
  await eventually('the focus comes back', () => isFocused(button));
}));

test('a new page takes the focus to its title', inBrowser(ours, async ({page}) => {
  await signIn(page, gateway, member);
  await inside(page);
  await goTo(page, 'Connections');
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
}));

test('on a phone the menu opens, leads on and closes', inBrowser({...ours, viewport: phone, hasTouch: true}, async ({page}) => {
  await signIn(page, gateway, member);
  await inside(page);
  for (const place of ['Marketplace', 'Calls', 'Members']) await goTo(page, place);
  assert.equal(await page.getByRole('dialog', {name: 'Menu'}).count(), 0);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}));
