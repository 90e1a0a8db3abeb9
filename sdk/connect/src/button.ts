import {connect} from './connect.js';
import type {Connected, ConnectOptions} from './connect.js';
import type {ConnectErrorCode, WayleaveConnectError} from './error.js';

export type ButtonState = 'idle' | 'waiting' | 'connected' | 'failed';

/** What it says; `{provider}` is filled in. */
export type ButtonTexts = Record<
  'idle' | 'waiting' | 'again' | 'connected' | 'limited' | 'failed',
  string
> &
  Partial<Record<ConnectErrorCode, string>>;

export interface ButtonOptions extends Omit<ConnectOptions, 'link' | 'signal'> {
  /** Asks your backend for an install link; called at each press. */
  fetchLink: () => string | PromiseLike<string>;
  /** Name of the provider, for the label. */
  provider?: string;
  /** Instead of `Connect <provider>`. */
  label?: string;
  texts?: Partial<ButtonTexts>;
  onConnected?: (result: Connected) => void;
  onError?: (error: WayleaveConnectError) => void;
  onState?: (state: ButtonState) => void;
}

export interface ConnectButton {
  readonly element: HTMLButtonElement;
  readonly state: ButtonState;
  /** Takes it from the page again and ends what it began. */
  destroy(): void;
}

const english: ButtonTexts = {
  idle: 'Connect {provider}',
  waiting: 'Continue in the other window.',
  again: 'Open the window again',
  connected: '{provider} is connected.',
  limited: '{provider} is connected, but not everything was allowed.',
  failed: 'That did not work. Please try again.',
  denied: 'Not connected: the permission was not given.',
  expired: 'That took too long. Please try again.',
};

// No specificity, so that a page's own rules win; adopted, since a policy may refuse inline styles.
const rules = `:where(.wayleave-button){font:inherit;font-weight:600;min-height:2.75em;padding:.5em 1.1em;border:1px solid #6b7480;border-radius:.6em;background:var(--wayleave-accent,#1f5fd6);color:var(--wayleave-on-accent,#fff);cursor:pointer}:where(.wayleave-button:focus-visible){outline:3px solid;outline-offset:3px}:where(.wayleave-status){margin-inline-start:.75em}`;
let sheet: CSSStyleSheet | undefined;

function adoptRules() {
  if (sheet || !('adoptedStyleSheets' in document)) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/**
 * Puts a ready button into `element`, or makes one of a `<button>`. Its states are in `data-state` and
 * are read out; a second press while it waits opens the window again.
 */
export function button(element: Element, options: ButtonOptions): ConnectButton {
  const own = element instanceof HTMLButtonElement;
  const pressed = own ? element : document.createElement('button');
  const status = document.createElement('span');
  const before = pressed.textContent ?? '';
  const texts = {...english, ...(options.label ? {idle: options.label} : {}), ...options.texts};
  let state: ButtonState = 'idle';
  let running: AbortController | undefined;

  const say = (text: string) => text.replace('{provider}', options.provider ?? '').trim();
  const show = (next: ButtonState, message = '') => {
    state = next;
    pressed.dataset.state = next;
    pressed.textContent = say(
      next === 'waiting' ? texts.again : own && !options.label && before ? before : texts.idle,
    );
    status.textContent = say(message);
    options.onState?.(next);
  };
  const press = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    const trip = connect({...options, link: options.fetchLink, signal: mine.signal});
    show('waiting', texts.waiting);
    try {
      const result = await trip;
      if (mine !== running) return;
      show('connected', result.limited ? texts.limited : texts.connected);
      options.onConnected?.(result);
    } catch (thrown) {
      const error = thrown as WayleaveConnectError;
      if (mine !== running) return;
      if (error.code === 'closed' || error.code === 'aborted') show('idle');
      else show('failed', texts[error.code] ?? texts.failed);
      options.onError?.(error);
    }
  };

  adoptRules();
  status.className = 'wayleave-status';
  status.setAttribute('role', 'status');
  if (!own) {
    pressed.type = 'button';
    pressed.className = 'wayleave-button';
    element.append(pressed);
  }
  pressed.after(status);
  pressed.addEventListener('click', press);
  show('idle');
  return {
    element: pressed,
    get state() {
      return state;
    },
    destroy() {
      const last = running;
      running = undefined;
      last?.abort();
      pressed.removeEventListener('click', press);
      status.remove();
      if (own) pressed.textContent = before;
      else pressed.remove();
    },
  };
}
