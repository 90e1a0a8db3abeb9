// When a call is sent again, and when never.

import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {describe, test} from 'node:test';

import {RateLimited, Unavailable, Wayleave, WayleaveError} from '@wayleave/node';
import {json, problem, withServer} from './support/server.mjs';

const {isPassing, longestPauseMs, mayRepeat, pauseMs} = createRequire(import.meta.url)(
  '../dist/retry.js',
);

describe('the decision', () => {
  test('only what cannot happen twice is repeated', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      assert.equal(mayRepeat(method, false), true, method);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      assert.equal(mayRepeat(method, false), false, method);
    assert.equal(mayRepeat('POST', true), true);
    assert.equal(mayRepeat('PATCH', true), false, 'the server honours the key on POST only');
  });

  test('only what may pass is waited for', () => {
    assert.equal(isPassing({}), true, 'no answer');
    for (const [status, ours, passing] of [
      [429, true, true],
      [503, true, true],
      [502, false, true],
      [504, false, true],
      [502, true, false],
      [504, true, false],
      [500, true, false],
      [400, true, false],
      [401, true, false],
      [409, true, false],
      [301, false, false],
    ])
      assert.equal(isPassing({status, ours}), passing, `${status} ${ours}`);
  });

  test('pauses double, are shortened by chance, stay bounded, and give way to Retry-After', () => {
    assert.deepEqual(
      [1, 2, 3].map((tried) => pauseMs(tried, {}, () => 1)),
      [250, 500, 1000],
    );
    assert.equal(
      pauseMs(1, {}, () => 0),
      125,
    );
    assert.equal(
      pauseMs(30, {}, () => 1),
      longestPauseMs,
    );
    assert.equal(
      pauseMs(1, {retryAfter: 3}, () => 1),
      3000,
    );
  });
});

describe('calls', () => {
  test('a busy server is asked again, after what it says', async () => {
    await withServer(
      Wayleave,
      [problem(503, 'unavailable', {}, {'retry-after': '1'}), json({kind: 'key'})],
      async (wayleave, server) => {
        const started = performance.now();
        assert.equal((await wayleave.me()).kind, 'key');
        assert.ok(performance.now() - started >= 990, 'waited');
        assert.equal(server.requests.length, 2);
      },
    );
  });

  test('a POST is repeated with the same Idempotency-Key and body', async () => {
    await withServer(
      Wayleave,
      ['cut', problem(429, 'rate_limited', {}, {'retry-after': '0'}), json({id: 'l-1'}, 201)],
      async (wayleave, server) => {
        assert.equal((await wayleave.installLinks.create({app: 'a', user: 'u'})).id, 'l-1');
        const keys = server.requests.map(({headers}) => headers['idempotency-key']);
        assert.equal(keys.length, 3);
        assert.match(keys[0], /^[0-9a-f-]{36}$/);
        assert.equal(new Set(keys).size, 1);
        assert.equal(new Set(server.requests.map(({body}) => body)).size, 1);
        await wayleave.installLinks.create({app: 'a', user: 'u'});
        assert.notEqual(
          server.requests[3].headers['idempotency-key'],
          keys[0],
          'another call, another key',
        );
      },
    );
  });

  test('your own Idempotency-Key is sent', async () => {
    await withServer(Wayleave, json({}, 201), async (wayleave, server) => {
      await wayleave.keys.create({name: 'k', scopes: ['read']}, {idempotencyKey: 'order-7'});
      assert.equal(server.requests[0].headers['idempotency-key'], 'order-7');
    });
  });

  for (const [name, call] of [
    ['DELETE', (w) => w.connections.delete('c-1')],
    ['PATCH', (w) => w.apps.update('a', {appId: '1'})],
  ]) {
    test(`a ${name} is never repeated`, async () => {
      for (const answer of [problem(503, 'unavailable', {}, {'retry-after': '0'}), 'cut']) {
        await withServer(Wayleave, answer, async (wayleave, server) => {
          await assert.rejects(call(wayleave), Unavailable);
          assert.equal(server.requests.length, 1);
        });
      }
    });
  }

  test('`retries` is the number of further tries', async () => {
    const busy = problem(429, 'rate_limited', {}, {'retry-after': '0'});
    for (const [options, perCall, expected] of [
      [{}, {}, 3],
      [{retries: 0}, {}, 1],
      [{retries: 0}, {retries: 4}, 5],
    ]) {
      await withServer(
        Wayleave,
        busy,
        async (wayleave, server) => {
          await assert.rejects(wayleave.me(perCall), RateLimited);
          assert.equal(server.requests.length, expected);
        },
        options,
      );
    }
  });

  test('nothing is waited for that the time does not allow', async () => {
    await withServer(
      Wayleave,
      problem(429, 'rate_limited', {}, {'retry-after': '3600'}),
      async (wayleave, server) => {
        await assert.rejects(
          wayleave.me(),
          (error) => error instanceof RateLimited && error.retryAfter === 3600,
        );
        assert.equal(server.requests.length, 1);
      },
    );
  });

  test('the time of a call is all of it', async () => {
    await withServer(
      Wayleave,
      () => undefined,
      async (wayleave, server) => {
        await assert.rejects(
          wayleave.me({timeout: 50}),
          (error) => error instanceof Unavailable && error.code === 'timeout',
        );
        assert.ok(server.requests.length <= 1, 'not asked again');
      },
    );
  });

  test('a signal ends a call, and a pause between two, with its own reason', async () => {
    const reason = new Error('enough');
    await withServer(
      Wayleave,
      () => undefined,
      async (wayleave) => {
        const controller = new AbortController();
        const call = wayleave.me({signal: controller.signal});
        controller.abort(reason);
        await assert.rejects(call, reason);
        await assert.rejects(
          wayleave.me({signal: controller.signal}),
          reason,
          'aborted before it began',
        );
      },
    );
    const controller = new AbortController();
    await withServer(
      Wayleave,
      () => {
        setImmediate(() => setTimeout(() => controller.abort(reason), 20));
        return problem(503, 'unavailable', {}, {'retry-after': '5'});
      },
      async (wayleave) => {
        const started = performance.now();
        await assert.rejects(wayleave.me({signal: controller.signal}), reason);
        assert.ok(performance.now() - started < 4000);
      },
    );
  });

  test('wrong numbers are refused before anything is sent', async () => {
    await withServer(Wayleave, json({}), async (wayleave, server) => {
      for (const options of [
        {retries: -1},
        {retries: 1.5},
        {retries: 1000},
        {timeout: 0},
        {timeout: NaN},
      ]) {
        await assert.rejects(
          wayleave.me(options),
          (error) => error instanceof WayleaveError && error.field === Object.keys(options)[0],
        );
      }
      assert.equal(server.requests.length, 0);
    });
  });
});
