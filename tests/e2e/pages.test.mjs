// Every page, with data in it: what axe-core finds, whether it fits a phone, whether it breaks.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {assertAccessible} from '../support/axe.mjs';
import {Visitor, closeChromium, desktop, inBrowser, phone} from '../support/chromium.mjs';
import {inside, member, setUpFirstMember, signIn} from '../support/console.mjs';
import {consolePages, settle} from '../support/console_pages.mjs';
import {startSeeded} from '../support/seeded.mjs';

let world;
before(async () => {
  world = await startSeeded({customers: 60, callsPerDay: 120});
  const visitor = await Visitor.come();
  await setUpFirstMember(visitor.page, world.gateway);
  await visitor.leave();
  await world.people();
});
after(async () => {
  await closeChromium();
  await world?.stop();
});

const looks = [
  {name: 'on a desktop, light', viewport: desktop, colorScheme: 'light'},
  {name: 'on a desktop, dark', viewport: desktop, colorScheme: 'dark'},
  {name: 'on a phone, light', viewport: phone, colorScheme: 'light', hasTouch: true},
  {name: 'on a phone, dark', viewport: phone, colorScheme: 'dark', hasTouch: true},
];

async function faultsOf(page, name) {
  const faults = [];
  await assertAccessible(page, name).catch((error) => faults.push(error.message));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.push(`${name}: sticks out of the window by ${wide} pixels`);
  const headings = await page.getByRole('heading', {level: 1}).count();
  if (headings !== 1) faults.push(`${name}: ${headings} headings of the first level`);
  for (const alert of await page.getByRole('alert').allInnerTexts()) faults.push(`${name}: says ${alert}`);
  return faults;
}

for (const {name: look, ...options} of looks) {
  test(`every page ${look}`, inBrowser({origins: () => [world.gateway.url], ...options}, async ({page}) => {
    await page.goto(`${world.gateway.url}/console/sign-in`);
    await settle(page);
    const faults = await faultsOf(page, 'sign-in');
    await signIn(page, world.gateway, member);
    await inside(page);
    for (const [name, path] of await consolePages(world.gateway)) {
      await page.goto(`${world.gateway.url}/console/${path}`);
      await settle(page);
      faults.push(...await faultsOf(page, name));
    }
    assert.equal(faults.length, 0, faults.join('\n'));
  }));
}
