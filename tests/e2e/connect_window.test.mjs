// The browser SDK and the connect page in a real browser: the window a company's page opens, what may
// be told to whom, and every way it can end.

import assert from 'node:assert/strict';
import http from 'node:http';
import {after, before, test} from 'node:test';

import {assertAccessible} from '../support/axe.mjs';
import {closeChromium, inBrowser, phone} from '../support/chromium.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {startSaasPage} from '../support/saas_page.mjs';

const attack = '"><img src=x onerror=alert(1)>';

let sandbox, peer, gateway, saas, foreign, app, custom, severing;
let made = 0;

/** A provider's sign-in page that cuts itself off from whoever opened it. */
async function startSeveringPage() {
  const server = http.createServer((req, res) => {
    res.writeHead(200, {'content-type': 'text/html', 'cross-origin-opener-policy': 'same-origin'});
    res.end(`<!doctype html><title>Sign in</title><a id="allow" href="${peer.url}${req.url.replaceAll('&', '&amp;')}">Allow</a>`);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  })};
}

before(async () => {
  [sandbox, peer] = await Promise.all([startSandbox({args: []}), startOAuthPeer()]);
  severing = await startSeveringPage();
  gateway = await startGateway({sandbox, egress: [peer.url]});
  [saas, foreign] = await Promise.all([startSaasPage(gateway), startSaasPage(gateway)]);
  const returnOrigins = [saas.url];
  app = await gateway.createApp({slug: 'acme', returnOrigins, browserBinding: 'required'});
  custom = await gateway.createCustomApp('limited', peer, peer.url, {scopes: ['read', 'write'], returnOrigins});
  await gateway.createCustomApp('severed', peer, peer.url, {
    returnOrigins, settings: {authorize: `${severing.url}/authorize`},
  });
});
after(async () => {
  await closeChromium();
  await Promise.all([gateway, saas, foreign, severing, peer, sandbox].map((each) => each?.stop()));
});

const origins = () => [gateway, sandbox, peer, saas, foreign, severing].map(({url}) => url);
const drive = (body, options) => inBrowser({origins, ...options}, body);

async function newLink(slug = app.slug, fields = {}) {
  const user = fields.user ?? `customer ${made += 1}`;
  const answer = await gateway.call('POST', '/v1/install-links', {json: {app: slug, user, ...fields}});
  assert.equal(answer.status, 201, answer.text);
  return {user, link: answer.json.url};
}

