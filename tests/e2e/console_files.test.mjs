// What the gateway serves as the console, apart from what it does: types, headers, weight, policy.

import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readFileSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {gunzipSync} from 'node:zlib';

import {closeChromium, inBrowser} from '../support/chromium.mjs';
import {startGateway} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {root} from '../support/output.mjs';
import {rawExchange} from '../support/raw_client.mjs';

const firstLoadMax = 250_000;
const types = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

let gateway;
before(async () => {
  gateway = await startGateway();
});
after(async () => {
  await closeChromium();
  await gateway?.stop();
});

const get = (target, headers = {}, method = 'GET') => request(method, gateway.url + target, {headers});
const page = async () => (await get('/console/')).text;
const references = (html) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target]) => target);

// AD-04
function assertSafe(answer, what) {
  const policy = answer.header('content-security-policy') ?? '';
  const directives = new Map(policy.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)]));
  const expected = {
    'default-src': ["'none'"], 'script-src': ["'self'"], 'connect-src': ["'self'"], 'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"], 'form-action': ["'self'"], 'frame-ancestors': ["'none'"], 'base-uri': ["'none'"],
  };
  for (const [name, values] of Object.entries(expected)) assert.deepEqual(directives.get(name), values, `${what}: ${name}`);
  for (const value of directives.get('style-src')) assert.match(value, /^'(self|sha256-[\w+/]+=*)'$/, what);
  assert.equal(directives.size, 9, what);
  assert.equal(answer.header('x-content-type-options'), 'nosniff', what);
  assert.equal(answer.header('x-frame-options'), 'DENY', what);
  assert.equal(answer.header('referrer-policy'), 'no-referrer', what);
  assert.equal(answer.header('cross-origin-resource-policy'), 'same-origin', what);
  assert.equal(answer.header('access-control-allow-origin'), undefined, what);
  assert.equal(answer.header('set-cookie'), undefined, what);
}

test('every file the page names is served with its type, for good, and packed', async () => {
  const named = references(await page());
  assert.ok(named.some((target) => target.endsWith('.js')), named.join(' '));
  assert.ok(named.some((target) => target.endsWith('.css')), named.join(' '));
  for (const target of named) {
    assert.ok(target.startsWith('/console/'), `${target} is not our own`);
    const plain = await get(target);
    assert.equal(plain.status, 200, target);
    assert.equal(plain.header('content-type'), types[path.extname(target)], target);
    assertSafe(plain, target);
    const packed = await get(target, {'accept-encoding': 'gzip, deflate, br'});
    if (packed.header('content-encoding') === 'gzip') {
      assert.ok(gunzipSync(packed.bytes).equals(plain.bytes), target);
      assert.notEqual(packed.header('etag'), plain.header('etag'), target);
    } else {
      assert.ok(plain.bytes.length < 1000, `${target} (${plain.bytes.length} bytes) could be packed`);
    }
    if (!target.startsWith('/console/assets/')) continue;
    assert.equal(plain.header('cache-control'), 'public, max-age=31536000, immutable', target);
  }
});

test('the page holds no script and no style of its own', async () => {
  const html = await page();
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)/i);
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/i);
  assert.doesNotMatch(html, /https?:\/\//i);
});

test('every path of the console answers the page, asked anew each time', async () => {
  const html = await page();
  for (const target of ['/', '/console', '/console/', '/console/apps/acme-app', '/console/a/b/c?d=e', '/console/index.html']) {
    const answer = await get(target);
    assert.equal(answer.status, 200, target);
    assert.equal(answer.text, html, target);
    assert.equal(answer.header('content-type'), 'text/html; charset=utf-8', target);
    assert.equal(answer.header('cache-control'), 'no-cache', target);
    assertSafe(answer, target);
    const again = await get(target, {'if-none-match': answer.header('etag')});
    assert.equal(again.status, 304, target);
    assert.equal(again.bytes.length, 0, target);
    assertSafe(again, `${target} again`);
    const head = await get(target, {}, 'HEAD');
    assert.equal(head.header('content-length'), String(answer.bytes.length), target);
  }
});

test('an asset that is not there is not the page', async () => {
  const answer = await get('/console/assets/index-00000000.js');
  assert.equal(answer.status, 404);
  assert.equal(answer.header('cache-control'), 'no-store');
  assertSafe(answer, 'a missing asset');
});

test('HT-07: the console is served under no foreign name', async () => {
  const {port} = new URL(gateway.url);
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example']) {
    for (const target of ['/', '/console/', '/console/assets/x.js']) {
      assert.equal((await get(target, {host})).status, 421, `${host} ${target}`);
    }
  }
  for (const head of ['GET /console/ HTTP/1.1\r\n\r\n', 'GET /console/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
                      'GET /console/ HTTP/1.1\r\nHost: a b\r\n\r\n']) {
    assert.match((await rawExchange(gateway.url, head)).text, /^HTTP\/1\.1 400 /, head);
  }
});

test(`the first load weighs less than ${firstLoadMax / 1000} kB`, inBrowser({origins: () => [gateway.url]}, async ({page, t}) => {
  const weights = new Map();
  const seen = [];
  page.on('response', (answer) => {
    const url = answer.url();
    if (!url.startsWith(`${gateway.url}/console/`)) return;
    seen.push(answer.request().sizes().then(({responseBodySize}) => weights.set(url, responseBodySize)));
  });
  await page.goto(`${gateway.url}/console/`);
  await page.getByRole('heading', {level: 1}).waitFor();
  await Promise.all(seen);
  const total = [...weights.values()].reduce((sum, size) => sum + size, 0);
  t.diagnostic(`${total} bytes in ${weights.size} files`);
  assert.ok(weights.size >= 3, [...weights.keys()].join(' '));
  assert.ok(total > 10_000 && total < firstLoadMax, `${total} bytes: ${JSON.stringify([...weights])}`);
}));

test('the bare address shows the console', inBrowser({origins: () => [gateway.url]}, async ({page}) => {
  await page.goto(gateway.url);
  await page.getByRole('heading', {level: 1}).waitFor();
  assert.match(page.url(), /\/console\/sign-in/);
}));

// What the policy lets through must be what the library puts in, or a new version of it loses its style
// unnoticed on the machines we do not test on (the second sheet is for iOS alone).
test('the digests of the policy are of style sheets that react-aria really has', async () => {
  const library = path.join(root, 'console/node_modules/react-aria/dist/private');
  const digests = readdirSync(library, {recursive: true})
      .filter((name) => name.endsWith('.mjs'))
      .flatMap((name) => [...readFileSync(path.join(library, name), 'utf8').matchAll(/style\.textContent = `([^`]*)`/g)])
      // Its only placeholder is the name of an attribute.
      .map(([, sheet]) => sheet.trim().replace(/\$\{[^}]*PRESSABLE_ATTRIBUTE\}/, 'data-react-aria-pressable'))
      .map((sheet) => createHash('sha256').update(sheet).digest('base64'));
  const policy = (await get('/console/')).header('content-security-policy');
  const allowed = [...policy.matchAll(/'sha256-([^']+)'/g)].map(([, digest]) => digest);
  assert.deepEqual(allowed.sort(), digests.sort());
});
