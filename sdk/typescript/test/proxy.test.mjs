// `wayleave.fetch` is fetch: what goes out and comes back, and where it can never go.

import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {describe, test} from 'node:test';

import {Forbidden, InvalidRequest, ReauthorizationRequired, Wayleave} from '@wayleave/node';
import {json, key, problem, withServer} from './support/server.mjs';

const internal = createRequire(import.meta.url);
const {findHost, readUrl} = internal('../dist/proxy_target.js');
const {hostsOf} = internal('../dist/host_directory.js');
const hosts = {
  default: 'https://api.example',
  forms: 'https://forms.example/',
  deep: 'https://api.example/v9',
};

describe('the URL', () => {
  for (const [input, path] of [
    ['/crm/v3?a=1', '/crm/v3?a=1'],
    ['crm/v3', '/crm/v3'],
    ['?a=b', '/?a=b'],
    ['', '/'],
    ['/a%2Fb%20c?q=a%2Fb', '/a%2Fb%20c?q=a%2Fb'],
    ['/a?', '/a?'],
    ['/a#fragment', '/a'],
    ['/../../v1/keys', '/v1/keys'],
    ['/%2e%2e/x', '/x'],
    ['/a/..%2fb', '/a/..%2fb'],
    ['/@other/x', '/@other/x'],
    ['/ä?ö', '/%C3%A4?%C3%B6'],
  ]) {
    test(`${JSON.stringify(input)} is the path ${path}`, () =>
      assert.deepEqual(readUrl(input), {path}));
  }

  for (const [input, base, path] of [
    ['https://api.example/crm?x=1#f', undefined, '/crm?x=1'],
    ['https://API.example:443/', undefined, '/'],
    ['https://api.example', undefined, '/'],
    ['https://forms.example/submit', 'forms', '/submit'],
    ['https://api.example/v9/x', 'deep', '/x'],
    ['https://api.example/v9?q', 'deep', '/?q'],
    ['https://api.example/v90', undefined, '/v90'],
    ['https://api.example//a//b', undefined, '//a//b'],
    ['https://api.example/v9/../x', undefined, '/x'],
  ]) {
    test(`${input} is ${path} on ${base ?? 'the default host'}`, () => {
      assert.deepEqual(findHost(hosts, readUrl(input).url), {base, path});
    });
  }

  test('hosts that share an address are one, the default', () => {
    const {url} = readUrl('http://127.0.0.1:9/x');
    assert.deepEqual(findHost({forms: 'http://127.0.0.1:9', default: 'http://127.0.0.1:9'}, url), {
      base: undefined,
      path: '/x',
    });
    assert.deepEqual(findHost({default: 'http://127.0.0.1:9', forms: 'http://127.0.0.1:9'}, url), {
      base: undefined,
      path: '/x',
    });
  });

  for (const input of [
    'https://evil.example/',
    'http://api.example/',
    'https://api.example:444/',
    '//evil.example/x',
    '/\\evil.example/x',
    'https://api.example.evil.example/',
  ]) {
    test(`${input} is not one of the provider's`, () => {
      const wanted = readUrl(input);
      assert.throws(
        () => findHost(hosts, wanted.url),
        (error) => error instanceof Forbidden && error.code === 'host_not_allowed',
      );
    });
  }

  for (const input of ['file:///etc/passwd', 'https://u:p@api.example/', 'javascript:alert(1)']) {
    test(`${input} is refused`, () => assert.throws(() => readUrl(input), Forbidden));
  }
});

