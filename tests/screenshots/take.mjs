// Takes pictures of every page into docs/images: light and dark, on a desktop and on a phone.
//
//   node tests/screenshots/take.mjs [--out DIR] [--only REGEX] [--full]
//
// --only: pages whose name matches. --full: whole pages instead of what a window shows, to look for
// mistakes. script/screenshots builds first and makes the files small.

import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';

import {Visitor, closeChromium, desktop, phone} from '../support/chromium.mjs';
import {connectLink, inside, member, setUpFirstMember, setUpLink, signIn} from '../support/console.mjs';
import {consolePages, settle} from '../support/console_pages.mjs';
import {root} from '../support/output.mjs';
import {startSeeded} from '../support/seeded.mjs';

const {values: options} = parseArgs({
  options: {
    out: {type: 'string', default: path.join(root, 'docs/images')},
    only: {type: 'string', default: ''},
    full: {type: 'boolean', default: false},
  },
});
const wanted = new RegExp(options.only);

// The folder is to be seen on a page.
const data = await mkdtemp(path.join(tmpdir(), 'wayleave-'));
const world = await startSeeded({data});
const {gateway} = world;

/** What people see who are not signed in. */
async function publicPages() {
  const link = await connectLink(gateway, 'acme-crm', 'harbour-lights');
  return [
    {name: 'sign-in', url: `${gateway.url}/console/sign-in`},
    {name: 'connect', url: link},
    {name: 'connect-unknown', url: `${gateway.url}/connect/no-such-link`},
  ];
}

/** What is done on a page before its picture is taken. */
const acts = {
  async try(page) {
    await page.getByLabel('Path').fill('/crm/v3/objects/contacts?limit=2');
    await page.getByRole('button', {name: 'Send'}).click();
    await page.getByText('"results"').waitFor();
  },
  async guide(page) {
    await page.getByRole('button', {name: 'Show the guide'}).click();
  },
};

async function take(page, name) {
  await settle(page);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({path: path.join(options.out, `${name}.png`), fullPage: options.full, animations: 'disabled', caret: 'hide'});
}

async function takeAll(pages, looks, prepare) {
  const chosen = pages.filter(({name}) => wanted.test(name));
  if (chosen.length === 0) return;
  const visitor = await Visitor.come({...looks, deviceScaleFactor: 1.5});
  const suffix = `${looks.viewport === phone ? 'phone' : 'desktop'}-${looks.colorScheme}`;
  await prepare?.(visitor.page);
  for (const {name, url} of chosen) {
    await visitor.page.goto(url);
    await settle(visitor.page);
    await acts[name]?.(visitor.page);
    await take(visitor.page, `${name}-${suffix}`);
  }
  for (const {directive, blocked} of visitor.violations) console.error(`policy broken: ${directive} ${blocked}`);
  for (const error of visitor.errors) console.error(error);
  await visitor.leave();
}

try {
  await mkdir(options.out, {recursive: true});
  const setUp = await Visitor.come();
  if (wanted.test('welcome')) {
    await setUp.page.goto(await setUpLink(gateway));
    await take(setUp.page, 'welcome-desktop-light');
  }
  await setUpFirstMember(setUp.page, gateway);
  await setUp.leave();
  await world.people();
  const within = [...await consolePages(gateway), ['guide', '']].map(([name, path]) => ({name, url: `${gateway.url}/console/${path}`}));
  const outside = await publicPages();
  for (const viewport of [desktop, phone]) {
    for (const colorScheme of ['light', 'dark']) {
      await takeAll(outside, {viewport, colorScheme});
      await takeAll(within, {viewport, colorScheme}, async (page) => {
        await signIn(page, gateway, member);
        await inside(page);
      });
    }
  }
} finally {
  await closeChromium();
  await world.stop();
  await rm(data, {recursive: true, force: true});
}
