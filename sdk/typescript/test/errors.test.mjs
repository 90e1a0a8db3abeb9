// Every failure is a WayleaveError that says what happened; none of them holds the key.

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {inspect} from 'node:util';

import * as sdk from '@wayleave/node';
import {json, key, problem, withServer} from './support/server.mjs';

const {Wayleave, WayleaveError} = sdk;
const failure = (promise) =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  );
// With everything a logger could find.
const shown = (value) =>
  [
    inspect(value, {depth: Infinity, showHidden: true, getters: true}),
    inspect(value),
    String(value),
    JSON.stringify(value),
    value?.stack,
  ].join('\n');

describe('an error of the gateway', () => {
  const table = [
    [400, 'invalid_request', 'InvalidRequest'],
    [413, 'request_too_large', 'InvalidRequest'],
    [422, 'idempotency_mismatch', 'InvalidRequest'],
    [401, 'unauthenticated', 'Unauthenticated'],
    [403, 'forbidden', 'Forbidden'],
    [403, 'host_not_allowed', 'Forbidden'],
    [404, 'connection_not_found', 'NotFound'],
    [410, 'gone', 'NotFound'],
    [409, 'conflict', 'Conflict'],
    [409, 'refresh_unknown', 'Conflict'],
    [409, 'reauthorization_required', 'ReauthorizationRequired'],
    [429, 'rate_limited', 'RateLimited'],
    [500, 'internal', 'Unavailable'],
    [502, 'upstream_unreachable', 'Unavailable'],
    [503, 'unavailable', 'Unavailable'],
    [405, 'method_not_allowed', 'WayleaveError'],
  ];
  for (const [status, code, name] of table) {
    test(`${status} ${code} is a ${name}`, async () => {
      await withServer(
        Wayleave,
        problem(status, code, {field: 'user'}),
        async (wayleave) => {
          const error = await failure(wayleave.me());
          assert.ok(error instanceof sdk[name]);
          assert.ok(error instanceof WayleaveError);
          assert.equal(error.name, name);
          assert.deepEqual(
            [error.code, error.status, error.field, error.requestId, error.detail],
            [code, status, 'user', 'r-1', `because of ${code}`],
          );
          assert.equal(error.message, `${code}: because of ${code}`);
          assert.ok(error.stack.includes(error.message));
        },
        {retries: 0},
      );
    });
  }

  test('ReauthorizationRequired carries the install link, and does not print it', async () => {
    const installUrl = 'https://wayleave.example/connect/a-token-that-is-not-for-logs';
    await withServer(
      Wayleave,
      problem(409, 'reauthorization_required', {installUrl}),
      async (wayleave) => {
        const error = await failure(wayleave.me());
        assert.equal(error.installUrl, installUrl);
        for (const text of [
          inspect(error, {depth: Infinity}),
          JSON.stringify(error),
          String(error),
          error.stack,
        ]) {
          assert.ok(!text.includes(installUrl), text);
        }
      },
    );
  });

  test('without a problem document the header still tells the code', async () => {
    await withServer(
      Wayleave,
      {
        status: 404,
        headers: {'wayleave-error': 'not_found', 'content-type': 'text/html'},
        body: '<p>no',
      },
      async (wayleave) => {
        const error = await failure(wayleave.me());
        assert.deepEqual([error.code, error.name], ['not_found', 'NotFound']);
      },
    );
  });
});

describe('an answer of somebody else', () => {
  test('is not taken for one of Wayleave', async () => {
    for (const answer of [
      {status: 502, body: '<h1>Bad gateway'},
      {status: 200, body: '<h1>It works'},
      {status: 404, body: '{"code":"not_found"}'},
    ]) {
      await withServer(
        Wayleave,
        answer,
        async (wayleave) => {
          const error = await failure(wayleave.me());
          assert.equal(error.code, 'unexpected_answer');
        },
        {retries: 0},
      );
    }
  });

  test('a redirect is not followed with the key but named', async () => {
    await withServer(Wayleave, json({workspace: 'evil'}), async (_, elsewhere) => {
      await withServer(
        Wayleave,
        {status: 301, headers: {location: `${elsewhere.url}/v1/me`}},
        async (wayleave) => {
          const error = await failure(wayleave.me());
          assert.match(error.detail, new RegExp(`redirect to ${elsewhere.url}/v1/me`));
          assert.equal(elsewhere.requests.length, 0);
        },
      );
    });
  });

  test('an answer that breaks off is no answer', async () => {
    await withServer(
      Wayleave,
      {
        status: 200,
        headers: {'content-type': 'application/json', 'content-length': '100'},
        body: '{"a":',
        cut: true,
      },
      async (wayleave) => {
        assert.equal((await failure(wayleave.me())).code, 'unreachable');
      },
      {retries: 0, timeout: 5000},
    );
  });
});

