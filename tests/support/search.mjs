// Searches bytes for any of many secrets in one pass, in the forms in which they could leak.

const head = 12;  // bytes of a form that are looked up; every form is at least that long

function forms(value) {
  const bytes = Buffer.from(value);
  const trimmed = bytes.subarray(0, bytes.length - (bytes.length % 3));  // whole groups only
  return new Set([
    value, bytes.toString('hex'), bytes.toString('hex').toUpperCase(),
    trimmed.toString('base64'), trimmed.toString('base64url'), encodeURIComponent(value),
  ].map((form) => Buffer.from(form).toString('latin1')));
}

export class Searcher {
  #first = new Uint8Array(1 << 24);  // by the first three bytes: may one begin here?
  #forms = new Map();                // by the first `head` bytes

  /** `secrets`: [{kind, value}]. */
  constructor(secrets) {
    for (const {kind, value} of secrets) {
      for (const form of forms(value)) {
        const key = form.slice(0, head);
        this.#first[(form.charCodeAt(0) << 16) | (form.charCodeAt(1) << 8) | form.charCodeAt(2)] = 1;
        if (!this.#forms.has(key)) this.#forms.set(key, []);
        this.#forms.get(key).push({form, kind});
      }
    }
  }

  /** The kinds found, each with its place: [{kind, offset}]. */
  find(buffer) {
    const found = [];
    for (let i = 0; i + head <= buffer.length; i += 1) {
      if (this.#first[(buffer[i] << 16) | (buffer[i + 1] << 8) | buffer[i + 2]] === 0) continue;
      const candidates = this.#forms.get(buffer.latin1Slice(i, i + head));
      for (const {form, kind} of candidates ?? []) {
        if (buffer.latin1Slice(i, i + form.length) === form) found.push({kind, offset: i});
      }
    }
    return found;
  }
}
