// A company's own page, as a customer sees it: loads the browser SDK from the gateway under a strict
// policy of its own, and has a button. `window.outcome` is what came of the last press, `window.heard`
// every message of any window.

import http from 'node:http';

const page = (gateway, script) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Acme</title>
<script src="${gateway}/connect.js"></script><script src="/${script}.js" defer></script></head>
<body><main><h1>Integrations</h1>${script === 'ready' ? '<div id="ready"></div>' : '<button id="go" type="button">Go</button>'}</main></body></html>`;

const scripts = {
  // One press, one call of `Wayleave.connect`.
  page: `
    window.heard = [];
    addEventListener('message', ({origin, data}) => heard.push({origin, data}));
    document.querySelector('#go').addEventListener('click', () => {
      window.outcome = undefined;
      const {lateLink, ...options} = window.settings;
      if (lateLink) options.link = () => new Promise((done) => setTimeout(done, 50, lateLink));
      Wayleave.connect(options).then(
        (result) => { window.outcome = result; },
        ({name, code, reason}) => { window.outcome = {name, code, reason}; });
    });`,
  // The ready button.
  ready: `
    window.states = [];
    window.ready = Wayleave.button(document.querySelector('#ready'), {
      provider: 'Acme CRM', mode: 'popup',
      fetchLink: async () => { const answer = await fetch('/link'); if (!answer.ok) throw new Error('no link'); return answer.text(); },
      onState: (state) => states.push(state),
      onConnected: (result) => { window.outcome = result; },
      onError: ({code}) => { window.outcome = {code}; },
    });`,
  none: '',
};

/** Starts one for that gateway. `page.link` is what its backend gives at /link; undefined: it fails. */
export async function startSaasPage(gateway, {headers = {}} = {}) {
  const saas = {link: undefined, html: undefined};
  const server = http.createServer((req, res) => {
    const {pathname} = new URL(req.url, 'http://x');
    const script = /^\/(\w+)\.js$/.exec(pathname)?.[1];
    if (script in scripts) {
      res.writeHead(200, {'content-type': 'text/javascript'}).end(scripts[script]);
    } else if (pathname === '/link') {
      res.writeHead(saas.link ? 200 : 503, {'content-type': 'text/plain'}).end(saas.link ?? 'no');
    } else {
      res.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `default-src 'none'; script-src 'self' ${gateway.url}; connect-src 'self' ${gateway.url}; ` +
          `style-src 'self'; img-src 'self' data:; frame-src ${gateway.url}; base-uri 'none'`,
        ...headers,
      }).end(saas.html ?? page(gateway.url, pathname.slice(1) || 'page'));
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  saas.url = `http://127.0.0.1:${server.address().port}`;
  saas.stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return saas;
}
