import {html} from '../html.js';

/** A whole page, as text. */
export function layout({title, customer, script}, content) {
  return String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · Example CRM Sync</title>
          <link rel="icon" href="/icon.svg" />
          <link rel="stylesheet" href="/style.css" />
          ${
            script &&
            html`<script src="${script}" defer></script>
              <script src="/connect_button.js" defer></script>`
          }
        </head>
        <body>
          <header>
            <a class="brand" href="/"
              ><img src="/icon.svg" alt="" width="28" height="28" />Example CRM Sync</a
            >
            ${
              customer &&
              html`<form method="post" action="/sign-out">
                <span>${customer.name}</span>
                <button class="quiet">Sign out</button>
              </form>`
            }
          </header>
          <main>${content}</main>
          <footer>An example application. Its customers are made up.</footer>
        </body>
      </html>`,
  );
}
