// What one hit costs in counts, which other load cannot change: user instructions (callgrind, one
// connection) and system calls (strace, 32 connections).
//
//   script/bench instructions [--forms get,post,envelope] [--top 15] [--[no-]write]

import {parseArgs} from 'node:util';

import {startHit} from '../tests/support/connected_gateway.mjs';
import {countSystemCalls, prepareCallgrind, unfitForCounting, unfitForTracing} from '../tests/support/counting.mjs';
import {fixedLoad} from '../tests/support/keep_alive.mjs';
import {circumstances, figure, table, writeSection} from './lib/report.mjs';

const warmUp = 1_000;
const counted = 2_000;

async function instructions(forms) {
  const callgrind = prepareCallgrind();
  try {
    const hit = await startHit({program: callgrind.program, under: callgrind.under});
    const results = {};
    for (const form of forms) {
      const run = (total) => fixedLoad(hit.url, hit.requests[form], {connections: 1, total});
      await run(warmUp);
      results[form] = await callgrind.count(hit.pid, counted, () => run(counted));
    }
    await hit.stop();
    return results;
  } finally {
    callgrind.remove();
  }
}

async function systemCalls(forms) {
  const hit = await startHit();
  const results = {};
  for (const form of forms) {
    const run = (total) => fixedLoad(hit.url, hit.requests[form], {connections: 32, total});
    await run(warmUp);
    results[form] = await countSystemCalls(hit.pid, run);
  }
  await hit.stop();
  return results;
}

const short = (name) => (name.length > 100 ? `${name.slice(0, 97)}...` : name);
// Where every thread begins tells nothing.
const frames = /^(clone|start_thread|non-virtual thunk.*|std::thread::.*)$/;
const costs = (list, top) => list.filter(([name]) => !frames.test(name)).slice(0, top).map(([name, count]) => [figure(count), `\`${short(name)}\``]);
const callList = (names) => names.filter(([, calls]) => calls >= 0.005)
    .map(([name, calls]) => `${name} ${calls.toFixed(2)}`).join(', ');

export default async function countHit(args) {
  const {values} = parseArgs({args, allowNegative: true, options: {
    forms: {type: 'string', default: 'get,post,envelope'}, top: {type: 'string', default: '15'},
    write: {type: 'boolean'},
  }});
  const unfit = unfitForCounting();
  if (unfit) throw new Error(`${unfit} says nothing about the product: use a release build`);
  if (unfitForTracing()) throw new Error(unfitForTracing());
  const forms = values.forms.split(',');
  const counts = await instructions(forms);
  const calls = await systemCalls(forms);

  const summary = table(
      ['', 'instructions, worker', 'other threads', 'allocations, worker', 'system calls, worker', 'failed', 'all threads', 'which (worker)'],
      forms.map((form) => [
        form, figure(counts[form].worker), figure(counts[form].others),
        figure(counts[form].allocations), figure(calls[form].worker.calls),
        figure(Math.max(0, calls[form].worker.failed)), figure(calls[form].everybody.calls), callList(calls[form].worker.names),
      ]));
  const [first] = forms;
  const top = table(['instructions', `${first}: function without what it calls`], costs(counts[first].self, Number(values.top)));
  const text = [circumstances('script/bench instructions', ['valgrind', 'strace']), summary, top].join('\n\n');
  process.stdout.write(`\n${text}\n`);
  for (const form of forms) {
    process.stdout.write(`\n${table(['instructions', `${form}: function with what it calls`], costs(counts[form].inclusive, Number(values.top)))}\n`);
  }
  if (values.write ?? forms.length === 3) writeSection('instructions', text);
  return 0;
}
