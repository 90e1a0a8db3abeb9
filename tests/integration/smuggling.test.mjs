// Requests that two readers could understand differently are refused, the connection is closed, and
// what follows them is never answered nor seen by the provider (HT-01…HT-10, HT-12).

import assert from 'node:assert/strict';
import {after, before, beforeEach, describe, test} from 'node:test';

import {startGateway} from '../support/gateway.mjs';
import {startOAuthPeer} from '../support/oauth_peer.mjs';
import {firstHead, rawExchange} from '../support/raw_client.mjs';
import {startRecordingUpstream} from '../support/recording_upstream.mjs';

let peer;
let api;
let gateway;
let authorized;

before(async () => {
  peer = await startOAuthPeer();
  api = await startRecordingUpstream();
  gateway = await startGateway({egress: [peer.url, api.url]});
  const app = await gateway.createCustomApp('raw', peer, api.url);
  await gateway.connect(app, 'u');
  authorized = `Authorization: Bearer ${gateway.admin}\r\n`;
});
after(async () => {
  await gateway?.stop();
  await Promise.all([peer, api].map((each) => each?.stop()));
});
beforeEach(() => api.reset());

const host = () => `Host: ${gateway.url.slice('http://'.length)}\r\n`;
const path = '/proxy/raw/@u/first';
// What an attacker hopes is taken for a request of its own.
const smuggled = () => `GET /proxy/raw/@u/smuggled HTTP/1.1\r\n${host()}${authorized}\r\n`;
const post = (fields, body = '') => `POST ${path} HTTP/1.1\r\n${host()}${authorized}${fields}\r\n${body}`;

const refusals = [400, 405, 413, 414, 417, 421, 431, 501, 505];

// One error answer at most, then the end; the smuggled request was never acted on.
async function assertRefused(bytes, {lawful = 0, statuses = refusals} = {}) {
  const answer = await rawExchange(gateway.url, [bytes]);
  assert.ok(answer.statuses.length <= 1, `answers: ${answer.statuses}\n${answer.text}`);
  if (answer.statuses.length === 1) assert.ok(statuses.includes(answer.statuses[0]), answer.text);
  assert.ok(answer.closed, `the connection stays open after ${answer.statuses}`);
  assert.deepEqual(api.malformed, []);
  assert.ok(api.requests.length <= lawful, api.requests.map(({head}) => head).join('\n\n'));
  assert.ok(api.requests.every(({target}) => target !== '/smuggled'));
  return answer;
}

describe('length and chunks together (HT-01)', () => {
  for (const fields of ['Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', 'Transfer-Encoding: chunked\r\nContent-Length: 6\r\n',
                        'Transfer-Encoding: chunked\r\nContent-length: 0\r\n']) {
    test(JSON.stringify(fields), async () => {
      const answer = await assertRefused(post(fields, `0\r\n\r\nG${smuggled()}`));
      assert.deepEqual(answer.statuses, [400]);
    });
  }
});

describe('a transfer coding that is not exactly chunked (HT-02)', () => {
  const codings = [
    'Transfer-Encoding : chunked', 'Transfer-Encoding:\x0bchunked', 'Transfer-Encoding: \x0cchunked', 'Transfer-Encoding: chunked, cow',
    'Transfer-Encoding: cow, chunked', 'Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', 'Transfer-Encoding: identity', 'Transfer-Encoding:', 'Transfer-Encoding: ,',
    'Transfer-Encoding: chunked,', 'Transfer-Encoding: ,chunked', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: chunkedx',
    'Transfer-Encoding: "chunked"', "Transfer-Encoding: 'chunked'", 'Transfer-Encoding: chunked;q=1', 'Transfer-Encoding: chun\x00ked',
    'Transfer-Encoding\x00: chunked', 'Transfer-Encoding: chunked\x00', 'Transfer_Encoding: chunked\r\nTransfer-Encoding: x',
    ' Transfer-Encoding: chunked', '\tTransfer-Encoding: chunked', 'X: y\r\n Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: chunked\n', 'Transfer-Encoding\r\n : chunked', 'Transfer-Encoding:\r\n chunked', 'Transfer-Encoding: chu\r\n nked',
    'Transfer-Encoding: \xffchunked', 'Transfer-Encoding: chunked \x85', 'Transfer-Encoding: chunked\x7f', '\x00Transfer-Encoding: chunked',
    'Transfer-Encoding: trailers, chunked', 'transfer-encoding: CHUNKED, identity',
  ];
  for (const coding of codings) {
    test(JSON.stringify(coding), () => assertRefused(post(`${coding}\r\n`, `5\r\nhello\r\n0\r\n\r\n${smuggled()}`)));
  }

  test('near misses are never understood in two ways: generated', async () => {
    // Every control or separator byte at every edge of the name and the value.
    const odd = [0x00, 0x01, 0x08, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x1f, 0x22, 0x28, 0x2c, 0x2f, 0x3a, 0x3b, 0x3d, 0x5c, 0x7f, 0x80, 0xa0, 0xff]
        .map((code) => String.fromCharCode(code));
    const vectors = odd.flatMap((byte) => [
      `${byte}Transfer-Encoding: chunked`, `Transfer-Encoding${byte}: chunked`, `Transfer${byte}Encoding: chunked`,
      `Transfer-Encoding:${byte}chunked`, `Transfer-Encoding: chunked${byte}`, `Transfer-Encoding: ch${byte}unked`,
      `Transfer-Encoding: chunked${byte}x`, `X: y${byte}Transfer-Encoding: chunked`,
    ]);
    for (let i = 0; i < vectors.length; i += 12) {
      await Promise.all(vectors.slice(i, i + 12).map(async (vector) => {
        // With a length of 5 besides: read one way the smuggled request is body, read the other it is not.
        const {statuses, text} = await rawExchange(
            gateway.url, [post(`${vector}\r\nContent-Length: 5\r\n`, `0\r\n\r\n${smuggled()}`)], {quiet: 250});
        // Where the byte only made another lawful field of it, both requests are lawful pipelining.
        const lawful = statuses.length === 2 && statuses.every((status) => status === 200);
        assert.ok(statuses.length <= 1 || lawful, `${JSON.stringify(vector)}: ${text}`);
      }));
    }
    assert.deepEqual(api.malformed, []);
    for (const {target, body, head, field} of api.requests) {
      assert.ok(target === '/smuggled' || body.length === 5, head);
      assert.equal(field('transfer-encoding'), undefined, head);
    }
  });
});

