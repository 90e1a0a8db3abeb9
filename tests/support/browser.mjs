// What a customer's browser does: keeps cookies, follows redirects one step at a time, presses the
// buttons of forms.

import {request, splitUrl} from './http.mjs';
import {keepAnswer, secret} from './output.mjs';

const entities = {amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#34': '"'};
const decode = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27|#34);/g, (_, name) => entities[name]);

function attributes(tag) {
  const found = {};
  for (const [, name, quoted, single, bare] of
       tag.matchAll(/([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)) {
    found[name.toLowerCase()] = decode(quoted ?? single ?? bare ?? '');
  }
  return found;
}

/** The forms of a page: {action, method, fields, buttons}. */
export function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head, inner]) => {
    const form = {action: '', method: 'get', ...attributes(head), fields: {}, buttons: []};
    for (const [, tag] of inner.matchAll(/<input\b([^>]*)>/gi)) {
      const {type = 'text', name, value = '', ...rest} = attributes(tag);
      if (!name) continue;
      if (type === 'submit') form.buttons.push({name, value});
      else if ((type !== 'checkbox' && type !== 'radio') || 'checked' in rest) form.fields[name] ??= value;
    }
    for (const [, tag, text] of inner.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)) {
      const {name, value = ''} = attributes(tag);
      form.buttons.push({name, value, text: text.replace(/<[^>]*>/g, '').trim()});
    }
    return form;
  });
}

export class Browser {
  /** `gateway`: the origin whose pages are kept for the canary test. */
  constructor({gateway} = {}) {
    this.gateway = gateway;
    this.jar = new Map();  // origin -> Map(name -> value)
    this.trail = [];
  }

  cookies(origin) {
    return [...(this.jar.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** One request, no redirect followed. */
  async step(method, url, {headers = {}, form} = {}) {
    const {scheme, authority, target} = splitUrl(url);
    const origin = `${scheme}://${authority}`;
    const cookie = this.cookies(origin);
    const answer = await request(method, url, {
      headers: {
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        'user-agent': 'Mozilla/5.0 (integration test)',
        ...(cookie ? {cookie} : {}),
        ...headers,
      },
      form,
    });
    this.#keepCookies(origin, answer);
    this.trail.push(url);
    const query = new URLSearchParams(target.split('?')[1] ?? '');
    if (query.get('code')) secret('code', query.get('code'));
    if (query.get('state')) secret('state', query.get('state'));
    if (origin === this.gateway) keepAnswer(answer.text);
    const location = answer.header('location');
    return Object.assign(answer, {
      url,
      location: location === undefined ? undefined : absolute(location, url),
    });
  }

  /** Goes there and follows redirects until a page; `until` stops before a matching URL. */
  async open(url, {until, form, method = 'GET', headers} = {}) {
    let answer = await this.step(method, url, {form, headers});
    for (let hops = 0; answer.location !== undefined && answer.status >= 300; hops += 1) {
      if (until?.test(answer.location)) return answer;
      if (hops > 15) throw new Error(`too many redirects from ${url}`);
      answer = await this.step('GET', answer.location, {headers});
    }
    return answer;
  }

  /** Presses a form's button (the first, or the one whose name, value or text matches). */
  async submit(page, {button, values = {}, until, index = 0} = {}) {
    const form = forms(page.text)[index];
    if (!form) throw new Error(`no form on ${page.url}:\n${page.text.slice(0, 500)}`);
    const pressed = form.buttons.find(
        ({name, value, text}) => !button || button.test(`${name ?? ''} ${value} ${text ?? ''}`));
    if (button && !pressed) throw new Error(`no button ${button} on ${page.url}`);
    const all = {...form.fields, ...values, ...(pressed?.name ? {[pressed.name]: pressed.value} : {})};
    const target = absolute(form.action || page.url, page.url);
    if (form.method.toLowerCase() === 'post') {
      const origin = new URL(page.url).origin;
      return this.open(target, {method: 'POST', form: all, until, headers: {origin}});
    }
    return this.open(`${target.split('?')[0]}?${new URLSearchParams(all)}`, {until});
  }

  #keepCookies(origin, {rawHeaders}) {
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (rawHeaders[i].toLowerCase() !== 'set-cookie') continue;
      const [pair, ...rest] = rawHeaders[i + 1].split(';');
      const [name, ...value] = pair.split('=');
      const gone = rest.some((part) => /^\s*max-age\s*=\s*0\s*$/i.test(part)) || value.join('=') === '';
      const jar = this.jar.get(origin) ?? new Map();
      if (gone) jar.delete(name.trim());
      else jar.set(name.trim(), value.join('='));
      this.jar.set(origin, jar);
    }
  }
}

// Absolute form of a Location, keeping the bytes of one that already is.
function absolute(location, base) {
  return /^https?:\/\//.test(location) ? location : new URL(location, base).href;
}
