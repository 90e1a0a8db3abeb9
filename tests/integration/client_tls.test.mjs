// TLS for clients of the gateway: what it speaks and refuses (OP-08), that a new certificate costs no
// request, that slow readers hold bounded memory (DS-03), and what operators are told.

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {readFileSync, writeFileSync} from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import tls from 'node:tls';
import {promisify} from 'node:util';

import {makeAuthority} from '../support/certificates.mjs';
import {startGateway} from '../support/gateway.mjs';
import {request, splitUrl, trust} from '../support/http.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {runOnce} from '../support/process.mjs';
import {rawExchange} from '../support/raw_client.mjs';
import {eventually} from '../support/wait.mjs';

const run = promisify(execFile);
const names = 'DNS:localhost,IP:127.0.0.1';
let authority;
let chain;
let key;
let upstream;
let peer;
let gateway;
let app;
const upstreamSockets = new Set();

/** Puts a certificate where the gateway reads it. */
function install({cert, key: privateKey}) {
  writeFileSync(chain, cert);
  writeFileSync(key, privateKey, {mode: 0o600});
}

// An API over TLS: echoes bodies, or sends without end.
async function startApi(identity) {
  const server = https.createServer(identity, (incoming, response) => {
    if (incoming.url === '/endless') {
      const block = Buffer.alloc(64 * 1024, 'e');
      const pour = () => { while (response.write(block)); };
      response.on('drain', pour);
      return pour();
    }
    response.writeHead(200, {'content-type': 'application/octet-stream'});
    return incoming.pipe(response);
  });
  server.on('tlsClientError', () => {});
  server.on('secureConnection', (socket) => upstreamSockets.add(socket));
  server.listen(0);
  await once(server, 'listening');
  server.url = `https://localhost:${server.address().port}`;
  return server;
}

before(async () => {
  authority = makeAuthority();
  trust(readFileSync(authority.file));
  chain = path.join(path.dirname(authority.file), 'served.pem');
  key = path.join(path.dirname(authority.file), 'served.key');
  install(authority.issue({names}));
  upstream = await startApi(authority.issue());
  peer = await startOAuthPeer();
  gateway = await startGateway({
    egress: [peer.url, upstream.url],
    args: ['--ca-file', authority.file, '--tls-cert', chain, '--tls-key', key],
  });
  app = await gateway.createCustomApp('api', peer, upstream.url);
  await gateway.connect(app, 'u');
});
after(async () => {
  await gateway?.stop();
  await peer?.stop();
  upstream?.closeAllConnections();
  upstream?.close();
  authority?.remove();
});

const where = () => splitUrl(gateway.url);