describe('the request', () => {
  const ok = json({ok: true});
  const call = async (args, {app = 'hbDev', user = 'org/1 &ä', options} = {}) => {
    let seen;
    await withServer(Wayleave, ok, async (wayleave, server) => {
      const response = await wayleave.fetch(app, user, options)(...args);
      assert.deepEqual(await response.json(), {ok: true});
      assert.equal(server.requests.length, 1);
      [seen] = server.requests;
    });
    return seen;
  };
  const front = '/proxy/hbDev/@org%2F1%20%26%C3%A4';

  test('a path, with the customer in the address and the key in its header', async () => {
    const seen = await call(['/crm/v3/objects?limit=2']);
    assert.deepEqual(
      [seen.method, seen.target, seen.headers.authorization],
      ['GET', `${front}/crm/v3/objects?limit=2`, `Bearer ${key}`],
    );
  });

  test('no path leaves the customer, whatever it holds', async () => {
    for (const path of [
      '/../../../v1/keys',
      '/%2e%2e/%2E%2E/v1/keys',
      '/@other/crm',
      '../..',
      '/..\\..\\v1/keys',
    ]) {
      const {target} = await call([path]);
      assert.ok(target.startsWith(`${front}/`), `${path} became ${target}`);
    }
  });

  test("method, headers and body are the caller's", async () => {
    const seen = await call([
      '/x',
      {
        method: 'PATCH',
        headers: [
          ['Content-Type', 'text/plain'],
          ['X-A', '1'],
        ],
        body: 'hello',
      },
    ]);
    assert.deepEqual(
      [
        seen.method,
        seen.headers['content-type'],
        seen.headers['x-a'],
        seen.body,
        seen.headers['content-length'],
      ],
      ['PATCH', 'text/plain', '1', 'hello', '5'],
    );
  });

  test("another SDK's token, and a customer put into a header, do not go along", async () => {
    const seen = await call([
      '/x',
      {
        headers: {
          Authorization: 'Bearer something else',
          'Wayleave-User': 'other',
          'Wayleave-Base': 'forms',
        },
      },
    ]);
    assert.equal(seen.headers.authorization, `Bearer ${key}`);
    assert.equal(seen.headers['wayleave-user'], undefined);
    assert.equal(seen.headers['wayleave-base'], undefined);
  });

  test('the options become headers', async () => {
    const {headers} = await call(['/x'], {options: {base: 'forms', retries: 3, timeout: 1500}});
    assert.deepEqual(
      [headers['wayleave-base'], headers['wayleave-retries'], headers['wayleave-timeout']],
      ['forms', '3', '2'],
    );
  });

  test('an absolute URL goes to the host of that name, with hosts given', async () => {
    const seen = await call([new URL('https://forms.example/submit?a=1')], {options: {hosts}});
    assert.deepEqual(
      [seen.target, seen.headers['wayleave-base']],
      [`${front}/submit?a=1`, 'forms'],
    );
    const plain = await call(['https://api.example/crm'], {options: {hosts, base: 'forms'}});
    assert.deepEqual([plain.target, plain.headers['wayleave-base']], [`${front}/crm`, undefined]);
  });

  test('a Request is sent as it is: body with its length, type, headers', async () => {
    const request = new Request('https://api.example/x', {
      method: 'PUT',
      headers: {'X-A': '1'},
      body: JSON.stringify({a: 'ä'}),
    });
    const seen = await call([request], {options: {hosts}});
    assert.deepEqual(
      [
        seen.method,
        seen.target,
        seen.body,
        seen.headers['x-a'],
        seen.headers['content-length'],
        seen.headers['transfer-encoding'],
      ],
      ['PUT', `${front}/x`, '{"a":"ä"}', '1', '10', undefined],
    );
    assert.equal(request.bodyUsed, true);
    await assert.rejects(
      call([request], {options: {hosts}}),
      TypeError,
      'as fetch: a body is sent once',
    );
  });

  test('the second argument wins over the Request', async () => {
    const request = new Request('https://api.example/x', {method: 'PUT', body: 'old'});
    const seen = await call([request, {method: 'POST', body: 'new', headers: {'x-b': '2'}}], {
      options: {hosts},
    });
    assert.deepEqual([seen.method, seen.body, seen.headers['x-b']], ['POST', 'new', '2']);
  });

  test('a stream is sent as it grows, also from a Request', async () => {
    const grown = () =>
      new ReadableStream({
        async start(controller) {
          for (const part of ['a', 'b', 'c']) {
            await new Promise((turn) => setTimeout(turn, 5));
            controller.enqueue(new TextEncoder().encode(part.repeat(40_000)));
          }
          controller.close();
        },
      });
    for (const args of [
      ['/x', {method: 'POST', body: grown()}],
      [new Request('https://api.example/x', {method: 'POST', body: grown(), duplex: 'half'})],
    ]) {
      const seen = await call(args, {options: {hosts}});
      assert.equal(seen.body, 'a'.repeat(40_000) + 'b'.repeat(40_000) + 'c'.repeat(40_000));
      assert.equal(seen.headers['transfer-encoding'], 'chunked');
    }
  });

  test('forms and blobs keep their type', async () => {
    const form = new FormData();
    form.set('file', new Blob(['content']), 'a.txt');
    const seen = await call(['/x', {method: 'POST', body: form}]);
    assert.match(seen.headers['content-type'], /^multipart\/form-data; boundary=/);
    assert.match(seen.body, /filename="a\.txt"[^]*content/);
    const again = await call(
      [new Request('https://api.example/x', {method: 'POST', body: new URLSearchParams({a: '1'})})],
      {options: {hosts}},
    );
    assert.match(again.headers['content-type'], /^application\/x-www-form-urlencoded/);
    assert.equal(again.body, 'a=1');
  });

  test('a signal ends it as it ends fetch, also the one of a Request', async () => {
    await withServer(
      Wayleave,
      () => undefined,
      async (wayleave) => {
        const fetch = wayleave.fetch('a', 'u', {hosts});
        for (const make of [
          (signal) => fetch('/x', {signal}),
          (signal) => fetch(new Request('https://api.example/x', {signal})),
        ]) {
          const controller = new AbortController();
          const call = make(controller.signal);
          setTimeout(() => controller.abort(), 20);
          await assert.rejects(call, {name: 'AbortError'});
        }
      },
    );
  });

  test('who the app and the customer are is checked at once', () => {
    const wayleave = new Wayleave({server: 'http://x', key});
    for (const app of ['', '..', 'a/b', 'a?b', undefined, 'x'.repeat(64)])
      assert.throws(() => wayleave.fetch(app, 'u'), InvalidRequest);
    for (const user of ['', undefined, null, 7, '\ud800'])
      assert.throws(() => wayleave.fetch('a', user), InvalidRequest);
    for (const bad of ['api.example', 'ftp://api.example', '']) {
      assert.throws(() => wayleave.fetch('a', 'u', {hosts: {default: bad}}), InvalidRequest);
    }
    assert.equal(wayleave.proxyUrl('hbdev', 'a/b'), 'http://x/proxy/hbdev/@a%2Fb');
  });
});