test('a server that is not there is `unreachable`, with the reason', async () => {
  const gone = await withServer(Wayleave, json({}), (_, server) => server.url);
  const error = await failure(new Wayleave({server: gone, key, retries: 1}).me());
  assert.ok(error instanceof sdk.Unavailable);
  assert.match(
    error.message,
    /^unreachable: http:\/\/127\.0\.0\.1:\d+ did not answer \(ECONNREFUSED\)$/,
  );
});

describe('the key', () => {
  test('is in nothing that is printed', async () => {
    const wayleave = new Wayleave({server: 'http://127.0.0.1:1', key, retries: 0});
    assert.match(inspect(wayleave), /^Wayleave \{ server: 'http:\/\/127\.0\.0\.1:1' \}$/);
    for (const value of [
      wayleave,
      {wayleave},
      wayleave.apps,
      wayleave.connections.list(),
      wayleave.fetch('a', 'u'),
      await failure(wayleave.me()),
      await failure(wayleave.fetch('a', 'u')('/x')),
    ])
      assert.ok(!shown(value).includes(key), shown(value));
    assert.ok(
      !inspect(wayleave, {
        customInspect: false,
        depth: Infinity,
        showHidden: true,
        getters: true,
      }).includes(key),
    );
  });

  test('is in no error, not even when another fetch puts it there', async () => {
    const talkative = async (url, {headers}) => {
      throw Object.assign(new Error(`cannot send ${JSON.stringify(headers)}`), {config: {headers}});
    };
    const error = await failure(
      new Wayleave({server: 'http://x', key, fetch: talkative, retries: 0}).me(),
    );
    assert.equal(error.code, 'unreachable');
    assert.ok(!shown(error).includes(key), shown(error));
  });

  test('with a line break is refused without being quoted', () => {
    for (const bad of [`${key}\n`, `${key} `, `${key}\u{1f600}`, 'short', '']) {
      assert.throws(
        () => new Wayleave({server: 'http://x', key: bad}),
        (error) => {
          assert.equal(error.field, 'key');
          assert.ok(bad === '' || !shown(error).includes(bad.trim()), shown(error));
          return true;
        },
      );
    }
  });
});

describe('the constructor', () => {
  test('reads WAYLEAVE_SERVER and WAYLEAVE_KEY', async () => {
    await withServer(Wayleave, json({kind: 'key'}), async (_, server) => {
      Object.assign(process.env, {WAYLEAVE_SERVER: `${server.url}/base/`, WAYLEAVE_KEY: key});
      try {
        await new Wayleave().me();
      } finally {
        delete process.env.WAYLEAVE_SERVER;
        delete process.env.WAYLEAVE_KEY;
      }
      assert.equal(server.requests[0].target, '/base/v1/me');
      assert.equal(server.requests[0].headers.authorization, `Bearer ${key}`);
    });
  });

  test('says what is missing or wrong', () => {
    for (const [options, field] of [
      [{key}, 'server'],
      [{server: 'http://x'}, 'key'],
      [{server: 'x', key}, 'server'],
      [{server: 'ftp://x', key}, 'server'],
      [{server: 'http://u:p@x', key}, 'server'],
      [{server: 'http://x/?a', key}, 'server'],
    ]) {
      assert.throws(
        () => new Wayleave(options),
        (error) => error instanceof sdk.InvalidRequest && error.field === field,
      );
    }
  });
});

test('an id cannot become another path', async () => {
  await withServer(Wayleave, json({}), async (wayleave, server) => {
    for (const id of ['', '.', '..', undefined]) {
      assert.throws(
        () => wayleave.connections.delete(id),
        (error) => error.field === 'id',
      );
    }
    await wayleave.connections.delete('../apps/a?force=true#');
    assert.equal(server.requests.length, 1);
    assert.equal(server.requests[0].target, '/v1/connections/..%2Fapps%2Fa%3Fforce%3Dtrue%23');
  });
});
