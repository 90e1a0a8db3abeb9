// schema/provider.json and the loader in src/provider agree: shipped files and those in
// tests/data/providers/right satisfy the schema, and those in wrong, which the loader's own test sees
// refused, break it, unless their second line says that the rule is beyond a schema (names that refer
// to each other, look-ups in other files).
import assert from 'node:assert/strict';
import {readFile, readdir} from 'node:fs/promises';
import path from 'node:path';
import {describe, it} from 'node:test';
import {Ajv2020} from 'ajv/dist/2020.js';
import {parseDocument} from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');
const schema = JSON.parse(await readFile(path.join(root, 'schema/provider.json'), 'utf8'));
const validate = new Ajv2020({allErrors: true, strict: true, strictRequired: false,
  strictTypes: false}).compile(schema);

/** What is wrong with the text, as one string; empty when nothing is. */
function faults(text) {
  const document = parseDocument(text, {version: '1.2', prettyErrors: true});
  if (document.errors.length > 0) return document.errors.map(({message}) => message).join('\n');
  let value;
  try {
    value = document.toJS();
  } catch (error) {
    return String(error);  // aliases that expand without end
  }
  if (validate(value)) return '';
  return validate.errors.map(({instancePath, message}) => `${instancePath} ${message}`).join('\n');
}

async function filesOf(folder) {
  const directory = path.join(root, folder);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).sort();
  assert.ok(names.length > 0, `${folder} has no provider files`);
  return Promise.all(names.map(async (name) => (
    {name, text: await readFile(path.join(directory, name), 'utf8')})));
}

for (const folder of ['providers', 'tests/data/providers/right']) {
  const files = await filesOf(folder);
  describe(`${folder} satisfies the schema`, () => {
    for (const {name, text} of files) {
      it(name, () => assert.equal(faults(text), ''));
    }
  });
}

const wrong = await filesOf('tests/data/providers/wrong');

describe('wrong provider files break the schema', () => {
  for (const {name, text} of wrong) {
    const beyond = text.split('\n')[1] === '# schema: accepts';
    it(name, () => (beyond ? assert.equal : assert.notEqual)(faults(text), ''));
  }
});

describe('the schema describes itself', () => {
  it('has no object that lets unknown keys through', () => {
    const open = [];
    const walk = (node, where) => {
      if (node === null || typeof node !== 'object') return;
      if (node.type === 'object' && node.additionalProperties === undefined) open.push(where);
      for (const [key, value] of Object.entries(node)) walk(value, `${where}/${key}`);
    };
    walk(schema, '');
    assert.deepEqual(open, []);
  });
});
