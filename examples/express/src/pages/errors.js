import {html} from '../html.js';
import {layout} from './layout.js';

export function errorPage({requestId}) {
  return layout(
    {title: 'Something went wrong'},
    html`<section class="card narrow">
      <h1>Something went wrong</h1>
      <p>Please try again in a moment.</p>
      ${requestId && html`<p class="faint">Reference ${requestId}</p>`}
    </section>`,
  );
}

export function notFoundPage() {
  return layout(
    {title: 'Not found'},
    html`<section class="card narrow">
      <h1>There is nothing here</h1>
      <p><a href="/">To the start</a></p>
    </section>`,
  );
}
