// The run folder: everything a test run leaves behind is kept there, so that the canary test can
// search it. One sub-folder for each test file:
//
//   <file>/<process>-<n>/{stdout,stderr,data/}   what each process printed and stored
//   <file>/answers.log                           what the gateway answered of its own
//   <file>/secrets.jsonl                         {kind, value}: what must not occur in any of it

import {appendFileSync, mkdirSync} from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const outputRoot =
    process.env.WAYLEAVE_TEST_OUTPUT ?? path.join(root, 'build/test-output');
export const binary =
    path.resolve(root, process.env.WAYLEAVE_BIN ?? 'build/release/wayleave');

const testFile = path.basename(process.argv[1] ?? 'unnamed', '.test.mjs');
export const folder = path.join(outputRoot, testFile);
mkdirSync(folder, {recursive: true});

let count = 0;

/** A new folder for one process; its name tells what it was and in which order. */
export function processFolder(name) {
  count += 1;
  const made = path.join(folder, `${name}-${process.pid}-${count}`);
  mkdirSync(path.join(made, 'data'), {recursive: true});
  return made;
}

const known = new Set();

/** Remembers a value that must never be seen outside its proper place. Returns it. */
export function secret(kind, value) {
  if (typeof value !== 'string' || value.length < 16 || known.has(value)) return value;
  known.add(value);
  appendFileSync(path.join(folder, 'secrets.jsonl'), `${JSON.stringify({kind, value})}\n`);
  return value;
}

/** Keeps an answer the gateway made itself (an error, a page, metrics). */
export function keepAnswer(text) {
  appendFileSync(path.join(folder, 'answers.log'), `${text}\n`);
}
