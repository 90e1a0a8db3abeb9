import {html} from '../html.js';
import {layout} from './layout.js';
import {newsBox} from './news.js';

const row = ({email, firstname, lastname}) =>
  html`<tr>
    <td>${[firstname, lastname].filter(Boolean).join(' ') || '–'}</td>
    <td>${email ?? '–'}</td>
  </tr>`;

const field = (name, label, type = 'text') =>
  html`<label
    >${label}<input
      name="${name}"
      type="${type}"
      maxlength="200"
      autocomplete="off"
      ${type === 'email' && 'required'}
  /></label>`;

export function contactsPage({customer, news, refused, contacts, next, account, messages}) {
  return layout(
    {title: 'Contacts', customer},
    html`${newsBox(news)}
      ${refused && html`<p class="news bad" role="alert">HubSpot refused: ${refused}</p>`}
      <section class="card">
        <div class="head">
          <h1>Contacts</h1>
          <form method="post" action="/disconnect">
            <button class="quiet">Disconnect HubSpot</button>
          </form>
        </div>
        ${account && html`<p class="faint">HubSpot account ${account}</p>`}
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">E-mail</th>
            </tr>
          </thead>
          <tbody>
            ${contacts.map(row)}
          </tbody>
        </table>
        ${contacts.length === 0 && html`<p>There are none yet.</p>`}
        ${next && html`<p><a href="/?after=${next}">Next page</a></p>`}
      </section>
      <section class="card">
        <h2>Add a contact to HubSpot</h2>
        <form method="post" action="/contacts" class="row">
          ${field('email', 'E-mail', 'email')} ${field('firstname', 'First name')}
          ${field('lastname', 'Last name')}
          <button class="primary">Add</button>
        </form>
      </section>
      ${
        messages.length > 0 &&
        html`<section class="card">
          <h2>Messages from Wayleave</h2>
          <ul>
            ${messages.map(({at, type}) => html`<li><code>${type}</code> <time>${at.toISOString()}</time></li>`)}
          </ul>
        </section>`
      }`,
  );
}