/** A TLS connection to the gateway; rejects when it is refused. */
function dial(options = {}) {
  const {host, port} = where();
  return new Promise((resolve, reject) => {
    const socket = tls.connect({host, port, ca: readFileSync(authority.file), ...options});
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

const serialShown = async () => {
  const socket = await dial();
  const {serialNumber} = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
};

test('it listens on https, and links lead there unless told otherwise', () => {
  assert.match(gateway.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.ok(app.redirectUrl.startsWith(gateway.url), app.redirectUrl);
});

test('curl reaches it and verifies it', async () => {
  const {stdout} = await run('curl', ['-sS', '--cacert', authority.file, '-w', '%{http_version} %{ssl_verify_result}', '-o', '/dev/null', `${gateway.url}/healthz`]);
  assert.equal(stdout, '1.1 0');
});

test('a megabyte goes both ways, over TLS on both sides', async () => {
  const body = randomBytes(1 << 20);
  const answer = await gateway.proxy('POST', app, 'u', '/echo', {body});
  assert.equal(answer.status, 200, answer.text.slice(0, 200));
  assert.ok(answer.bytes.equals(body));
});

test('a client resumes its session', async () => {
  const first = await dial({maxVersion: 'TLSv1.3'});
  const session = once(first, 'session');
  first.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const [ticket] = await session;
  first.destroy();
  const second = await dial({session: ticket});
  assert.equal(second.isSessionReused(), true);
  second.destroy();
});

describe('what it refuses (OP-08)', () => {
  test('TLS 1.1 and older', async () => {
    for (const version of ['TLSv1', 'TLSv1.1']) {
      await assert.rejects(dial({minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0'}), /protocol version|ERR_SSL|ECONNRESET/);
    }
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const socket = await dial({minVersion: version, maxVersion: version});
      assert.equal(socket.getProtocol(), version);
      socket.destroy();
    }
  });

  test('a client that only speaks HTTP/2', async () => {
    const socket = await dial({ALPNProtocols: ['h2', 'http/1.1']});
    assert.equal(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
    await assert.rejects(dial({ALPNProtocols: ['h2']}), /no application protocol/i);
  });

  test('ciphers without forward secrecy or authentication of what they hide', async () => {
    for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA256']) {
      await assert.rejects(dial({maxVersion: 'TLSv1.2', ciphers}), /handshake failure/);
    }
  });

  test('renegotiation', async () => {
    const socket = await dial({maxVersion: 'TLSv1.2'});
    socket.on('error', () => {});
    const outcome = await new Promise((resolve) => {
      socket.renegotiate({rejectUnauthorized: false}, (error) => resolve(error ? 'refused' : 'renegotiated'));
      socket.once('close', () => resolve('refused'));
    });
    assert.equal(outcome, 'refused');
    socket.destroy();
  });

  test('plain HTTP, saying what to do', async () => {
    const {text, closed} = await rawExchange(gateway.url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(text, /^HTTP\/1\.1 400 /);
    assert.match(text, /https:\/\//);
    assert.equal(closed, true);
  });
});

describe('a new certificate', () => {
  test('is taken up at SIGHUP without a failed request, and connections keep theirs', async () => {
    const agent = new https.Agent({keepAlive: true, maxSockets: 4, ca: readFileSync(authority.file)});
    const old = await serialShown();
    const kept = await dial();
    const failures = [];
    let calls = 0;
    let stop = false;
    // Half of them on kept connections, half on a new one each.
    const load = Array.from({length: 8}, async (_, i) => {
      while (!stop) {
        await request('GET', `${gateway.url}/healthz`, {agent: i % 2 ? agent : undefined}).then(
            ({status}) => status === 200 || failures.push(status), (error) => failures.push(error));
        calls += 1;
      }
    });
    for (let round = 0; round < 3; round += 1) {
      const before = await serialShown();
      install(authority.issue({names}));
      process.kill(gateway.pid, 'SIGHUP');
      await eventually('the new certificate is shown', async () => (await serialShown()) !== before);
      const target = calls + 50;
      await eventually('calls go on', () => calls >= target);
    }
    stop = true;
    await Promise.all(load);
    agent.destroy();
    assert.deepEqual(failures, []);
    kept.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    const [data] = await once(kept, 'data');
    assert.match(data.toString(), /^HTTP\/1\.1 200 /);
    assert.equal(kept.getPeerCertificate().serialNumber, old);
    kept.destroy();
  });

  test('that does not hold changes nothing and is logged', async () => {
    const before = await serialShown();
    const good = {cert: readFileSync(chain), key: readFileSync(key)};
    const refusals = () => gateway.server.errors().split('reload.refused').length;
    for (const broken of [{...good, key: authority.issue({names}).key}, {...good, cert: 'no certificate'}]) {
      const seen = refusals();
      install(broken);
      process.kill(gateway.pid, 'SIGHUP');
      await eventually('it is logged', () => refusals() > seen);
      assert.equal(await serialShown(), before);
    }
    install(good);
  });
});

test('slow readers over TLS hold bounded memory (DS-03)', async () => {
  const readers = 40;
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))[1]);
  const before = memory();
  const sockets = await Promise.all(Array.from({length: readers}, () => dial()));
  for (const socket of sockets) {
    socket.pause();
    socket.write(`GET /proxy/api/endless HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.admin}\r\nWayleave-User: u\r\n\r\n`);
  }
  // The API is told to stop once the gateway takes no more: its buffers fill and stay so.
  let last = -1;
  await eventually('nothing moves any more', async () => {
    const sent = [...upstreamSockets].reduce((sum, {bytesWritten}) => sum + bytesWritten, 0);
    const still = sent === last && sent > readers * 64 * 1024;
    last = sent;
    return still;
  }, {every: 500, timeout: 30_000});
  const grown = memory() - before;
  assert.ok(grown < readers * 512, `${readers} readers cost ${grown} KiB`);
  sockets.forEach((socket) => socket.destroy());
});

describe('operators are told', () => {
  const start = (...args) => runOnce(['serve', '--listen', '127.0.0.1:0', ...args]);

  test('which option is wrong', async () => {
    for (const [args, code, words] of [
      [['--tls-cert', chain], 2, /--tls-cert is given without --tls-key/],
      [['--tls-cert', '/no/such.pem', '--tls-key', key], 1, /--tls-cert: cannot read \/no\/such\.pem/],
      [['--tls-cert', chain, '--tls-key', chain], 1, /--tls-key: .* no readable private key/],
    ]) {
      const {code: ended, stderr} = await start(...args);
      assert.equal(ended, code, stderr);
      assert.match(stderr, words);
    }
  });

  test('by the doctor: an expired certificate, a key that does not fit, another name', async () => {
    const folder = path.dirname(authority.file);
    const [cert, privateKey] = [path.join(folder, 'other.pem'), path.join(folder, 'other.key')];
    const examine = async (...args) => {
      const {stdout} = await runOnce(['doctor', '--json', '--listen', '127.0.0.1:0', '--tls-cert', cert, '--tls-key', privateKey, ...args]);
      return JSON.parse(stdout).checks.find(({name}) => name === 'certificate for clients');
    };
    const write = (issued) => {
      writeFileSync(cert, issued.cert);
      writeFileSync(privateKey, issued.key, {mode: 0o600});
    };
    write(authority.issue({days: 60}));
    assert.equal((await examine('--public-url', 'https://localhost')).state, 'ok');
    assert.match((await examine('--public-url', 'https://a.example')).detail, /not for a\.example/);
    write(authority.issue({days: 3}));
    assert.equal((await examine()).state, 'warn');
    write(authority.issue({days: -1}));
    assert.match((await examine()).detail, /^expired/);
    writeFileSync(privateKey, authority.issue().key);
    const mismatch = await examine();
    assert.equal(mismatch.state, 'fail');
    assert.match(mismatch.detail, /is not the key/);
  });
});
