// The transparent proxy carries bytes: nothing that an end-to-end HTTP message holds is changed on the
// way, nothing of ours or of the caller's secrets goes along, and nothing is kept in memory
// (contract section 4, HT-12…HT-22).

import assert from 'node:assert/strict';
import {createHash, randomBytes} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import {Readable} from 'node:stream';
import {after, before, beforeEach, describe, test} from 'node:test';
import {gzipSync} from 'node:zlib';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {splitUrl} from '../support/http.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {rawExchange} from '../support/raw_client.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';
import {eventually} from '../support/wait.mjs';

const user = 'kunde nr/1';
const at = `/@${encodeURIComponent(user)}`;
let peer;
let api;
let sandbox;
let gateway;
let app;
let crm;

before(async () => {
  peer = await startOAuthPeer();
  api = await startRecordingUpstream();
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox, egress: [peer.url, api.url]});
  app = await gateway.createCustomApp('plain', peer, api.url);
  crm = await gateway.createApp({slug: 'crm'});
  await gateway.connect(app, user);
  await gateway.connect(crm, user);
});
after(async () => {
  await gateway?.stop();
  await Promise.all([peer, api, sandbox].map((each) => each?.stop()));
});
beforeEach(() => api.reset());

const call = (method, target, options) => gateway.call(method, `/proxy/plain${at}${target}`, options);
const respond = (head, body = '') => {
  const bytes = Buffer.from(body);
  api.answer = Buffer.concat([
    Buffer.from(`HTTP/1.1 ${head}\r\nContent-Length: ${bytes.length}\r\n\r\n`, 'latin1'), bytes]);
};
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

