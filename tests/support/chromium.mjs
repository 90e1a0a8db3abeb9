// Debian's Chromium, driven by Playwright: one browser per test file, a fresh profile per visitor.
// A visitor writes down every request, every breach of a content security policy and every error of a
// page, so that a test can say: nothing left these origins, no policy was broken.

import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import path from 'node:path';

import {chromium} from 'playwright-core';

import {folder, keepAnswer, secret} from './output.mjs';

// Not the wrapper in /usr/bin, which adds switches of its own.
const program = '/usr/lib/chromium/chromium';

export const desktop = {width: 1280, height: 800};
export const phone = {width: 390, height: 844};

/** Longest wait for anything on a page. */
const patience = 15_000;

let browser;

async function launch() {
  assert.ok(existsSync(program), `${program} is missing: run script/bootstrap`);
  browser ??= chromium.launch({
    executablePath: program,
    chromiumSandbox: process.getuid() !== 0,  // Chromium's sandbox cannot be had as root
    args: [
      '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage',
      '--disable-sync', '--no-default-browser-check', '--no-first-run', '--disable-gpu',
      // Whatever asks for another machine hears that there is none.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
  return browser;
}

/** Ends the browser; each test file calls it after its last test. */
export async function closeChromium() {
  await (await browser)?.close();
  browser = undefined;
}

const originOf = (url) => (/^(data|blob|about|chrome-error):/.test(url) ? undefined : new URL(url).origin);

/** One person at a browser of their own: cookies, storage and windows are shared with nobody. */
export class Visitor {
  constructor(context) {
    this.context = context;
    /** {url, method, type} of every request of every window. */
    this.requests = [];
    /** {directive, blocked, page} of every breach of a policy. */
    this.violations = [];
    /** Texts of errors: thrown in a page or written to its console. */
    this.errors = [];
  }

  static async come({viewport = desktop, colorScheme = 'light', ...options} = {}) {
    const context = await (await launch()).newContext({
      viewport, colorScheme, locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce', ...options,
    });
    context.setDefaultTimeout(patience);
    const visitor = new Visitor(context);
    await visitor.#listen();
    visitor.page = await context.newPage();
    return visitor;
  }

  async #listen() {
    await this.context.exposeBinding('wayleaveTestViolation', (_, violation) => {
      this.violations.push(violation);
    });
    await this.context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        globalThis.wayleaveTestViolation({
          directive: event.violatedDirective, blocked: event.blockedURI,
          sample: event.sample, page: location.href.split(/[?#]/)[0],
        });
      });
    });
    this.context.on('request', (asked) => {
      const {pathname, searchParams} = new URL(asked.url());
      // Of a grant, for the canary; lists have a `state` too.
      if (/\/(callback|authorize)$/.test(pathname)) {
        for (const name of ['code', 'state']) secret(name, searchParams.get(name));
      }
      this.requests.push({url: asked.url(), method: asked.method(), type: asked.resourceType()});
    });
    this.context.on('console', (message) => {
      // A refused request is an answer like another; tests look at what the page makes of it.
      if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) {
        this.errors.push(`${message.text()} (${message.location().url})`);
      }
    });
    this.context.on('weberror', (error) => this.errors.push(String(error.error().stack)));
  }

  /** Fails when a request went anywhere but to `origins`, a policy was broken or a page had an error. */
  assertClean(origins) {
    const elsewhere = this.requests.map(({url}) => url)
        .filter((url) => originOf(url) !== undefined && !origins.includes(originOf(url)));
    assert.deepEqual(elsewhere, [], 'requests left the origin');
    assert.deepEqual(this.violations, [], 'a content security policy was broken');
    assert.deepEqual(this.errors, [], 'pages had errors');
  }

  /** Keeps what every window shows now, to look at after a failure. */
  async keep(name) {
    for (const [index, page] of this.context.pages().entries()) {
      const file = path.join(folder, `${name.replace(/[^a-z0-9]+/gi, '-').slice(-60)}-${index}`);
      await page.screenshot({path: `${file}.png`}).catch(() => {});
      keepAnswer(await page.content().catch(() => ''));
    }
  }

  leave() { return this.context.close(); }
}

/**
 * The body of a test with a visitor. `body` gets {t, visitor, page, visit}; `visit(options)` brings
 * another one. Every visitor is checked by `origins()` when it ends well, and what each saw is kept when
 * it does not.
 */
export function inBrowser({origins, ...options}, body) {
  return async (t) => {
    const visitors = [];
    const visit = async (more = {}) => {
      const visitor = await Visitor.come({...options, ...more});
      visitors.push(visitor);
      return visitor;
    };
    try {
      const visitor = await visit();
      await body({t, visitor, page: visitor.page, visit});
      visitors.forEach((each) => each.assertClean(origins()));
    } catch (error) {
      for (const [index, each] of visitors.entries()) await each.keep(`${t.name} ${index}`);
      error.message += visitors.map(({page, errors, violations}) =>
        `\n[at ${page?.url()} ${JSON.stringify({errors, violations})}]`).join('');
      throw error;
    } finally {
      await Promise.all(visitors.map((each) => each.leave()));
    }
  };
}
