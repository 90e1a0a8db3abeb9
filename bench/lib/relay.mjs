// The least a proxy can cost on this machine: bytes passed on unread (bench/relay).

import {existsSync} from 'node:fs';
import path from 'node:path';

import {binary} from '../../tests/support/output.mjs';
import {startProcess} from '../../tests/support/process.mjs';

const program = path.join(path.dirname(binary), 'bench/bare_relay');

/** {url, pid, stop()}; undefined when the build that is measured has none. */
export async function startRelay(upstream) {
  if (!existsSync(program)) return undefined;
  const port = upstream.plain.split(':').at(-1);
  return startProcess('relay', [program, port], /relay listening on (http\S+)/);
}
