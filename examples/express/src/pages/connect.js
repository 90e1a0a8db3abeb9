import {html} from '../html.js';
import {layout} from './layout.js';
import {newsBox} from './news.js';

/** Not connected yet, or no longer (`again`). */
export function connectPage({customer, news, script, again}) {
  return layout(
    {title: 'Connect HubSpot', customer, script},
    html`${newsBox(news)}
      <section class="card narrow">
        <h1>${again ? 'HubSpot needs your permission again' : 'See your HubSpot contacts here'}</h1>
        <p>
          ${
            again
              ? 'The app was uninstalled, or the permission was taken back. Nothing here was lost: connect again and go on.'
              : 'Connect your HubSpot account once. You choose the account and can disconnect at any time.'
          }
        </p>
        <form method="post" action="/connect" data-connect>
          <button class="primary">${again ? 'Connect HubSpot again' : 'Connect HubSpot'}</button>
        </form>
      </section>`,
  );
}