describe('the request', () => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'MERGE', 'PURGE']) {
    test(`${method} arrives as ${method}`, async () => {
      const answer = await call(method, '/thing');
      assert.equal(answer.status, 200, answer.text);
      assert.equal(api.requests[0].method, method);
    });
  }

  for (const target of ['/a%2Fb%20c?q=a%2Fb', '/a?', '/?x', '/a;b=c/d:e@f!$&\'()*+,=?q=/?:@!$\'()*,;', '/a//b', '/%e2%82%ac?%00=%0a',
                        '/trailing/', '/a?b=c&b=d&&e', '/UPPER%2f%2F', '/~tilde/-._', '/a+b?c+d=e%2Bf']) {
    test(`the path ${target} arrives byte for byte (PX-11)`, async () => {
      const answer = await call('GET', target);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(api.requests[0].target, target);
    });
  }

  for (const target of ['/v1/../admin', '/v1/%2e%2e/admin', '/v1/..%2fadmin', '/./x', '/..//evil.example', '//evil.example/x', '/%2e%2e', '/a/%2E./b']) {
    test(`the path ${target} is forwarded as it is or refused, never rewritten (PX-03, PX-11)`, async () => {
      const answer = await call('GET', target);
      if (answer.status === 200) assert.equal(api.requests[0].target, target);
      else {
        assert.equal(answer.status, 400, answer.text);
        assert.equal(api.requests.length, 0);
      }
    });
  }

  test('the Wayleave-User form and the @user form reach the same place', async () => {
    await call('GET', '/x?y=1');
    await gateway.proxy('GET', app, user, '/x?y=1');
    assert.equal(api.requests[0].head, api.requests[1].head);
  });

  test('end-to-end fields go through as written, several of one name too', async () => {
    await call('GET', '/x', {headers: {
      Accept: 'application/vnd.api+json; v="1,2"', 'Accept-Language': 'de-CH, de;q=0.9', 'If-None-Match': 'W/"ab,c"',
      Range: 'bytes=0-99', 'User-Agent': 'their-client/1.0 (x; y)', 'X-Custom': ['one', 'two, three'],
      'Idempotency-Key': 'abc', Via: '1.1 somebody',
    }});
    const [request] = api.requests;
    assert.equal(request.field('accept'), 'application/vnd.api+json; v="1,2"');
    assert.equal(request.field('accept-language'), 'de-CH, de;q=0.9');
    assert.equal(request.field('if-none-match'), 'W/"ab,c"');
    assert.equal(request.field('range'), 'bytes=0-99');
    assert.equal(request.field('user-agent'), 'their-client/1.0 (x; y)');
    assert.equal(request.field('idempotency-key'), 'abc');
    assert.deepEqual(request.fields.filter(([name]) => name.toLowerCase() === 'x-custom').map(([, value]) => value),
                     ['one', 'two, three']);
  });

  test('the caller\'s key, cookies and control fields stay here; the user\'s token goes (HT-15, HT-16)', async () => {
    await call('GET', '/x', {headers: {
      cookie: 'session=abc', 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'evil.example', forwarded: 'for=1.2.3.4',
      'proxy-authorization': 'Basic eA==', 'wayleave-retries': '0', 'wayleave-timeout': '30',
    }});
    const [request] = api.requests;
    assert.ok(!request.head.includes(gateway.admin));
    assert.ok(!/^(cookie|x-forwarded|forwarded|proxy-|wayleave-)/im.test(request.head), request.head);
    assert.equal(request.field('host'), api.host);
    const token = request.field('authorization').replace(/^Bearer /, '');
    assert.ok(peer.accessTokens.has(token));
  });

  test('hop-by-hop fields stop here, whatever Connection names (HT-13)', async () => {
    const {host, port} = splitUrl(gateway.url);
    await new Promise((resolve, reject) => {
      const request = http.request({host, port, path: `/proxy/plain${at}/x`, headers: {
        authorization: `Bearer ${gateway.admin}`, connection: 'close, X-Secret', 'x-secret': '1', 'keep-alive': 'timeout=5',
        te: 'trailers', upgrade: 'websocket', 'proxy-connection': 'keep-alive', 'x-kept': 'yes',
      }}, (answer) => answer.resume().on('end', resolve));
      request.on('error', reject).end();
    });
    const [request] = api.requests;
    assert.ok(!/^(x-secret|keep-alive|te|upgrade|proxy-connection|trailer):/im.test(request.head), request.head);
    assert.equal(request.field('x-kept'), 'yes');
  });

  test('Connection cannot strip what the gateway adds (HT-14)', async () => {
    await call('POST', '/x', {body: 'abc', headers: {connection: 'authorization, host, content-length'}});
    const [request] = api.requests;
    assert.match(request.field('authorization'), /^Bearer /);
    assert.equal(request.field('host'), api.host);
    assert.equal(request.body.toString(), 'abc');
  });

  test('a body of any bytes arrives with its type', async () => {
    const body = randomBytes(300_001);
    await call('PUT', '/photo', {body, headers: {'content-type': 'image/jpeg'}});
    const [request] = api.requests;
    assert.equal(request.field('content-type'), 'image/jpeg');
    assert.equal(request.field('content-length'), '300001');
    assert.equal(sha256(request.body), sha256(body));
  });

  test('a chunked body arrives whole', async () => {
    const pieces = Array.from({length: 50}, (_, i) => randomBytes(1 + i * 97));
    await call('POST', '/stream', {body: Readable.from(pieces), headers: {'transfer-encoding': 'chunked'}});
    assert.equal(sha256(api.requests[0].body), sha256(Buffer.concat(pieces)));
  });

  test('Expect: 100-continue is answered and the body then goes through (HT-11)', async () => {
    const {host, port} = splitUrl(gateway.url);
    let continued = false;
    const status = await new Promise((resolve, reject) => {
      const request = http.request({host, port, method: 'POST', path: `/proxy/plain${at}/x`, headers: {
        authorization: `Bearer ${gateway.admin}`, expect: '100-continue', 'content-length': '5',
      }}, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
      request.on('continue', () => {
        continued = true;
        request.end('hello');
      });
      request.on('error', reject);
      request.flushHeaders();
    });
    assert.equal(status, 200);
    assert.ok(continued);
    assert.equal(api.requests[0].body.toString(), 'hello');
  });
});