describe('a length that is not plain digits (HT-03)', () => {
  for (const length of ['+5', '-5', '0x5', '5_0', '', '5 5', '5,5', '5, 6', '5.0', '5e0', '٥', '5\x00', '5\x0b', '99999999999999999999', ' 5\x0c', '1e1', "'5'"]) {
    test(`Content-Length: ${JSON.stringify(length)}`, async () => {
      const answer = await assertRefused(post(`Content-Length: ${length}\r\n`, `hello${smuggled()}`), {statuses: [400, 413]});
      assert.equal(answer.statuses.length, 1);
    });
  }
  test('two different lengths', () => assertRefused(post('Content-Length: 5\r\nContent-Length: 6\r\n', `hello${smuggled()}`)));
  test('two equal lengths are merged or refused', async () => {
    const {statuses} = await rawExchange(gateway.url, [post('Content-Length: 5\r\nContent-Length: 5\r\nConnection: close\r\n', 'hello')]);
    assert.equal(statuses.length, 1);
    if (statuses[0] === 200) assert.equal(api.requests[0].body.toString(), 'hello');
    else assert.equal(statuses[0], 400);
  });
});

describe('chunks (HT-04)', () => {
  const chunks = {
    'an underscore': '0_2\r\nab\r\n0\r\n\r\n', 'a plus': '+2\r\nab\r\n0\r\n\r\n', 'a minus': '-2\r\nab\r\n0\r\n\r\n', '0x': '0x2\r\nab\r\n0\r\n\r\n',
    'a bare LF after the size': '2\nab\r\n0\r\n\r\n', 'a bare LF after the data': '2\r\nab\n0\r\n\r\n', 'a bare CR': '2\rab\r\n0\r\n\r\n',
    'a leading space': ' 2\r\nab\r\n0\r\n\r\n', 'a size too large': 'FFFFFFFFFFFFFFFF1\r\nab\r\n0\r\n\r\n', 'no size': '\r\nab\r\n0\r\n\r\n',
    'data longer than said': '2\r\nabcd\r\n0\r\n\r\n', 'an extension with LF': '2;a\nb\r\nab\r\n0\r\n\r\n', 'an extension with NUL': '2;a\x00\r\nab\r\n0\r\n\r\n',
    'a megabyte of extension': `2;${'x'.repeat(1 << 20)}\r\nab\r\n0\r\n\r\n`, 'a megabyte of trailers': `0\r\nX: ${'x'.repeat(1 << 20)}\r\n\r\n`,
    'a trailer with NUL': '0\r\nX: \x00\r\n\r\n', 'letters': 'zz\r\nab\r\n0\r\n\r\n',
  };
  for (const [name, body] of Object.entries(chunks)) {
    test(name, async () => {
      const {text, statuses, closed} = await rawExchange(gateway.url, [post('Transfer-Encoding: chunked\r\n', body + smuggled())]);
      assert.ok(statuses.length <= 1, text);
      assert.ok(statuses.every((status) => status === 400 || status === 413), text);
      assert.ok(closed);
      // The head may have gone on before the fault was seen; what never happens is a complete request.
      assert.equal(api.requests.length, 0, api.requests.map(({head}) => head).join('\n'));
      assert.deepEqual(api.malformed, []);
    });
  }

  test('trailers are dropped, never merged into the head', async () => {
    const {statuses} = await rawExchange(gateway.url, [post(
        'Transfer-Encoding: chunked\r\nConnection: close\r\n', '5\r\nhello\r\n0\r\nAuthorization: Bearer evil\r\nX-Trailer: 1\r\n\r\n')]);
    assert.deepEqual(statuses, [200]);
    assert.equal(api.requests[0].body.toString(), 'hello');
    assert.ok(!api.requests[0].head.includes('evil'));
  });
});

