import {html} from '../html.js';
import {layout} from './layout.js';

export function signInPage(customers) {
  return layout(
    {title: 'Sign in'},
    html`<section class="card narrow">
      <h1>Who are you?</h1>
      <p>This sign-in is a toy: there is no password. Choose a company.</p>
      <form method="post" action="/sign-in" class="stack">
        ${customers.map(({id, name}) => html`<button name="customer" value="${id}">${name}</button>`)}
      </form>
    </section>`,
  );
}
