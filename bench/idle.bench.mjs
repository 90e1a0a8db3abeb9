// Memory of the whole process with many idle client connections, each of which has made a call.
//
//   script/bench idle [--connections 10000] [--workers 2] [--[no-]write]

import {parseArgs} from 'node:util';

import {startHit} from '../tests/support/connected_gateway.mjs';
import {connectTo} from '../tests/support/keep_alive.mjs';
import {forEach} from './lib/lanes.mjs';
import {memory, openFilesMost} from './lib/processes.mjs';
import {circumstances, figure, table, writeSection} from './lib/report.mjs';

async function measure(count, workers) {
  const hit = await startHit({workers});
  const clients = new Array(count).fill(undefined);
  const rows = [];
  const note = (what) => rows.push({what, ...memory(hit.pid)});
  try {
    note('before the first call');
    const first = await connectTo(hit.url);
    for (let i = 0; i < 100; i += 1) await first.exchange(hit.requests.get);
    first.close();
    note('after 100 calls');
    await forEach(clients, 100, async (_, i) => {
      clients[i] = await connectTo(hit.url);
      await clients[i].exchange(hit.requests.get);
    });
    note(`${count} connections, idle`);
    // Every one of them was still there: it answers again.
    await forEach(clients, 100, (client) => client.exchange(hit.requests.get));
    note(`${count} connections, after one more call each`);
  } finally {
    clients.forEach((client) => client?.close());
    await hit.stop();
  }
  return rows;
}

export default async function idle(args) {
  const {values} = parseArgs({args, allowNegative: true, options: {
    connections: {type: 'string', default: '10000'}, workers: {type: 'string', default: '2'},
    write: {type: 'boolean'},
  }});
  const count = Number(values.connections);
  // Node raises its limit as far as it may, and its children inherit that. Here are the provider's ends too.
  if (openFilesMost() < count + 500) throw new Error(`${count} connections need 'ulimit -Hn' of at least ${count + 500}`);
  const rows = await measure(count, Number(values.workers));
  const [start, warm, open] = rows;
  const verdict = (value, most) => (value < most ? 'met' : 'MISSED');
  const text = [
    circumstances(`script/bench idle --connections ${count} --workers ${values.workers}`),
    table(['', 'RSS MB', 'PSS MB'], rows.map(({what, rss, pss}) => [what, figure(rss), figure(pss)])),
    `${figure(1024 * (open.rss - warm.rss) / count)} KB a connection.`,
    table(['', 'target', 'measured', ''], [
      ['memory before the first call, RSS MB', '< 30', figure(start.rss), verdict(start.rss, 30)],
      [`memory with ${count} idle connections, RSS MB`, '< 100', figure(open.rss), verdict(open.rss, 100)],
    ]),
  ].join('\n\n');
  process.stdout.write(`\n${text}\n`);
  if (values.write ?? count === 10_000) writeSection('idle', text);
  return 0;
}