describe('fields (HT-05, HT-06)', () => {
  const fields = {
    'a space before the colon': 'Content-Length : 5', 'an empty name': ': x', 'a NUL in a name': 'a\x00b: 1', 'a folded line': 'X: a\r\n b',
    'a leading tab': '\tX: a', 'a leading space': ' X: a', 'a CR in a value': 'X: a\rb', 'a NUL in a value': 'X: a\x00b', 'a bare LF as line end': 'X: a\nY: b',
    'no colon': 'Xa', 'a colon in front': ':X: a', 'a slash in a name': 'X/Y: a', 'a byte beyond ASCII in a name': 'X\xe4: a', 'a control in a value': 'X: a\x01b',
    'a DEL in a value': 'X: \x7f', 'a parenthesis in a name': 'X(Y): a', 'a CR before the line end': 'X: a\r\r',
  };
  for (const [name, field] of Object.entries(fields)) {
    test(name, async () => {
      const answer = await assertRefused(`GET ${path} HTTP/1.1\r\n${host()}${authorized}${field}\r\n\r\n${smuggled()}`);
      assert.deepEqual(answer.statuses, [400], answer.text);
    });
  }

  test('a request whose lines end with LF alone', () =>
    assertRefused(`GET ${path} HTTP/1.1\n${host().replace('\r', '')}${authorized.replace('\r', '')}\n${smuggled()}`));
});

describe('Host (HT-07)', () => {
  const hosts = {'none': '', 'two': 'Host: a\r\nHost: b\r\n', 'two equal': 'Host: a\r\nHost: a\r\n', 'one with a space': 'Host: a b\r\n',
                 'one with a user part': 'Host: u@a\r\n', 'one with a path': 'Host: a/b\r\n', 'one with two ports': 'Host: a:1:2\r\n', 'a comma': 'Host: a,b\r\n'};
  for (const [name, fields] of Object.entries(hosts)) {
    test(name, () => assertRefused(`GET ${path} HTTP/1.1\r\n${fields}${authorized}\r\n${smuggled()}`));
  }
});

describe('versions and forms of the request line (HT-08, PX-04)', () => {
  const lines = {
    'HTTP/0.9': `GET ${path}`, 'HTTP/1.32': `GET ${path} HTTP/1.32`, 'HTTP/2.0': `GET ${path} HTTP/2.0`, 'a huge version': `GET ${path} HTTP/4294967295.255`,
    'lower case': `GET ${path} http/1.1`, 'two spaces': `GET  ${path} HTTP/1.1`, 'a tab': `GET\t${path} HTTP/1.1`, 'a space in the target': 'GET /a b HTTP/1.1',
    'a trailing space': `GET ${path} HTTP/1.1 `, 'a NUL in the target': 'GET /a\x00b HTTP/1.1', 'a byte beyond ASCII in the target': 'GET /\xe4 HTTP/1.1',
    'absolute form elsewhere': 'GET http://evil.example/ HTTP/1.1', 'CONNECT': 'CONNECT evil.example:443 HTTP/1.1', 'no target': 'GET HTTP/1.1',
    'a relative target': 'GET proxy/raw HTTP/1.1', 'a fragment': `GET ${path}#x HTTP/1.1`, 'a backslash': 'GET /\\evil.example/ HTTP/1.1',
    'a method with a NUL': `GE\x00T ${path} HTTP/1.1`, 'a method of 10 KB': `${'A'.repeat(10_000)} ${path} HTTP/1.1`, 'a leading space': ` GET ${path} HTTP/1.1`,
    'an empty method': ` ${path} HTTP/1.1`,
  };
  for (const [name, line] of Object.entries(lines)) {
    test(name, () => assertRefused(`${line}\r\n${host()}${authorized}\r\n${smuggled()}`, {statuses: [...refusals, 403]}));
  }
  test('HTTP/1.0 with chunks', () =>
    assertRefused(`POST ${path} HTTP/1.0\r\n${host()}${authorized}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled()}`));
  test('TRACE is not served', async () => {
    const {statuses} = await rawExchange(gateway.url, [`TRACE ${path} HTTP/1.1\r\n${host()}${authorized}Connection: close\r\n\r\n`]);
    assert.ok([405, 501].includes(statuses[0]), String(statuses));
    assert.equal(api.requests.length, 0);
  });
});

