// A small scriptable authorization server: it consents at once, and its token endpoint answers what
// the test wants, lies included. For a faithful one see oidc_peer.mjs.

import {createHash, randomBytes} from 'node:crypto';
import http from 'node:http';

import {secret} from './output.mjs';

const fresh = (kind) => secret(kind, `${kind.replace(' ', '-')}-${randomBytes(24).toString('base64url')}`);

/**
 * Starts it. `peer.onToken` may be set to a function (form, usual) that returns the answer to a token
 * request as {status, headers, body} (body as text or as an object), or `undefined` to hang up without
 * one; `usual()` makes the lawful answer. `grace`: ms in which a spent refresh token is taken again;
 * what it gave before is then spent as well.
 */
export async function startOAuthPeer({expiresIn = 1800, rotate = true, grace = 0, iss} = {}) {
  const codes = new Map();
  const peer = {
    tokenRequests: [], revoked: [], refreshes: 0, onToken: undefined, expiresIn, iss,
    liveRefreshTokens: new Set(), accessTokens: new Set(), spent: 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };

  // The chain of one consent: {live, spentAt: Map(token -> when)}.
  const chains = new Map();

  // Whether that refresh token is good; what it is good for is spent by it.
  function takes(token) {
    const chain = chains.get(token);
    const since = performance.now() - (chain?.spentAt.get(token) ?? -Infinity);
    if (!peer.liveRefreshTokens.has(token) && since >= grace) return false;
    if (rotate && chain) {
      if (!chain.spentAt.has(chain.live)) chain.spentAt.set(chain.live, performance.now());
      peer.liveRefreshTokens.delete(chain.live);
    }
    return true;
  }

  function remember(before, token) {
    const chain = chains.get(before) ?? {spentAt: new Map()};
    chain.live = token;
    chains.set(token, chain);
    peer.liveRefreshTokens.add(token);
  }

  function usual(form) {
    if (form.grant_type === 'authorization_code') {
      const code = codes.get(form.code);
      codes.delete(form.code);
      const challenge = form.code_verifier &&
          createHash('sha256').update(form.code_verifier).digest('base64url');
      if (!code || code.redirectUri !== form.redirect_uri || code.challenge !== challenge) {
        return {status: 400, body: {error: 'invalid_grant'}};
      }
    } else if (form.grant_type === 'refresh_token') {
      if (!takes(form.refresh_token)) {
        peer.spent += 1;
        return {status: 400, body: {error: 'invalid_grant'}};
      }
      peer.refreshes += 1;
    } else {
      return {status: 400, body: {error: 'unsupported_grant_type'}};
    }
    const answer = {
      token_type: 'Bearer',
      access_token: fresh('access token'),
      expires_in: peer.expiresIn,
      refresh_token: rotate || !form.refresh_token ? fresh('refresh token') : form.refresh_token,
    };
    peer.accessTokens.add(answer.access_token);
    remember(form.refresh_token, answer.refresh_token);
    return {status: 200, body: answer};
  }

  async function token(req, res) {
    let text = '';
    for await (const chunk of req) text += chunk;
    const form = Object.fromEntries(new URLSearchParams(text));
    for (const [name, kind] of [['code_verifier', 'verifier'], ['client_secret', 'client secret']]) {
      if (form[name]) secret(kind, form[name]);
    }
    peer.tokenRequests.push(form);
    const answer = peer.onToken ? await peer.onToken(form, () => usual(form)) : usual(form);
    if (answer === undefined) return req.socket.destroy();
    const {status, headers = {'content-type': 'application/json'}, body} = answer;
    res.writeHead(status, headers);
    res.end(typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body);
  }

  const server = http.createServer((req, res) => {
    const url = new URL(req.url, peer.url);
    if (url.pathname === '/token' && req.method === 'POST') {
      token(req, res).catch(() => req.socket.destroy());
    } else if (url.pathname === '/revoke') {
      let text = '';
      req.on('data', (chunk) => (text += chunk));
      req.on('end', () => {
        peer.revoked.push(Object.fromEntries(new URLSearchParams(text)));
        res.writeHead(200).end();
      });
    } else if (url.pathname === '/authorize') {
      const {redirect_uri: redirectUri, state, code_challenge: challenge} =
          Object.fromEntries(url.searchParams);
      const code = fresh('code');
      codes.set(code, {redirectUri, challenge});
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      if (state) back.searchParams.set('state', state);
      if (peer.iss) back.searchParams.set('iss', peer.iss);
      res.writeHead(302, {location: back.href}).end();
    } else {
      res.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  peer.host = `127.0.0.1:${server.address().port}`;
  peer.url = `http://${peer.host}`;
  /** The settings of an app of provider `oauth2` that uses this server and that API. */
  peer.settings = (apiBase, extra = {}) => ({
    authorize: `${peer.url}/authorize`, token: `${peer.url}/token`, revoke: `${peer.url}/revoke`,
    apiBase, ...extra,
  });
  return peer;
}