describe('the answer', () => {
  test("of the provider is the caller's, whatever its status", async () => {
    for (const status of [200, 204, 404, 409, 429, 500, 503]) {
      await withServer(
        Wayleave,
        {status, headers: {'x-a': '1'}, body: status === 204 ? '' : 'provider'},
        async (wayleave, server) => {
          const response = await wayleave.fetch('a', 'u')('/x');
          assert.deepEqual(
            [response.status, response.headers.get('x-a'), await response.text()],
            [status, '1', status === 204 ? '' : 'provider'],
          );
          assert.equal(server.requests.length, 1, 'and nothing is repeated here');
        },
      );
    }
  });

  test('of the gateway is an error, or a response where that is asked for', async () => {
    const installUrl = 'https://wayleave.example/connect/t';
    await withServer(
      Wayleave,
      problem(409, 'reauthorization_required', {installUrl}),
      async (wayleave) => {
        await assert.rejects(
          wayleave.fetch('a', 'u')('/x'),
          (error) => error instanceof ReauthorizationRequired && error.installUrl === installUrl,
        );
        const response = await wayleave.fetch('a', 'u', {errors: 'response'})('/x');
        assert.deepEqual(
          [response.status, response.headers.get('wayleave-error'), (await response.json()).code],
          [409, 'reauthorization_required', 'reauthorization_required'],
        );
      },
    );
  });

  test('of a redirect is given, not followed: the key goes nowhere', async () => {
    await withServer(Wayleave, json({}), async (_, elsewhere) => {
      await withServer(
        Wayleave,
        {status: 302, headers: {location: `${elsewhere.url}/x`}},
        async (wayleave, server) => {
          for (const redirect of [undefined, 'follow', 'manual']) {
            const response = await wayleave.fetch('a', 'u')('/x', {redirect});
            assert.deepEqual(
              [response.status, response.headers.get('location')],
              [302, `${elsewhere.url}/x`],
            );
          }
          await assert.rejects(wayleave.fetch('a', 'u')('/x', {redirect: 'error'}), TypeError);
          assert.equal(server.requests.length, 4);
          await assert.rejects(
            wayleave.fetch('a', 'u')('/x', {method: 'POST', body: new Blob(['x']).stream()}),
            TypeError,
            'a stream cannot be sent again',
          );
          assert.equal(elsewhere.requests.length, 0);
        },
      );
    });
  });
});