/** Opens the company's page and presses its button; resolves to the window that opened. */
async function press(page, settings, at = saas.url) {
  await page.goto(at);
  await page.evaluate((given) => { window.settings = given; }, {mode: 'popup', ...settings});
  const opened = page.waitForEvent('popup');
  await page.click('#go');
  const popup = await opened;
  await popup.waitForURL(/\/connect\//);
  return popup;
}

const outcome = (page) => page.waitForFunction(() => window.outcome).then((handle) => handle.jsonValue());
const goOn = (popup) => popup.click('main form button');

/** The simulator's pages: which account, then yes or no. */
async function decide(popup, choice) {
  await popup.click('#accounts a');
  await popup.click(choice);
}

const connections = async (slug, user) =>
  (await gateway.call('GET', `/v1/connections?app=${slug}&user=${encodeURIComponent(user)}`)).json.data;

test('a window opens, the customer allows, the page that opened it knows', drive(async ({page}) => {
  const {user, link} = await newLink();
  const popup = await press(page, {link});
  assert.match(await popup.locator('h1').innerText(), /^Connect HubSpot sandbox to acme$/);
  await assertAccessible(popup, 'connect page');
  await goOn(popup);
  await decide(popup, '#approve');
  assert.deepEqual(await outcome(page), {status: 'connected', app: 'acme', user, limited: false});
  await page.waitForFunction(() => heard.length === 1);
  assert.deepEqual(await page.evaluate(() => heard), [
    {origin: gateway.url, data: {source: 'wayleave', version: 1, status: 'connected', user, app: 'acme'}},
  ]);
  if (!popup.isClosed()) await popup.waitForEvent('close');
  assert.equal((await connections('acme', user)).length, 1);
}));

test('the window opens in the click even when the link comes later', drive(async ({page}) => {
  const {user, link} = await newLink();
  const popup = await press(page, {lateLink: link});
  await goOn(popup);
  await decide(popup, '#approve');
  assert.equal((await outcome(page)).user, user);
}));

test('a denial is told, the window closes, nothing is connected', drive(async ({page}) => {
  const {user, link} = await newLink();
  const popup = await press(page, {link});
  await goOn(popup);
  await decide(popup, '#deny');
  assert.deepEqual(await outcome(page), {name: 'WayleaveConnectError', code: 'denied', reason: 'denied'});
  if (!popup.isClosed()) await popup.waitForEvent('close');
  assert.deepEqual(await connections('acme', user), []);
}));

test('a denial in a window of its own can be thought over', drive(async ({page}) => {
  const {user, link} = await newLink();
  await page.goto(link);
  await goOn(page);
  await decide(page, '#deny');
  assert.equal(await page.locator('h1').innerText(), 'Not connected');
  await assertAccessible(page, 'denied');
  await goOn(page);
  await decide(page, '#approve');
  assert.equal(await page.locator('h1').innerText(), 'HubSpot sandbox is connected');
  await assertAccessible(page, 'connected');
  assert.equal((await connections('acme', user)).length, 1);
}));

test('a window closed by the customer is noticed', drive(async ({page}) => {
  const {link} = await newLink();
  const popup = await press(page, {link});
  await new Promise((done) => setTimeout(done, 3200));  // a person looks before closing
  await popup.close();
  assert.equal((await outcome(page)).code, 'closed');
}));

test('what takes too long is given up and its window closed', drive(async ({page}) => {
  const {user, link} = await newLink();
  const popup = await press(page, {link, timeout: 2500});
  if (!popup.isClosed()) await popup.waitForEvent('close');
  assert.equal((await outcome(page)).code, 'timeout');
  assert.deepEqual(await connections('acme', user), []);
}));

test('an expired and a used link are told as such', drive(async ({page}) => {
  const {user, link} = await newLink();
  const first = await press(page, {link});
  await goOn(first);
  await decide(first, '#approve');
  await outcome(page);
  const second = await press(page, {link});
  assert.equal(await second.locator('h1').innerText(), 'This link was used already');
  await second.close();
  assert.equal((await outcome(page)).code, 'used');
  assert.equal((await connections('acme', user)).length, 1);
}));

test('provider trouble is shown, and trying again in the same window still connects', drive(async ({page}) => {
  const {user, link} = await newLink('limited');
  peer.onToken = () => ({status: 503, body: 'down'});
  const popup = await press(page, {link});
  await goOn(popup);
  await popup.waitForURL(/\/connect\/result\//);
  assert.equal(await popup.locator('h1').innerText(), 'Please try again');
  await page.waitForFunction(() => heard.length === 1);
  assert.equal(await page.evaluate(() => window.outcome), undefined);
  peer.onToken = undefined;
  await goOn(popup);
  assert.deepEqual(await outcome(page), {status: 'connected', app: 'limited', user, limited: false});
}));

test('a good end after a failure counts even when the window cannot tell of it', drive(async ({page}) => {
  const {user, link} = await newLink('limited');
  peer.onToken = () => ({status: 503, body: 'down'});
  const popup = await press(page, {link});
  await goOn(popup);
  await popup.waitForURL(/\/connect\/result\//);
  await page.waitForFunction(() => heard.length === 1);
  peer.onToken = undefined;
  await popup.evaluate(() => { window.opener = null; });
  await goOn(popup);
  await popup.waitForSelector('main.good');
  assert.equal(await page.evaluate(() => window.outcome), undefined);
  await popup.close();
  assert.deepEqual(await outcome(page), {status: 'connected', app: 'limited', user, limited: false});
}));

test('a permission that was left out is named and can be given after all', drive(async ({page}) => {
  const {user, link} = await newLink('limited');
  const less = (form, usual) => {
    const answer = usual();
    return {...answer, body: {...answer.body, scope: 'read'}};
  };
  peer.onToken = less;
  const popup = await press(page, {link});
  await goOn(popup);
  assert.equal((await outcome(page)).limited, true);
  await popup.waitForURL(/\/connect\/result\//);
  assert.deepEqual(await popup.locator('.grants li').allInnerTexts(), ['write']);
  await assertAccessible(popup, 'limited');
  assert.deepEqual((await connections('limited', user))[0].missingScopes, ['write']);
  peer.onToken = undefined;
  const closed = popup.waitForEvent('close');
  await goOn(popup);
  await closed;
  assert.deepEqual((await connections('limited', user))[0].missingScopes, []);
}));

test('every language fits a narrow screen, light and dark, and axe finds nothing', drive(async ({page, visit}) => {
  await gateway.call('PATCH', '/v1/apps/acme', {json: {appearance: {companyName: 'Acme Robotics', accentColor: '#ffdd00', supportUrl: 'https://acme.example/help'}}});
  const {link} = await newLink();
  // 320 CSS pixels: a window of 640 at 200 %, or 1280 at 400 % (WCAG 2.2, 1.4.10).
  await page.setViewportSize({width: 320, height: 640});
  const dark = await visit({colorScheme: 'dark', viewport: {width: 320, height: 640}});
  for (const tag of ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'ja', 'ar']) {
    for (const at of [page, dark.page]) {
      await at.goto(`${link}?lang=${tag}`);
      assert.equal(await at.evaluate(() => document.documentElement.lang), tag);
      assert.ok(await at.evaluate(() => document.documentElement.scrollWidth) <= 320, `${tag} is too wide`);
      await assertAccessible(at, tag);
    }
  }
  await page.goto(link);
  await page.click('summary');
  await page.click('text=Deutsch');
  assert.match(await page.locator('h1').innerText(), /mit Acme Robotics verbinden/);
  await gateway.call('PATCH', '/v1/apps/acme', {json: {appearance: {companyName: '', accentColor: '', supportUrl: ''}}});
}));

test('a keyboard is enough and no script is needed', drive(async ({page}) => {
  const {user, link} = await newLink();
  await page.goto(link);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#accounts a');
  await page.focus('#accounts a');
  await page.keyboard.press('Enter');
  await page.focus('#approve');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/connect\/result\//);
  assert.equal(await page.locator('h1').innerText(), 'HubSpot sandbox is connected');
  assert.equal((await connections('acme', user)).length, 1);
}, {javaScriptEnabled: false}));

// OA-02
test('a stolen link opened in another browser does not connect', drive(async ({page, visit}) => {
  const {user, link} = await newLink();
  await page.goto(link);
  await goOn(page);
  await page.waitForSelector('#accounts a');
  const thief = await visit();
  // The address the customer is at, with its state, in a browser that did not begin.
  await thief.page.goto(page.url());
  await decide(thief.page, '#approve');
  assert.equal(await thief.page.locator('h1').innerText(), 'Please use the same browser');
  assert.deepEqual(await connections('acme', user), []);
  // Nothing was used up: the one who began can finish.
  await decide(page, '#approve');
  assert.equal(await page.locator('h1').innerText(), 'HubSpot sandbox is connected');
  assert.equal((await connections('acme', user)).length, 1);
}));

test('a foreign page cannot open the window and hears nothing of it', drive(async ({visitor, page}) => {
  const {link} = await newLink();
  const refused = await press(page, {link}, foreign.url);
  assert.equal(await refused.locator('h1').innerText(), 'This window cannot be used');
  await refused.close();
  // With the company's origin in the address the message goes to the company's pages only.
  const {user, link: other} = await newLink();
  await page.goto(foreign.url);
  const opened = page.waitForEvent('popup');
  await page.evaluate((url) => { window.open(url); }, `${other}?origin=${encodeURIComponent(saas.url)}`);
  const popup = await opened;
  await goOn(popup);
  const closed = popup.waitForEvent('close');
  await decide(popup, '#approve');
  await closed;
  assert.deepEqual(await page.evaluate(() => heard), []);
  assert.equal((await connections('acme', user)).length, 1);
  const status = await page.evaluate(
    (url) => fetch(url).then((answer) => answer.text(), () => 'unreadable'), `${other}/status`);
  assert.equal(status, 'unreadable');
  // The browser itself says that it let nothing be read.
  assert.equal(visitor.errors.filter((text) => /CORS/.test(text)).length, 1, visitor.errors.join());
  visitor.errors.length = 0;
}));

test('no page can put the connect page into a frame', drive(async ({visitor, page}) => {
  const {link} = await newLink();
  await page.goto(`${saas.url}/none`);
  const framed = await page.evaluate((url) => new Promise((done) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    frame.addEventListener('load', () => {
      try {
        done(frame.contentDocument === null ? 'elsewhere' : 'readable');
      } catch {
        done('elsewhere');
      }
    });
    document.body.append(frame);
  }), link);
  assert.equal(framed, 'elsewhere');
  assert.ok(page.frames().every((frame) => !frame.url().startsWith(gateway.url)), page.frames().map((f) => f.url()).join());
  visitor.errors.length = 0;  // Chromium writes that it refused
}));

test('fake messages of other windows and of other origins count for nothing', drive(async ({page}) => {
  const {user, link} = await newLink();
  const popup = await press(page, {link});
  const fake = {source: 'wayleave', version: 1, status: 'connected', user: 'mallory', app: 'acme'};
  // The page itself, and a frame of its own.
  await page.evaluate((data) => window.postMessage(data, '*'), fake);
  // A foreign window that the page opened.
  const opened = page.waitForEvent('popup');
  await page.evaluate((url) => { window.open(url); }, `${foreign.url}/none`);
  const other = await opened;
  await other.waitForLoadState();
  await other.evaluate((data) => window.opener.postMessage(data, '*'), fake);
  // A window of the gateway's own origin, but not the one that was opened.
  const second = page.waitForEvent('popup');
  await page.evaluate((url) => { window.open(url); }, `${gateway.url}/connect/none`);
  const sibling = await second;
  await sibling.waitForLoadState();
  await sibling.evaluate((data) => window.opener.postMessage(data, '*'), fake);
  // The very window, while it shows a page of another origin.
  await goOn(popup);
  await popup.waitForSelector('#accounts a');
  await popup.evaluate((data) => window.opener.postMessage(data, '*'), fake);
  await page.waitForFunction(() => heard.length === 4);
  assert.equal(await page.evaluate(() => window.outcome), undefined);
  await decide(popup, '#approve');
  assert.equal((await outcome(page)).user, user);
}));

test('where windows are blocked, and on phones, the page itself goes', drive(async ({page, visit}) => {
  const {user, link} = await newLink(app.slug, {returnUrl: `${saas.url}/none`});
  await page.goto(saas.url);
  await page.evaluate((given) => {
    window.open = () => null;
    window.settings = {link: given};
  }, link);
  await page.click('#go');
  await page.waitForURL(link);
  await goOn(page);
  await decide(page, '#approve');
  await page.waitForURL(/status=connected/);
  assert.equal(new URL(page.url()).origin, saas.url);
  assert.equal((await connections('acme', user)).length, 1);

  await page.goto(saas.url);
  await page.evaluate((given) => {
    window.open = () => null;
    window.settings = {link: given, mode: 'popup'};
  }, link);
  await page.click('#go');
  assert.equal((await outcome(page)).code, 'blocked');

  const small = await visit({viewport: phone, isMobile: true, hasTouch: true});
  const {link: next} = await newLink();
  await small.page.goto(saas.url);
  await small.page.evaluate((given) => { window.settings = {link: given}; }, next);
  await small.page.tap('#go');
  await small.page.waitForURL(next);
  await assertAccessible(small.page, 'connect page on a phone');
}));

test('a provider that cuts the window off is followed by asking the gateway', drive(async ({page}) => {
  const {user, link} = await newLink('severed');
  const popup = await press(page, {link});
  await goOn(popup);
  await popup.waitForSelector('#allow');
  await page.evaluate(() => new Promise((done) => setTimeout(done, 1500)));
  assert.equal(await page.evaluate(() => window.outcome), undefined);
  await popup.click('#allow');
  await popup.waitForURL(/\/connect\/result\//);
  // Nobody can close it for the customer, so it says that they may.
  assert.match(await popup.locator('main').innerText(), /You can close this window/);
  assert.deepEqual(await outcome(page), {status: 'connected', app: 'severed', user, limited: false});
}));

test('a link that would run a script is refused', drive(async ({page}) => {
  await page.goto(saas.url);
  await page.evaluate(() => { window.settings = {mode: 'popup', link: 'javascript:opener.hacked=1'}; });
  await page.click('#go');
  assert.equal((await outcome(page)).code, 'link');
  assert.equal(await page.evaluate(() => window.hacked), undefined);
}));

// AD-04
test('names that are markup are inert everywhere, and told as they are', drive(async ({visitor, page}) => {
  visitor.context.on('page', (each) => each.on('dialog', () => assert.fail('a script ran')));
  const {link, user} = await newLink('limited', {user: attack});
  await gateway.call('PATCH', '/v1/apps/limited', {json: {appearance: {companyName: attack}}});
  const popup = await press(page, {link});
  assert.ok((await popup.locator('h1').innerText()).includes(attack));
  assert.equal(await popup.locator('img').count(), 0);
  peer.onToken = () => ({status: 503, body: attack});
  await goOn(popup);
  await popup.waitForURL(/\/connect\/result\//);
  assert.equal(await popup.locator('img').count(), 0);
  peer.onToken = undefined;
  await goOn(popup);
  assert.equal((await outcome(page)).user, attack);
  assert.equal((await connections('limited', user)).length, 1);
  await gateway.call('PATCH', '/v1/apps/limited', {json: {appearance: {companyName: ''}}});
}));

test('the ready button says what happens and can be pressed again', drive(async ({visitor, page}) => {
  saas.link = undefined;
  await page.goto(`${saas.url}/ready`);
  const button = page.locator('#ready button');
  const status = page.locator('#ready [role=status]');
  assert.equal(await button.innerText(), 'Connect Acme CRM');
  await assertAccessible(page, 'ready button');
  await button.click();
  await page.waitForFunction(() => window.outcome);
  assert.deepEqual(await page.evaluate(() => window.outcome), {code: 'link'});
  assert.equal(await status.innerText(), 'That did not work. Please try again.');

  const {user, link} = await newLink();
  saas.link = link;
  const opened = page.waitForEvent('popup');
  await button.press('Enter');
  const popup = await opened;
  await popup.waitForURL(/\/connect\//);
  assert.equal(await status.innerText(), 'Continue in the other window.');
  // A second press begins anew in another window; the first one goes.
  const again = page.waitForEvent('popup');
  const gone = popup.waitForEvent('close');
  await button.click();
  const second = await again;
  await gone;
  await second.waitForURL(/\/connect\//);
  await goOn(second);
  await decide(second, '#approve');
  await page.waitForFunction(() => window.ready.state === 'connected');
  assert.equal(await status.innerText(), 'Acme CRM is connected.');
  assert.equal((await page.evaluate(() => window.outcome)).user, user);
  assert.deepEqual(await page.evaluate(() => states), ['idle', 'waiting', 'failed', 'waiting', 'waiting', 'connected']);
  await assertAccessible(page, 'ready button, connected');
  await page.evaluate(() => window.ready.destroy());
  assert.equal(await page.locator('#ready').innerHTML(), '');
  assert.deepEqual(visitor.violations, []);
}));
