// What a hit may cost, in counts: other load on the machine cannot change them, so they can be a test.
// `script/bench instructions` shows where they go.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {startHit} from '../support/connected_gateway.mjs';
import {countSystemCalls, prepareCallgrind, unfitForCounting, unfitForTracing} from '../support/counting.mjs';
import {fixedLoad} from '../support/keep_alive.mjs';

// The goal for the instructions is 6,000: lower these as the hot path becomes cheaper, never raise them.
const instructionsMost = {get: 11_000, envelope: 18_300};
const allocationsMost = 0;
const systemCallsMost = 4.2;

const unfit = unfitForCounting();
if (unfit) process.stderr.write(`\n*** THE COST OF A HIT IS NOT CHECKED: ${unfit} says nothing about it ***\n\n`);

describe('a hit of one worker, answered with 1 KB', {skip: unfit}, () => {
  describe('under callgrind', () => {
    const counts = {};
    before(async () => {
      const callgrind = prepareCallgrind();
      try {
        const hit = await startHit({program: callgrind.program, under: callgrind.under});
        for (const form of Object.keys(instructionsMost)) {
          const run = (total) => fixedLoad(hit.url, hit.requests[form], {connections: 1, total});
          await run(1_000);
          counts[form] = await callgrind.count(hit.pid, 2_000, () => run(2_000));
        }
        await hit.stop();
      } finally {
        callgrind.remove();
      }
    });

    for (const [form, most] of Object.entries(instructionsMost)) {
      test(`it takes fewer than ${most} user instructions: ${form}`, () => {
        const {worker, self} = counts[form];
        const dearest = self.slice(0, 15).map(([name, count]) => `${Math.round(count)} ${name}`).join('\n');
        assert.ok(worker < most, `${Math.round(worker)} instructions per request:\n${dearest}`);
        assert.ok(worker > 1_000, `${worker} is too few to be true`);
      });

      test(`it allocates at most ${allocationsMost} times: ${form}`, () => {
        const {allocations} = counts[form];
        // A little above the whole number: once in a while something grows.
        assert.ok(allocations < allocationsMost + 0.1, `${allocations} allocations per request`);
      });
    }
  });

  const untraceable = unfitForTracing();
  if (untraceable) process.stderr.write(`\n*** SYSTEM CALLS ARE NOT CHECKED: ${untraceable} ***\n\n`);

  describe('system calls', {skip: untraceable}, () => {
    let hit;
    before(async () => { hit = await startHit(); });
    after(() => hit?.stop());

    for (const form of ['get', 'post', 'envelope']) {
      test(`of the worker are at most ${systemCallsMost}: ${form}`, async () => {
        const run = (total) => fixedLoad(hit.url, hit.requests[form], {connections: 32, total});
        await run(1_000);
        const {calls, names} = (await countSystemCalls(hit.pid, run)).worker;
        const which = names.map(([name, count]) => `${name} ${count.toFixed(2)}`).join(', ');
        assert.ok(calls <= systemCallsMost, `${calls.toFixed(2)} calls per request: ${which}`);
        assert.ok(calls >= 4, `${calls} are too few to be true: ${which}`);
      });
    }
  });
});