describe("the provider's hosts", () => {
  const routes = ({target}) => {
    if (target === '/v1/apps/hbdev') return json({slug: 'hbdev', provider: 'hubspot'});
    if (target === '/v1/apps/own')
      return json({
        slug: 'own',
        provider: 'oauth2',
        settings: {apiBase: 'https://own.example/api'},
      });
    if (target === '/v1/providers/hubspot')
      return json({
        tenant: [],
        hosts: [
          {name: 'default', baseUrl: 'https://api.example'},
          {name: 'forms', baseUrl: 'https://forms.example'},
        ],
      });
    return json({target});
  };

  test('are asked once, for the first absolute URL', async () => {
    await withServer(Wayleave, routes, async (wayleave, server) => {
      const fetch = wayleave.fetch('hbDev', 'u');
      await fetch('/x');
      assert.equal(server.requests.length, 1, 'a path needs to know none');
      assert.deepEqual(await (await fetch('https://forms.example/y')).json(), {
        target: '/proxy/hbDev/@u/y',
      });
      await Promise.all([
        fetch('https://api.example/z'),
        wayleave.fetch('hbdev', 'v')('https://api.example/z'),
      ]);
      await assert.rejects(fetch('https://evil.example/'), Forbidden);
      assert.equal(server.requests.filter(({target}) => target.startsWith('/v1/')).length, 2);
      assert.deepEqual(
        await (await wayleave.fetch('own', 'u')('https://own.example/api/q')).json(),
        {target: '/proxy/own/@u/q'},
      );
      await assert.rejects(wayleave.fetch('own', 'u')('https://own.example/other'), Forbidden);
    });
  });

  test("hold the app's own values where the provider leaves blanks", () => {
    const provider = {
      hosts: [
        {name: 'default', baseUrl: 'https://{shop}.acme.example/{version}'},
        {name: 'other', baseUrl: 'https://{missing}.acme.example'},
      ],
      tenant: [
        {name: 'shop', default: null},
        {name: 'version', default: 'v2'},
        {name: 'missing', default: null},
      ],
    };
    assert.deepEqual(hostsOf(provider, {settings: {shop: 'north'}}), {
      default: 'https://north.acme.example/v2',
    });
    assert.deepEqual(hostsOf(provider, {settings: {shop: 'a', version: 'v3', missing: 'b'}}), {
      default: 'https://a.acme.example/v3',
      other: 'https://b.acme.example',
    });
  });

  test('a key that may not read them is told what to do, and tries again next time', async () => {
    await withServer(
      Wayleave,
      [problem(403, 'forbidden'), problem(403, 'forbidden')],
      async (wayleave, server) => {
        for (let i = 0; i < 2; i += 1) {
          await assert.rejects(
            wayleave.fetch('hbdev', 'u')('https://api.example/z'),
            (error) => error instanceof Forbidden && /scope read/.test(error.detail),
          );
        }
        assert.equal(server.requests.length, 2);
      },
    );
  });
});
