// Several gateways on one database, each with a data folder of its own, as one installation.

import {randomBytes} from 'node:crypto';

import {freePort} from './free_port.mjs';
import {startGateway} from './gateway.mjs';
import {secret} from './output.mjs';

/**
 * Starts `count` of them: an array of gateways that share the first one's `admin` key. `publicUrl`:
 * where browsers and providers reach them, else the first one's address; `each(i)`: further arguments
 * of the i-th. More options are those of startGateway.
 */
export async function startReplicas(
    count, {database, publicUrl, args = [], each = () => [], env = {}, ...options}) {
  const rootKey = secret('root key', randomBytes(32).toString('base64'));
  const ports = [];
  while (ports.length < count) ports.push(await freePort());
  const shared = {
    ...options, database,
    args: ['--public-url', publicUrl ?? `http://127.0.0.1:${ports[0]}`, ...args],
    env: {WAYLEAVE_ROOT_KEY: rootKey, ...env},
  };
  const replicas = [];
  for (const [i, port] of ports.entries()) {
    replicas.push(await startGateway({
      ...shared, listen: `127.0.0.1:${port}`, args: [...shared.args, ...each(i)], admin: replicas[0]?.admin,
    }));
  }
  return replicas;
}
