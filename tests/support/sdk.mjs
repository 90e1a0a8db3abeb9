// The TypeScript SDK, built when its sources are newer than what is there.

import {execFile} from 'node:child_process';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';

import {root} from './output.mjs';

export const sdkFolder = path.join(root, 'sdk/typescript');

/** Builds it in its place. */
export const buildSdk = () => promisify(execFile)(process.execPath, [path.join(sdkFolder, 'tools/build.mjs')]);

/** What `import * from '@wayleave/node'` gives. */
export async function importSdk() {
  await buildSdk();
  return import(pathToFileURL(path.join(sdkFolder, 'dist/index.mjs')).href);
}
