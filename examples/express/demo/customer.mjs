// A customer's browser, as far as the demo needs one: cookies, forms, redirects one by one.

const entities = {amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#34': '"'};
const decode = (text) => text.replace(/&(\w+|#\w+);/g, (whole, name) => entities[name] ?? whole);

function attributes(tag) {
  const pairs = [...tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, decode(value ?? '')]));
}

export class Customer {
  #cookies = new Map(); // origin -> Map(name -> value)

  /** Opens an address and follows redirects to a page: {url, status, text}. */
  async open(url, {method = 'GET', body, headers = {}} = {}) {
    for (let hops = 0; hops < 20; hops += 1) {
      const {origin} = new URL(url);
      const held = this.#cookies.get(origin) ?? new Map();
      const cookie = [...held].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, {
        method,
        body,
        redirect: 'manual',
        headers: {accept: 'text/html', ...(cookie ? {cookie} : {}), ...headers},
      });
      this.#keep(origin, held, response.headers.getSetCookie?.() ?? []);
      const location = response.headers.get('location');
      const text = await response.text();
      if (!location) return {url, status: response.status, text};
      [url, method, body, headers] = [new URL(location, url).href, 'GET', undefined, {}];
    }
    throw new Error(`too many redirects, at ${url}`);
  }

  #keep(origin, held, lines) {
    for (const line of lines) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      held.set(pair.slice(0, at), pair.slice(at + 1));
    }
    this.#cookies.set(origin, held);
  }

  /** Presses the button whose words or value match, sending its form with `values` filled in. */
  press(page, button, values = {}) {
    for (const [, head, inner] of page.text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
      for (const [, tag, words] of inner.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)) {
        const own = attributes(tag);
        if (!button.test(decode(words.replace(/<[^>]*>/g, ''))) && !button.test(own.value ?? ''))
          continue;
        const fields = new URLSearchParams();
        for (const [, input] of inner.matchAll(/<input\b([^>]*)>/g)) {
          const {name, value = ''} = attributes(input);
          if (name) fields.set(name, values[name] ?? value);
        }
        if (own.name) fields.set(own.name, own.value ?? '');
        const {action = page.url} = attributes(head);
        const target = new URL(action, page.url);
        return this.open(target.href, {
          method: 'POST',
          body: fields,
          headers: {origin: new URL(page.url).origin},
        });
      }
    }
    throw new Error(`no button ${button} on ${page.url}:\n${page.text.slice(0, 2000)}`);
  }

  /** Follows the first link whose address or words match. */
  follow(page, link) {
    for (const [, tag, words] of page.text.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)) {
      const {href} = attributes(tag);
      if (href && (link.test(href) || link.test(decode(words))))
        return this.open(new URL(href, page.url).href);
    }
    throw new Error(`no link ${link} on ${page.url}:\n${page.text.slice(0, 2000)}`);
  }
}