describe('the answer', () => {
  test('a 20-digit integer arrives as written, through the envelope too', async () => {
    const body = '{"id":12345678901234567890,"price":1.10,"big":1e400,"u":"\\u00e9\\/"}';
    respond('200 OK\r\nContent-Type: application/json', body);
    assert.equal((await call('GET', '/x')).text, body);
    const enveloped = await gateway.call('POST', '/api/raw/plain', {json: {userForeignIdentifier: user, method: 'GET', url: '/x'}});
    assert.equal(enveloped.text.replace(/\s/g, ''), `{"data":${body}}`);
  });

  test('a 20-digit integer in an envelope\'s body arrives at the provider as written', async () => {
    const answer = await gateway.call('POST', '/api/raw/plain', {
      body: `{"userForeignIdentifier":${JSON.stringify(user)},"method":"POST","url":"/x","body":{"id":12345678901234567890,"a":[1.10]}}`,
      headers: {'content-type': 'application/json'},
    });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(api.requests[0].body.toString().replace(/\s/g, ''), '{"id":12345678901234567890,"a":[1.10]}');
    assert.match(api.requests[0].field('content-type'), /^application\/json/);
  });

  test('an envelope around what is not JSON holds it as a string', async () => {
    respond('200 OK\r\nContent-Type: text/plain; charset=utf-8', 'naïve "text"\n');
    const answer = await gateway.call('POST', '/api/raw/plain', {json: {userForeignIdentifier: user, method: 'GET', url: '/x'}});
    assert.deepEqual(answer.json, {data: 'naïve "text"\n'});
  });

  test('the fields rivals lose arrive: ETag, Link, Retry-After, rate limits, any of one name', async () => {
    respond('429 Slow Down\r\nETag: W/"x,y"\r\nLink: <https://api.example/p2>; rel="next", <https://api.example/p9>; rel="last"\r\n' +
            'Retry-After: 7\r\nX-RateLimit-Remaining: 0\r\nX-HubSpot-RateLimit-Max: 110\r\nWarning: 1\r\nWarning: 2\r\n' +
            'Content-Type: application/problem+json\r\nX-Odd: caf\xe9', '{}');
    const answer = await call('GET', '/x');
    assert.equal(answer.status, 429);
    assert.equal(answer.header('etag'), 'W/"x,y"');
    assert.equal(answer.header('link'), '<https://api.example/p2>; rel="next", <https://api.example/p9>; rel="last"');
    assert.equal(answer.header('retry-after'), '7');
    assert.equal(answer.header('x-ratelimit-remaining'), '0');
    assert.equal(answer.header('x-hubspot-ratelimit-max'), '110');
    assert.equal(answer.header('warning'), '1, 2');
    assert.equal(answer.header('content-type'), 'application/problem+json');
    assert.equal(Buffer.from(answer.header('x-odd'), 'latin1').toString('hex'), '636166e9');
    assert.equal(answer.header('wayleave-error'), undefined);
  });

  test('image/jpeg stays image/jpeg and its bytes stay its bytes', async () => {
    const picture = randomBytes(70_003);
    respond('200 OK\r\nContent-Type: image/jpeg', picture);
    const answer = await call('GET', '/photo');
    assert.equal(answer.header('content-type'), 'image/jpeg');
    assert.equal(sha256(answer.bytes), sha256(picture));
  });

  test('a compressed body is not decompressed', async () => {
    const packed = gzipSync('hello hello hello');
    respond('200 OK\r\nContent-Encoding: gzip', packed);
    const answer = await call('GET', '/x', {headers: {'accept-encoding': 'gzip'}});
    assert.equal(answer.header('content-encoding'), 'gzip');
    assert.deepEqual(answer.bytes, packed);
  });

  test('cookies, CORS and hop-by-hop fields of the provider stop here (HT-13, HT-19)', async () => {
    respond('200 OK\r\nSet-Cookie: session=evil; Path=/\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\n' +
            'Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nX-Kept: yes', 'ok');
    const answer = await call('GET', '/x');
    for (const name of ['set-cookie', 'access-control-allow-origin', 'access-control-allow-credentials', 'x-hop', 'proxy-authenticate']) {
      assert.equal(answer.header(name), undefined, name);
    }
    assert.equal(answer.header('x-kept'), 'yes');
    assert.equal(answer.text, 'ok');
  });

  test('a redirect is passed on, not followed (PX-07)', async () => {
    respond('302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/');
    const answer = await call('GET', '/x');
    assert.equal(answer.status, 302);
    assert.equal(answer.header('location'), 'http://169.254.169.254/latest/meta-data/');
    assert.equal(api.requests.length, 1);
  });

  test('HEAD has the length of what GET would bring and no body (HT-21)', async () => {
    api.answer = 'HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nETag: "h"\r\n\r\n';
    const agent = new http.Agent({keepAlive: true, maxSockets: 1});
    const head = await call('HEAD', '/x', {agent});
    assert.equal(head.header('content-length'), '12345');
    assert.equal(head.size, 0);
    api.answer = api.plain;
    assert.equal((await call('GET', '/x', {agent})).text, '{"ok":true}');
    agent.destroy();
  });

  for (const [status, fields] of [['204 No Content', ''], ['304 Not Modified', 'ETag: "same"\r\nContent-Length: 99\r\n']]) {
    test(`${status} has no body, and the next answer on that connection is the right one (HT-21)`, async () => {
      api.answer = `HTTP/1.1 ${status}\r\n${fields}\r\n`;
      const agent = new http.Agent({keepAlive: true, maxSockets: 1});
      const answer = await call('GET', '/x', {agent});
      assert.equal(answer.status, parseInt(status, 10));
      assert.equal(answer.size, 0);
      api.answer = api.plain;
      assert.equal((await call('GET', '/x', {agent})).text, '{"ok":true}');
      agent.destroy();
    });
  }

  test('an interim 103 is not taken for the answer', async () => {
    api.answer = `HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n${api.plain}`;
    const answer = await call('GET', '/x');
    assert.equal(answer.status, 200);
    assert.equal(answer.text, '{"ok":true}');
  });

  test('a chunked answer and one ended by closing arrive whole', async () => {
    api.answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n';
    assert.equal((await call('GET', '/x')).text, 'hello world');
    api.answer = (_, socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end');
    assert.equal((await call('GET', '/x')).text, 'until the end');
  });

  test('bytes are passed on as they come, not when the answer is complete', async () => {
    let finish;
    api.answer = (_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: 1\n\r\n');
      finish = () => socket.write('8\r\ndata: 2\n\r\n0\r\n\r\n');
    };
    const received = [];
    const answer = await call('GET', '/events', {onData: (chunk) => {
      received.push(chunk.toString());
      if (received.length === 1) finish();  // the second event exists only after the first came
    }});
    assert.equal(answer.status, 200);
    assert.equal(received.join(''), 'data: 1\ndata: 2\n');
  });
});

describe('a provider that misbehaves', () => {
  const bad = {
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc',
    'a length and chunks': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a length that is no number': 'HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc',
    'an unknown coding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: cow\r\n\r\nabc',
    'a folded field': 'HTTP/1.1 200 OK\r\nX-A: 1\r\n  2\r\nContent-Length: 0\r\n\r\n',
    'a bare CR in a field': 'HTTP/1.1 200 OK\r\nX-A: 1\rX-B: 2\r\nContent-Length: 0\r\n\r\n',
    'a NUL in a field': 'HTTP/1.1 200 OK\r\nX-A: 1\x002\r\nContent-Length: 0\r\n\r\n',
    'a space before the colon': 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n',
    'no status line': 'hello\r\n\r\n',
    'another version': 'HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n',
    'a status of four digits': 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
    'a head without end': `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(200_000)}`,
  };
  for (const [name, bytes] of Object.entries(bad)) {
    test(`${name} is answered with 502 and that connection is not used again (HT-18)`, async () => {
      api.answer = bytes;
      const answer = await call('GET', '/x');
      assert.equal(answer.status, 502, answer.text);
      assert.equal(answer.json.code, 'upstream_invalid');
      assert.equal(answer.header('wayleave-error'), 'upstream_invalid');
      const earlier = api.connections;
      api.answer = api.plain;
      assert.equal((await call('GET', '/x')).status, 200);
      assert.ok(api.connections > earlier);
    });
  }

  const cuts = {
    'in the middle of a length': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf',
    'in the middle of a chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf',
    'between chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
  };
  for (const [name, bytes] of Object.entries(cuts)) {
    test(`an answer cut ${name} looks cut (HT-20)`, async () => {
      api.answer = (_, socket) => void socket.end(bytes);
      await assert.rejects(call('GET', '/x'));
      api.answer = api.plain;
      assert.equal((await call('GET', '/x')).status, 200);
    });
  }

  test('bytes after an answer never reach the next caller (HT-21)', async () => {
    api.answer = `${api.plain}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL`;
    assert.equal((await call('GET', '/x')).text, '{"ok":true}');
    api.answer = api.plain;
    for (let i = 0; i < 5; i += 1) assert.equal((await call('GET', '/x')).text, '{"ok":true}');
  });

  test('a POST whose answer never comes is not sent twice (HT-22)', async () => {
    api.answer = (_, socket) => void socket.destroy();
    const answer = await call('POST', '/pay', {json: {amount: 1}});
    assert.equal(answer.status, 502, answer.text);
    assert.equal(api.requests.length, 1);
  });

  test('connections the provider closed are noticed, and callers see nothing of it', async () => {
    api.answer = (_, socket) => void socket.end(api.plain);
    for (let i = 0; i < 20; i += 1) assert.equal((await call('GET', '/x')).status, 200);
  });

  test('Wayleave-Retries repeats what may be repeated, and only that', async () => {
    let left = 2;
    const busy = 'HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 4\r\n\r\nbusy';
    api.answer = () => (left-- > 0 ? busy : api.plain);
    assert.equal((await call('GET', '/x', {headers: {'wayleave-retries': '3'}})).status, 200);
    assert.equal(api.requests.length, 3);
    api.reset();
    api.answer = busy;
    assert.equal((await call('GET', '/x')).text, 'busy', 'none by default');
    assert.equal((await call('POST', '/x', {body: 'x', headers: {'wayleave-retries': '3'}})).status, 503);
    assert.equal(api.requests.length, 2);
  });

  test('Wayleave-Timeout ends the waiting with 504', async () => {
    api.answer = () => undefined;
    const started = Date.now();
    const answer = await call('GET', '/x', {headers: {'wayleave-timeout': '1'}});
    assert.equal(answer.status, 504, answer.text);
    assert.equal(answer.json.code, 'upstream_timeout');
    assert.ok(Date.now() - started < 10_000);
  });

  for (const [name, value] of [['wayleave-retries', '6'], ['wayleave-retries', '-1'], ['wayleave-retries', 'x'],
                               ['wayleave-timeout', '0'], ['wayleave-timeout', 'soon']]) {
    test(`${name}: ${value} is refused with the field's name`, async () => {
      const answer = await call('GET', '/x', {headers: {[name]: value}});
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.json.code, 'invalid_request');
      assert.equal(answer.json.field?.toLowerCase(), name);
      assert.equal(api.requests.length, 0);
    });
  }

  test('Wayleave-Base with a host the provider has not is 403 (PX-01)', async () => {
    for (const base of ['nowhere', 'https://evil.example', api.host]) {
      const answer = await call('GET', '/x', {headers: {'wayleave-base': base}});
      assert.equal(answer.status, 403, answer.text);
      assert.equal(answer.json.code, 'host_not_allowed');
    }
    assert.equal(api.requests.length, 0);
  });

  test('a provider nobody can reach is 502 upstream_unreachable', async () => {
    const shut = net.createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => shut.once('listening', ready));
    const host = `127.0.0.1:${shut.address().port}`;
    await new Promise((closed) => shut.close(closed));
    const lonely = await startGateway({egress: [peer.url, `http://${host}`]});
    try {
      const gone = await lonely.createCustomApp('gone', peer, `http://${host}`);
      await lonely.connect(gone, 'u');
      const answer = await lonely.proxy('GET', gone, 'u', '/x');
      assert.equal(answer.status, 502);
      assert.equal(answer.json.code, 'upstream_unreachable');
    } finally {
      await lonely.stop();
    }
  });
});

