import {html} from '../html.js';

const texts = {
  connected: 'HubSpot is connected.',
  denied: 'HubSpot was not connected: the permission was not given.',
  failed: 'HubSpot was not connected. Please try again.',
  disconnected: 'HubSpot is disconnected.',
};

/** What just happened, in words of ours: the address only chooses among them. */
export function newsBox(news) {
  const text = Object.hasOwn(texts, String(news)) ? texts[news] : undefined;
  return text && html`<p class="news" role="status">${text}</p>`;
}
