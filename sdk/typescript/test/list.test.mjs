// Lists are read page by page, when they are wanted.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Forbidden, Wayleave} from '@wayleave/node';
import {json, problem, withServer} from './support/server.mjs';

// 25 records in pages of `limit`.
const numbers = ({target}) => {
  const query = new URL(target, 'http://x').searchParams;
  const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit'))];
  const data = Array.from({length: Math.max(0, Math.min(limit, 25 - from))}, (_, i) => ({
    id: String(from + i),
  }));
  return json({data, nextCursor: from + limit < 25 ? String(from + limit) : null});
};

test('for await goes through all of it and asks only for what is wanted', async () => {
  await withServer(Wayleave, numbers, async (wayleave, server) => {
    const list = wayleave.connections.list({app: 'a b', limit: 10});
    assert.equal(server.requests.length, 0, 'nothing is asked before it is wanted');
    const ids = [];
    for await (const {id} of list) ids.push(id);
    assert.deepEqual(
      ids,
      Array.from({length: 25}, (_, i) => String(i)),
    );
    assert.deepEqual(
      server.requests.map(({target}) => target),
      [
        '/v1/connections?limit=10&app=a+b',
        '/v1/connections?limit=10&app=a+b&cursor=10',
        '/v1/connections?limit=10&app=a+b&cursor=20',
      ],
    );
    for await (const each of list) if (each.id === '3') break;
    assert.equal(
      server.requests.length,
      4,
      'a second loop reads anew, and breaking out ends the reading',
    );
    assert.equal((await list.toArray({max: 12})).length, 12);
    assert.equal(server.requests.length, 6);
    assert.deepEqual(await list.toArray({max: 0}), []);
  });
});

test('page() gives one page and where it goes on', async () => {
  await withServer(Wayleave, numbers, async (wayleave) => {
    const list = wayleave.apps.list({limit: 20});
    const first = await list.page();
    assert.deepEqual([first.data.length, first.nextCursor], [20, '20']);
    const second = await list.page({cursor: first.nextCursor});
    assert.deepEqual([second.data.length, second.nextCursor], [5, null]);
    const sizes = [];
    for await (const {data} of list.pages()) sizes.push(data.length);
    assert.deepEqual(sizes, [20, 5]);
  });
});

test('a server that repeats a cursor does not keep the loop going for ever', async () => {
  await withServer(Wayleave, json({data: [{}], nextCursor: 'same'}), async (wayleave, server) => {
    await assert.rejects(
      (async () => {
        for await (const _ of wayleave.keys.list());
      })(),
      /the same cursor came twice/,
    );
    assert.equal(server.requests.length, 2);
  });
});

test('a signal ends the loop', async () => {
  await withServer(Wayleave, numbers, async (wayleave) => {
    const controller = new AbortController();
    const ids = [];
    await assert.rejects(
      (async () => {
        for await (const {id} of wayleave.requests.list({limit: 5}, {signal: controller.signal})) {
          ids.push(id);
          if (ids.length === 5) controller.abort();
        }
      })(),
      {name: 'AbortError'},
    );
    assert.equal(ids.length, 5);
  });
});

test('a download is read as it comes, past the time of the call, and can be given up', async () => {
  const lines = '{"n":1}\n{"n":2}\n';
  await withServer(
    Wayleave,
    {headers: {'content-type': 'application/jsonl'}, body: lines},
    async (wayleave, server) => {
      const stream = await wayleave.audit.export({action: 'key.', format: 'jsonl'});
      assert.equal(await new Response(stream).text(), lines);
      assert.equal(server.requests[0].target, '/v1/audit/export?action=key.&format=jsonl');
    },
  );
  await withServer(
    Wayleave,
    {status: 200, headers: {'content-length': '100'}, body: 'begun', hang: true},
    async (wayleave) => {
      const controller = new AbortController();
      const stream = await wayleave.audit.export({}, {signal: controller.signal, timeout: 1000});
      const reader = stream.getReader();
      assert.equal(new TextDecoder().decode((await reader.read()).value), 'begun');
      const next = reader.read();
      await new Promise((later) => setTimeout(later, 1100));
      controller.abort();
      await assert.rejects(next, {name: 'AbortError'});
    },
  );
});

test('a download that is refused is an error like others', async () => {
  await withServer(Wayleave, problem(403, 'forbidden'), async (wayleave) => {
    await assert.rejects(wayleave.audit.export(), Forbidden);
  });
});
