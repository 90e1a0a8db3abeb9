// Builds one web package and writes a C++ source that compiles what came out into a table of
// `wayleave::EmbeddedAsset` (src/base/embedded.hpp). Run by cmake/web.cmake:
//
//   node tools/embed_web.mjs --package DIR --out DIR --symbol NAME --cpp FILE --depfile FILE
//
// The package's `build` script is run with `--outDir OUT` added. The depfile names every source file
// and every folder, so that a new or a removed file counts as a change. Nothing here needs a network.

import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {gzipSync} from 'node:zlib';

const options = parseArgs({
  options: Object.fromEntries(
    ['package', 'out', 'symbol', 'cpp', 'depfile'].map((name) => [name, {type: 'string'}]),
  ),
}).values;
const home = path.resolve(options.package);
const out = path.resolve(options.out);

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const notSources = new Set(['node_modules', 'dist', 'generated', 'coverage']);

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}

function entries(folder) {
  return readdirSync(folder, {withFileTypes: true})
    .filter(({name}) => !notSources.has(name) && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function filesBelow(folder) {
  return entries(folder).flatMap((entry) => {
    const whole = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(whole) : [whole];
  });
}

// The package's own folder is left out: builds and type checks make `dist` and `generated` there.
function foldersBelow(folder) {
  return entries(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(folder, entry.name))
    .flatMap((whole) => [whole, ...foldersBelow(whole)]);
}

function build() {
  const {scripts} = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'));
  if (!existsSync(path.join(home, 'node_modules'))) {
    fail(`${home}/node_modules is missing: run script/bootstrap --build-only`);
  }
  rmSync(out, {recursive: true, force: true});
  mkdirSync(out, {recursive: true});
  const tools = [path.join(home, 'node_modules/.bin'), path.dirname(process.execPath)];
  const run = spawnSync(`${scripts.build} --outDir '${out}' --emptyOutDir`, {
    cwd: home,
    shell: true,
    encoding: 'utf8',
    env: {...process.env, PATH: [...tools, process.env.PATH].join(':'), NODE_ENV: 'production'},
  });
  if (run.status === 0) return;
  process.stderr.write(run.stdout + run.stderr);
  fail(`the build of ${home} ended with ${run.status ?? run.signal}`);
}

const quoted = (text) => JSON.stringify(text);

// Data stays in its own file and is pulled in by the assembler, as cmake/embed.cmake does it.
function incbin(label, file) {
  const code = `.section .rodata\n${label}: .incbin ${quoted(file)}\n${label}_end: .byte 0\n.previous\n`;
  return [
    `__asm__(${quoted(code)});`,
    `extern "C" const char ${label}[] __asm__(${quoted(label)});`,
    `extern "C" const char ${label}_end[] __asm__(${quoted(`${label}_end`)});`,
  ].join('\n');
}

function embed(file, index) {
  const name = path.relative(out, file);
  const type = types[path.extname(file)] ?? fail(`${name}: no media type is known for it`);
  const bytes = readFileSync(file);
  const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  const label = `${options.symbol}_${index}`;
  const data = [incbin(label, file)];
  let twin = 'nullptr, nullptr';
  const small = gzipSync(bytes, {level: 9});
  if (small.length < bytes.length) {
    writeFileSync(`${out}.gzip/${index}`, small);
    data.push(incbin(`${label}_gzip`, `${out}.gzip/${index}`));
    twin = `${label}_gzip, ${label}_gzip_end`;
  }
  const fields = [name, type, etag].map(quoted).join(', ');
  return {data: data.join('\n'), row: `    {${fields}, ${label}, ${label}_end, ${twin}},`};
}

function source(files) {
  rmSync(`${out}.gzip`, {recursive: true, force: true});
  mkdirSync(`${out}.gzip`);
  const parts = files.map(embed);
  const end = `    {${Array(7).fill('nullptr').join(', ')}}};`;
  return [
    '#include "base/embedded.hpp"',
    ...parts.map(({data}) => data),
    'namespace wayleave {',
    `extern const EmbeddedAsset ${options.symbol}[];`,
    `const EmbeddedAsset ${options.symbol}[] = {`,
    ...parts.map(({row}) => row),
    end,
    '}  // namespace wayleave',
    '',
  ].join('\n');
}

const sources = [...filesBelow(home), ...foldersBelow(home)];
build();
const made = filesBelow(out);
if (made.length === 0) fail(`the build of ${home} wrote nothing to ${out}`);
const escaped = sources.map((name) => name.replaceAll(' ', '\\ '));
writeFileSync(options.depfile, `${options.cpp}: ${escaped.join(' \\\n  ')}\n`);
writeFileSync(options.cpp, source(made));
