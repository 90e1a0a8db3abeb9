// A process of its own that calls at a fixed rate and notes each call's latency. A call that finds no
// free connection waits for one and the waiting counts, so that a stalled server cannot hide it by
// slowing the client down.
//
// Sent {url, requests (base64), rate, connections} it begins; sent 'stop' it answers {samples: [[when,
// milliseconds]]} and ends. `when` is on the clock of Date.now().

import {connectTo} from '../../tests/support/keep_alive.mjs';

const samples = [];
let stopping = false;

async function call({url, requests, rate, connections}) {
  const bytes = requests.map((text) => Buffer.from(text, 'base64'));
  const clients = await Promise.all(Array.from({length: connections}, () => connectTo(url)));
  const waiting = [];
  let sent = 0;
  const serve = async (client) => {
    for (let began = waiting.shift(); began !== undefined; began = waiting.shift()) {
      sent += 1;
      await client.exchange(bytes[sent % bytes.length]);
      samples.push([performance.timeOrigin + began, performance.now() - began]);
    }
    clients.push(client);
  };
  process.send('ready');
  let due = performance.now();
  for (;;) {
    if (stopping && clients.length === connections) break;
    const now = performance.now();
    for (; !stopping && due <= now; due += 1000 / rate) waiting.push(now);
    // In turn, so that none is idle for so long that the server closes it.
    while (waiting.length > 0 && clients.length > 0) serve(clients.shift()).catch(fail);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  process.send({samples}, () => process.exit(0));
}

function fail(error) {
  process.stderr.write(`steady caller: ${error.stack}\n`);
  process.exit(1);
}

process.on('message', (message) => {
  if (message === 'stop') stopping = true;
  else call(message).catch(fail);
});
process.on('disconnect', () => process.exit(1));
