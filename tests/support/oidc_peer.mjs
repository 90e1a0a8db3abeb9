// A certified OpenID provider (npm `oidc-provider`) that signs its customer in and consents by itself.
// PKCE with S256 is required, `iss` is sent, refresh tokens rotate, and a spent one revokes its whole
// family.

import {generateKeyPairSync, randomBytes} from 'node:crypto';
import http from 'node:http';

import {secret} from './output.mjs';

/**
 * Starts listening. `register(client)` then makes the provider: {clientId, clientSecret, redirectUrl,
 * authMethod}. `firstLife` and `life`: seconds the access token of the first grant and of a refresh lives.
 * `people`: {sub: claims} of those who may sign in; `peer.person` is who does next.
 */
export async function startOidcPeer({firstLife = 600, life = 600, people = {}} = {}) {
  const {default: Provider} = await import('oidc-provider');
  const {default: MemoryAdapter} = await import('oidc-provider/lib/adapters/memory_adapter.js');
  let handle = (_, res) => res.writeHead(503).end();
  const server = http.createServer((req, res) => handle(req, res));
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  const peer = {
    url, host: url.slice('http://'.length), person: 'customer-1',
    tokenRequests: [], refreshes: 0, familiesRevoked: 0, userinfoCalls: 0, errors: [],
    settings: {
      authorize: `${url}/auth`, token: `${url}/token`, revoke: `${url}/token/revocation`,
      introspect: `${url}/token/introspection`, apiBase: url, issuer: url, pkce: 'required',
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };

  peer.register = ({clientId, clientSecret, redirectUrl, authMethod = 'client_secret_post'}) => {
    const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
    const isRefresh = (ctx) => ctx.oidc.params?.grant_type === 'refresh_token';
    const provider = new Provider(url, {
      adapter: class extends MemoryAdapter {},  // memory is what is meant: no warning
      clients: [{
        client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
        token_endpoint_auth_method: authMethod,
      }],
      jwks: {keys: [{...privateKey.export({format: 'jwk'}), use: 'sig', alg: 'RS256'}]},
      cookies: {keys: [randomBytes(16).toString('hex')]},
      features: {
        devInteractions: {enabled: false},
        introspection: {enabled: true},
        revocation: {enabled: true},
      },
      pkce: {required: () => true},
      rotateRefreshToken: true,
      issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
      expiresWithSession: async () => false,
      ttl: {
        AccessToken: (ctx) => (isRefresh(ctx) ? life : firstLife),
        AuthorizationCode: 60, Grant: 86_400, IdToken: 600, Interaction: 600,
        RefreshToken: 86_400, Session: 86_400,
      },
      findAccount: async (_, sub) => ({
        accountId: sub, claims: async () => ({sub, ...(people[sub] ?? {email: `${sub}@example.com`})}),
      }),
      claims: {openid: ['sub'], email: ['email', 'email_verified'], profile: ['name']},
      interactions: {url: (_, interaction) => `/interaction/${interaction.uid}`},
      async loadExistingGrant(ctx) {
        const grant = new ctx.oidc.provider.Grant({
          clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
        });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    provider.on('grant.success', (ctx) => {
      const {access_token: access, refresh_token: refresh} = ctx.body;
      secret('access token', access);
      secret('refresh token', refresh);
      if (isRefresh(ctx)) peer.refreshes += 1;
      peer.tokenRequests.push({...ctx.oidc.params});
      if (ctx.oidc.params.code_verifier) secret('verifier', ctx.oidc.params.code_verifier);
    });
    provider.on('grant.error', (ctx, error) => {
      peer.tokenRequests.push({...ctx.oidc.params});
      peer.errors.push(error.message);
    });
    provider.on('grant.revoked', () => (peer.familiesRevoked += 1));
    provider.on('server_error', (_, error) => peer.errors.push(error.stack));
    const callback = provider.callback();
    handle = (req, res) => {
      if (req.url.startsWith('/interaction/')) {
        const login = {login: {accountId: peer.person}};
        provider.interactionFinished(req, res, login, {mergeWithLastSubmission: false})
            .catch((error) => res.writeHead(500).end(error.message));
        return;
      }
      if (req.url === '/me') peer.userinfoCalls += 1;
      callback(req, res);
    };
  };
  return peer;
}
