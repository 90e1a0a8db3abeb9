// Builds the SDK.
//
//   node tools/build.mjs [--outDir DIR]   connect.js alone, as the gateway serves it (window.Wayleave)
//   node tools/build.mjs --package        all that the npm package holds, into dist/
//
// `--emptyOutDir` is taken for the sake of the caller that builds every web package in the same way.

import {spawnSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';

import {build} from 'esbuild';

const home = path.resolve(import.meta.dirname, '..');
const {values} = parseArgs({
  options: {
    outDir: {type: 'string', default: path.join(home, 'dist')},
    emptyOutDir: {type: 'boolean'},
    package: {type: 'boolean'},
  },
});
const out = path.resolve(values.outDir);
const common = {
  entryPoints: [path.join(home, 'src/index.ts')],
  absWorkingDir: home,
  bundle: true,
  target: 'es2020',
  legalComments: 'none',
};

rmSync(out, {recursive: true, force: true});
await build({
  ...common,
  format: 'iife',
  globalName: 'Wayleave',
  minify: true,
  outfile: path.join(out, 'connect.js'),
});
if (values.package) {
  await build({...common, format: 'esm', outfile: path.join(out, 'index.js')});
  const types = spawnSync(
    process.execPath,
    [
      path.join(home, 'node_modules/typescript/bin/tsc'),
      '--declaration',
      '--emitDeclarationOnly',
      '--outDir',
      out,
    ],
    {cwd: home, stdio: 'inherit'},
  );
  if (types.status !== 0) process.exit(1);
}
