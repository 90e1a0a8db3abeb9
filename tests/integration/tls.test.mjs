// Providers are spoken to over TLS with certificate and host name verified: whoever cannot show the
// right certificate gets neither a token nor a client secret (OA-15).

import assert from 'node:assert/strict';
import {once} from 'node:events';
import https from 'node:https';
import {after, before, describe, test} from 'node:test';

import {makeAuthority} from '../support/certificates.mjs';
import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';

const servers = {};
let authority;
let peer;
let gateway;

// Answers as a token endpoint and as an API, and counts what it was trusted with.
async function startServer(options) {
  const server = https.createServer(options, (request, response) => {
    server.requests += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ok: true, access_token: `token-over-tls-${server.requests}-abcdefgh`, token_type: 'bearer', expires_in: 1800}));
    request.resume();
  });
  server.requests = 0;
  server.on('tlsClientError', () => {});
  server.listen(0);  // both families: whichever localhost means
  await once(server, 'listening');
  server.url = `https://localhost:${server.address().port}`;
  return server;
}

before(async () => {
  authority = makeAuthority();
  servers.good = await startServer(authority.issue());
  servers['for another name'] = await startServer(authority.issue({names: 'DNS:other.example'}));
  servers['for a name that only begins alike'] = await startServer(authority.issue({names: 'DNS:localhost.example'}));
  servers['that expired'] = await startServer(authority.issue({days: -1}));
  servers['signed by itself'] = await startServer(authority.issue({selfSigned: true}));
  servers['of the right kind on TLS 1.1 only'] = await startServer({...authority.issue(), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0'});
  peer = await startOAuthPeer();
  gateway = await startGateway({
    egress: [peer.url, ...Object.values(servers).map(({url}) => url)], args: ['--ca-file', authority.file],
  });
});
after(async () => {
  await gateway?.stop();
  await peer?.stop();
  for (const server of Object.values(servers)) {
    server.closeAllConnections();
    server.close();
  }
  authority?.remove();
});

test('a good certificate of a known authority is accepted', async () => {
  const app = await gateway.createCustomApp('good', peer, servers.good.url, {settings: {token: `${servers.good.url}/token`}});
  await gateway.connect(app, 'u');
  assert.equal((await gateway.proxy('GET', app, 'u', '/x')).json.ok, true);
  assert.equal(servers.good.requests, 2);
});

for (const name of ['for another name', 'for a name that only begins alike', 'that expired', 'signed by itself', 'of the right kind on TLS 1.1 only']) {
  describe(`a certificate ${name}`, () => {
    test('gets no client secret: the exchange fails before a byte is sent', async () => {
      const server = servers[name];
      const app = await gateway.createCustomApp(`t-${server.address().port}`, peer, servers.good.url, {settings: {token: `${server.url}/token`}});
      const answer = await gateway.tryToConnect(app, 'u');
      assert.equal(answer.status, 502, answer.text);
      assert.equal(answer.json.code, 'upstream_unreachable');
      assert.equal(server.requests, 0);
    });

    test('gets no token: the call fails before a byte is sent', async () => {
      const server = servers[name];
      const app = await gateway.createCustomApp(`a-${server.address().port}`, peer, server.url);
      await gateway.connect(app, 'u');
      const answer = await gateway.proxy('GET', app, 'u', '/x');
      assert.equal(answer.status, 502, answer.text);
      assert.equal(answer.json.code, 'upstream_unreachable');
      assert.equal(server.requests, 0);
    });
  });
}

test('a second connection resumes the session of the first', async () => {
  const resumed = [];
  const onConnection = (socket) => resumed.push(socket.isSessionReused());
  servers.good.on('secureConnection', onConnection);
  const onRequest = (_, response) => response.setHeader('connection', 'close');
  servers.good.prependListener('request', onRequest);
  const app = await gateway.createCustomApp('resume', peer, servers.good.url);
  await gateway.connect(app, 'u');
  // Two workers may take turns, each with a pool of its own.
  for (let i = 0; i < 8; i += 1) assert.equal((await gateway.proxy('GET', app, 'u', '/x')).status, 200);
  servers.good.off('secureConnection', onConnection);
  servers.good.off('request', onRequest);
  assert.ok(resumed.length >= 7, `${resumed}`);
  assert.ok(resumed.filter(Boolean).length >= resumed.length - 3, `${resumed}`);
});

test('without that authority nobody is trusted', async () => {
  const plain = await startGateway({egress: [peer.url, servers.good.url]});
  try {
    const app = await plain.createCustomApp('plain', peer, servers.good.url);
    await plain.connect(app, 'u');
    const earlier = servers.good.requests;
    assert.equal((await plain.proxy('GET', app, 'u', '/x')).status, 502);
    assert.equal(servers.good.requests, earlier);
  } finally {
    await plain.stop();
  }
});

test('plain http to a public name is refused whatever the app says', async () => {
  const answer = await gateway.call('POST', '/v1/apps', {json: {
    slug: 'http', provider: 'oauth2', clientId: 'c', clientSecret: 'not-a-secret', scopes: ['x'],
    settings: {authorize: 'https://a.example/a', token: 'http://a.example/t', apiBase: 'http://a.example'}}});
  if (answer.status === 201) {
    // Registered, as the operator might still permit it; but never dialled.
    const callback = await gateway.tryToConnect({...answer.json, slug: 'http'}, 'u').catch((error) => error);
    assert.ok(callback instanceof Error || callback.status >= 400);
  } else {
    assert.equal(answer.status, 400, answer.text);
  }
});