describe('what comes after (HT-09, HT-10, HT-11)', () => {
  test('an error, then a valid request on the same connection: no second answer, even later', async () => {
    const answer = await rawExchange(gateway.url, [`GET ${path} HTTP/1.1\r\nX : 1\r\n\r\n`, smuggled(), smuggled()]);
    assert.equal(answer.statuses.length, 1);
    assert.ok(answer.closed);
    assert.equal(api.requests.length, 0);
  });

  test('the body of a refused POST is never taken for a request', async () => {
    const body = smuggled();
    const {statuses, text} = await rawExchange(
        gateway.url, [`POST ${path} HTTP/1.1\r\n${host()}Content-Length: ${body.length}\r\n\r\n${body}`]);
    assert.deepEqual(statuses, [401], text);
    assert.equal(api.requests.length, 0);
  });

  test('the body of a refused chunked POST neither', async () => {
    const body = smuggled();
    const {statuses, text} = await rawExchange(gateway.url, [
      `POST ${path} HTTP/1.1\r\n${host()}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`]);
    assert.deepEqual(statuses, [401], text);
    assert.equal(api.requests.length, 0);
  });

  test('a GET with a body passes it on and keeps its place', async () => {
    const body = smuggled();
    const {statuses} = await rawExchange(gateway.url, [
      `GET ${path} HTTP/1.1\r\n${host()}${authorized}Content-Length: ${body.length}\r\n\r\n${body}` +
      `GET /proxy/raw/@u/second HTTP/1.1\r\n${host()}${authorized}Connection: close\r\n\r\n`]);
    assert.deepEqual(statuses, [200, 200]);
    assert.deepEqual(api.requests.map(({target}) => target), ['/first', '/second']);
    assert.equal(api.requests[0].body.toString('latin1'), body);
  });

  for (const expect of ['y 100-continue', '100-continue, x', '200-ok', '\x01']) {
    test(`Expect: ${JSON.stringify(expect)} is refused`, () =>
      assertRefused(post(`Expect: ${expect}\r\nContent-Length: ${smuggled().length}\r\n`, smuggled())));
  }

  test('lawful pipelining is answered in order', async () => {
    api.answer = (request) => {
      const body = request.target;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const requests = Array.from({length: 20}, (_, i) => `GET /proxy/raw/@u/n${i} HTTP/1.1\r\n${host()}${authorized}\r\n`).join('');
    const {text, statuses} = await rawExchange(gateway.url, [requests]);
    assert.deepEqual(statuses, Array(20).fill(200));
    const order = [...text.matchAll(/\/n(\d+)/g)].map(([, n]) => Number(n));
    assert.deepEqual(order, Array.from({length: 20}, (_, i) => i));
  });

  test('bytes that trickle in one at a time make the same request', async () => {
    const bytes = `POST ${path} HTTP/1.1\r\n${host()}${authorized}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;
    const {statuses} = await rawExchange(gateway.url, bytes.split(''));
    assert.deepEqual(statuses, [200]);
    assert.equal(api.requests[0].body.toString(), 'hello');
  });
});

describe('oversize (DS-04)', () => {
  const cases = [
    ['a request line of 9 KiB', () => `GET /proxy/raw/@u/${'a'.repeat(9 << 10)} HTTP/1.1\r\n${host()}${authorized}\r\n`, 414],
    ['a head of 40 KiB', () => `GET ${path} HTTP/1.1\r\n${host()}${authorized}${`X-A: ${'a'.repeat(4000)}\r\n`.repeat(10)}\r\n`, 431],
    ['a single field of 40 KiB', () => `GET ${path} HTTP/1.1\r\n${host()}${authorized}X-A: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
    ['101 fields', () => `GET ${path} HTTP/1.1\r\n${host()}${authorized}${'X-A: a\r\n'.repeat(101)}\r\n`, 431],
    ['a request line without end', () => `GET /${'a'.repeat(100_000)}`, 414],
  ];
  for (const [name, bytes, status] of cases) {
    test(`${name} is answered with ${status} and the connection closed`, async () => {
      const answer = await rawExchange(gateway.url, [bytes()]);
      assert.deepEqual(answer.statuses, [status], answer.text);
      assert.ok(answer.closed);
      assert.ok(firstHead(answer.text)['wayleave-error'], answer.text);
      assert.equal(api.requests.length, 0);
    });
  }
});
