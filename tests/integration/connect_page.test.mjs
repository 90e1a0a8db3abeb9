// The connect page and the browser SDK as they are served: looks, languages, policies, and the pages at
// the end of a trip. What a browser makes of them is tested by e2e/connect_window.

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';

import {Browser} from '../support/browser.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {request} from '../support/http.mjs';
import {processFolder, root} from '../support/output.mjs';

// One transparent pixel.
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const sdkBytesMax = 5000;

let sandbox;
let gateway;
before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

let made = 0;
async function newLink(app, fields = {}) {
  const answer = await gateway.call(
      'POST', '/v1/install-links', {json: {app, user: `page ${made += 1}`, ...fields}});
  assert.equal(answer.status, 201, answer.text);
  return answer.json.url;
}
const show = (url, headers = {}) => request('GET', url, {headers});

function directives(answer) {
  const policy = answer.header('content-security-policy');
  return new Map(policy.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)]));
}

/** AD-04, OA-12: one style sheet by digest, nothing inline besides, nothing from elsewhere, no secret. */
function assertSealed(answer, secrets = []) {
  const policy = directives(answer);
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(answer.text);
  const digest = createHash('sha256').update(style).digest('base64');
  assert.deepEqual(policy.get('default-src'), ["'none'"]);
  assert.deepEqual(policy.get('style-src'), [`'sha256-${digest}'`]);
  assert.deepEqual(policy.get('frame-ancestors'), ["'none'"]);
  assert.deepEqual(policy.get('base-uri'), ["'none'"]);
  assert.doesNotMatch(answer.header('content-security-policy'), /unsafe|\*/);
  assert.doesNotMatch(answer.text, / style=| on[a-z]+="|(?:src|srcset|poster)="(?!data:|\/connect\/result\.js")/);
  assert.equal(answer.header('cache-control'), 'no-store');
  assert.equal(answer.header('referrer-policy'), 'no-referrer');
  assert.equal(answer.header('x-content-type-options'), 'nosniff');
  assert.equal(answer.header('x-frame-options'), 'DENY');
  for (const secret of secrets) assert.ok(!answer.text.includes(secret), 'the page holds a secret');
}

test('a page wears the company\'s name, logo, colour, help and own words', async () => {
  const logo = `data:image/png;base64,${pixel}`;
  const appearance = {
    companyName: 'Acme & Söhne', logo, accentColor: '#ffdd00', supportUrl: 'https://acme.example/help',
    texts: {de: {'ask.title': '{provider} an {company} anschließen'}},
  };
  const app = await gateway.createApp({slug: 'looks', appearance});
  assert.deepEqual(app.appearance, appearance);
  const link = await newLink('looks');
  const page = await show(link);
  assert.equal(page.status, 200);
  assertSealed(page, [link.split('/').at(-1), app.clientId]);
  assert.deepEqual(directives(page).get('img-src'), ['data:']);
  assert.match(page.text, /<h1>Connect HubSpot sandbox to <bdi>Acme &amp; Söhne<\/bdi><\/h1>/);
  assert.ok(page.text.includes(`<img src="${logo}" alt="">`));
  assert.match(page.text, /--accent: #ffdd00; --on-accent: #000000/);
  assert.match(page.text, /<a href="https:\/\/acme\.example\/help" target="_blank" rel="noopener noreferrer">/);
  const german = await show(link, {'accept-language': 'de-CH,de;q=0.9,en;q=0.5'});
  assert.match(german.text, /<h1>HubSpot sandbox an <bdi>Acme &amp; Söhne<\/bdi> anschließen<\/h1>/);
  // Nothing was asked twice, so nobody who is on the way is turned back by a new logo.
  const started = await request('POST', link, {});
  await gateway.call('PATCH', '/v1/apps/looks', {json: {appearance: {logo: ''}}});
  assert.equal((await gateway.call('GET', '/v1/apps/looks')).json.appearance.logo, null);
  const browser = new Browser({gateway: gateway.url});
  const cookie = started.header('set-cookie').split(';')[0];
  const before = await gateway.authorize(started.header('location'), {browser, until: /\/callback\?/});
  const landed = await show(before.location, {cookie, accept: 'text/html'});
  assert.equal(landed.status, 303, landed.text);
});

test('what is asked is told apart: reading, changing, and what may be refused', async () => {
  await gateway.createApp({
    slug: 'asks', scopes: ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write'],
    optionalScopes: ['crm.objects.deals.read'],
  });
  const {text} = await show(await newLink('asks'));
  assert.match(text, /It could see<\/h2>\s*<ul class="grants">\s*<li>Contacts<\/li>\s*<li>Deals <small>\(optional\)<\/small><\/li>\s*<\/ul>/);
  assert.match(text, /It could create and change<\/h2>\s*<ul class="grants">\s*<li>Contacts<\/li>\s*<\/ul>/);
  assert.match(text, /Also asked for<\/h2>\s*<ul class="grants">\s*<li>See which account this is/);
  // A link that names scopes asks for just those.
  const narrow = await show(await newLink('asks', {scopes: ['crm.objects.contacts.read']}));
  assert.doesNotMatch(narrow.text, /create and change|Deals/);
});

test('every language is served, by name and by the browser\'s wish', async () => {
  const tags = readFileSync(path.join(root, 'src/connect/CMakeLists.txt'), 'utf8')
      .match(/CONNECT_LANGUAGES ([\w ]+)\)/)[1].split(' ');
  assert.ok(tags.length >= 9);
  await gateway.createApp({slug: 'tongues'});
  const link = await newLink('tongues');
  const seen = new Set();
  for (const tag of tags) {
    for (const page of [await show(`${link}?lang=${tag}`), await show(link, {'accept-language': tag})]) {
      assertSealed(page);
      assert.ok(page.text.includes(`<html lang="${tag}" dir="${tag === 'ar' ? 'rtl' : 'ltr'}">`), tag);
      seen.add(/<h1>(.*)<\/h1>/.exec(page.text)[1]);
    }
  }
  assert.equal(seen.size, tags.length);
});

test('the ends: unknown, used, other window, other host', async () => {
  await gateway.createApp({slug: 'ends', returnOrigins: ['https://saas.example'], browserBinding: 'required'});
  const unknown = await show(`${gateway.url}/connect/${'x'.repeat(43)}`);
  assert.equal(unknown.status, 404);
  assertSealed(unknown);
  const link = await newLink('ends');
  const refused = await show(`${link}?origin=https%3A%2F%2Fevil.example`);
  assert.equal(refused.status, 400);
  assert.match(refused.text, /This window cannot be used/);
  assertSealed(refused);
  const browser = new Browser({gateway: gateway.url});
  const page = await browser.step('GET', `${link}?origin=${encodeURIComponent('https://saas.example')}`);
  assertSealed(page, ['page ']);
  const done = await browser.submit(page);
  assert.equal(done.status, 200);
  assert.match(done.text, /data-origin="https:\/\/saas\.example" data-status="connected"/);
  assert.deepEqual(directives(done).get('script-src'), ["'self'"]);
  assertSealed(done);
  const used = await show(link, {'accept-language': 'nl'});
  assert.equal(used.status, 410);
  assert.match(used.text, /Deze link is al gebruikt/);
  const misled = await show(link, {host: 'evil.example'});
  assert.equal(misled.status, 421);
});

test('the SDK is small, for every page, and asked for again with its validator', async () => {
  const sdk = await show(`${gateway.url}/connect.js`);
  assert.equal(sdk.status, 200);
  assert.ok(sdk.bytes.length < sdkBytesMax, `connect.js has ${sdk.bytes.length} bytes`);
  assert.equal(sdk.header('cross-origin-resource-policy'), 'cross-origin');
  assert.equal(sdk.header('content-type'), 'text/javascript; charset=utf-8');
  assert.match(sdk.header('cache-control'), /^public, max-age=300$/);
  const again = await show(`${gateway.url}/connect.js`, {'if-none-match': sdk.header('etag')});
  assert.equal(again.status, 304);
  assert.equal(again.bytes.length, 0);
  assert.match(sdk.text, /^"use strict";var Wayleave=|^var Wayleave=/);
});

test('the npm package has a module with types, and the script', async () => {
  const out = path.join(processFolder('sdk'), 'dist');
  const build = path.join(root, 'sdk/connect/tools/build.mjs');
  await promisify(execFile)(process.execPath, [build, '--package', '--outDir', out]);
  const {exports, files} = JSON.parse(readFileSync(path.join(root, 'sdk/connect/package.json'), 'utf8'));
  assert.ok(files.includes('dist'));
  const {types, default: entry} = exports['.'];
  const inside = (name) => path.join(out, path.relative('dist', name));
  assert.match(readFileSync(inside(types), 'utf8'), /export \{ connect \}/);
  // Loading it needs no page.
  const sdk = await import(pathToFileURL(inside(entry)).href);
  assert.deepEqual(Object.keys(sdk).sort(), ['WayleaveConnectError', 'button', 'connect']);
  assert.ok(new sdk.WayleaveConnectError('denied') instanceof Error);
  const served = await show(`${gateway.url}/connect.js`);
  assert.equal(readFileSync(inside(exports['./connect.js']), 'utf8'), served.text);
});

test('the command line gives an app its looks', async () => {
  const folder = processFolder('looks');
  const file = (name, bytes) => {
    writeFileSync(path.join(folder, name), bytes);
    return path.join(folder, name);
  };
  const secret = file('secret.txt', 'a-client-secret');
  const created = await gateway.run([
    'app', 'create', '--slug', 'cli-looks', '--provider', 'hubspot-sandbox', '--client-id', 'cli', '--json',
    '--client-secret-file', secret, '--company-name', 'Acme', '--logo', file('logo.png', Buffer.from(pixel, 'base64')),
    '--accent-color', '#112233', '--support-url', 'https://acme.example', '--page-texts', file('texts.json', '{"fr": {"ask.button": "Allons-y"}}'),
  ]);
  assert.equal(created.code, 0, created.stderr);
  assert.deepEqual(JSON.parse(created.stdout).appearance, {
    companyName: 'Acme', logo: `data:image/png;base64,${pixel}`, accentColor: '#112233',
    supportUrl: 'https://acme.example', texts: {fr: {'ask.button': 'Allons-y'}},
  });
  const shown = await gateway.run(['app', 'show', 'cli-looks']);
  assert.match(shown.stdout, /appearance\s+Acme, a logo, #112233, https:\/\/acme\.example, own texts/);
  const wrong = await gateway.run(['app', 'update', 'cli-looks', '--logo', file('logo.svg', '<svg/>')]);
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.stderr, /appearance\.logo/);
  const gone = await gateway.run(['app', 'update', 'cli-looks', '--logo', '', '--page-texts', '', '--json']);
  assert.equal(gone.code, 0, gone.stderr);
  assert.equal(JSON.parse(gone.stdout).appearance.logo, null);
  assert.deepEqual(JSON.parse(gone.stdout).appearance.texts, {});
});