describe('256 MB', () => {
  const size = 268_435_456;
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))[1]);

  // How much the gateway's memory grew at its peak while `work` ran, in bytes.
  async function growth(work) {
    writeFileSync(`/proc/${gateway.pid}/clear_refs`, '5');  // the peak starts anew
    const earlier = kilobytes('VmRSS');
    await work();
    return (kilobytes('VmHWM') - earlier) * 1024;
  }

  test('come down in flat memory with ETag, Link and rate-limit headers', async () => {
    const digest = createHash('sha256');
    let answer;
    const grown = await growth(async () => {
      answer = await gateway.proxy('GET', crm, user, `/_sandbox/bytes?n=${size}`, {onData: (chunk) => digest.update(chunk), timeout: 120_000});
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.size, size);
    assert.ok(answer.header('etag'));
    assert.ok(answer.header('link'));
    assert.ok(answer.header('x-hubspot-ratelimit-remaining'));
    assert.ok(grown < 64 << 20, `grew by ${grown} bytes`);
  });

  test('go up in flat memory', async () => {
    const block = randomBytes(1 << 20);
    const digest = createHash('sha256');
    const blocks = function* () {
      for (let sent = 0; sent < size; sent += block.length) {
        digest.update(block);
        yield block;
      }
    };
    let answer;
    const grown = await growth(async () => {
      answer = await gateway.proxy('POST', crm, user, '/_sandbox/echo/upload', {
        body: Readable.from(blocks()), headers: {'content-type': 'application/octet-stream', 'content-length': String(size)},
        timeout: 120_000,
      });
    });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.bodyBytes, size);
    assert.equal(answer.json.bodySha256, digest.digest('hex'));
    assert.ok(grown < 64 << 20, `grew by ${grown} bytes`);
  });

  test('wait for a slow reader in flat memory (DS-03)', async () => {
    const {host, port} = splitUrl(gateway.url);
    const sockets = [];
    const grown = await growth(async () => {
      for (let i = 0; i < 20; i += 1) {
        const socket = net.connect({host, port});
        socket.on('error', () => {});
        sockets.push(socket.pause());
        socket.write(`GET /proxy/crm/@${encodeURIComponent(user)}/_sandbox/bytes?n=${size} HTTP/1.1\r\n` +
                     `Host: ${host}:${port}\r\nAuthorization: Bearer ${gateway.admin}\r\n\r\n`);
      }
      let last = -1;
      await eventually('the memory is at rest', () => {
        const now = kilobytes('VmRSS');
        const still = Math.abs(now - last) < 256;
        last = now;
        return still;
      }, {every: 500});
    });
    sockets.forEach((socket) => socket.destroy());
    assert.ok(grown < 64 << 20, `grew by ${grown} bytes`);
    assert.equal((await gateway.call('GET', '/healthz')).status, 200);
  });
});

test('the gateway\'s own recording saw nothing malformed in all of this (HT-12)', async () => {
  const {text} = await rawExchange(gateway.url, [`GET /proxy/plain${at}/last HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.admin}\r\nConnection: close\r\n\r\n`]);
  assert.match(text, /^HTTP\/1\.1 \d{3}/);
  assert.equal(api.malformed.length, 0);
});
