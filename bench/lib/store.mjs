// A gateway whose data folder can be filled with connections in bulk.

import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';

import {startConnectedGateway} from '../../tests/support/connected_gateway.mjs';
import {binary} from '../../tests/support/output.mjs';
import {startScene} from './contenders.mjs';

const fillProgram = path.join(path.dirname(binary), 'bench/fill_connections');

/** One worker, one app `api` at nginx: {gateway, sandbox, url, key, headers(user), stop()}. */
export async function startStore(options = {}) {
  if (!existsSync(fillProgram)) throw new Error(`no ${fillProgram}: build the target fill_connections`);
  const scene = await startScene();
  const {gateway, key} = await startConnectedGateway({
    ...options, sandbox: scene.sandbox, upstreams: {api: `http://${scene.upstream.plain}`},
  });
  return {
    scene, gateway, key,
    sandbox: scene.sandbox,
    url: `${gateway.url}/proxy/api/1k`,
    headers: {'User-Agent': 'bench/1.0', Accept: 'application/json', Authorization: `Bearer ${key}`},
    async stop() {
      await gateway.stop();
      await scene.stop();
    },
  };
}

/** Stores connections while the gateway is stopped: {seconds, megabytes} it took. */
export function fill({gateway}, {like, prefix, count, life, expiresIn = life, dueWithin}) {
  const started = performance.now();
  execFileSync(fillProgram, [
    '--data', gateway.data, '--app', 'api', '--like', like, '--prefix', prefix, '--count', String(count),
    '--expires-in', String(expiresIn), '--life', String(life),
    ...(dueWithin === undefined ? [] : ['--due-within', String(dueWithin)]),
  ], {stdio: ['ignore', 'ignore', 'inherit']});
  const bytes = readdirSync(gateway.data).reduce((sum, name) => sum + statSync(path.join(gateway.data, name)).size, 0);
  return {seconds: (performance.now() - started) / 1000, megabytes: bytes / 2 ** 20};
}

/** The bulk users' names. */
export const bulkUser = (prefix, number) => `${prefix}${String(number).padStart(7, '0')}`;
