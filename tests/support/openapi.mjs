// Holds live answers against api/openapi.yaml.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';

import Ajv from 'ajv/dist/2020.js';
import {parse} from 'yaml';

import {root} from './output.mjs';

export const document = parse(readFileSync(path.join(root, 'api/openapi.yaml'), 'utf8'));

const ajv = new Ajv({strict: false, allErrors: true, formats: {
  uri: (text) => URL.canParse(text),
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
}});
ajv.addSchema({$id: 'openapi', ...document});

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Every documented operation: {name: `GET /v1/apps`, path, operation}. */
export const operations = Object.entries(document.paths).flatMap(([route, item]) =>
  methods.filter((method) => item[method]).map((method) => ({
    name: `${method.toUpperCase()} ${route}`, route, operation: item[method],
  })));

// Templates as patterns, the most literal first; the proxy's path takes all that follows.
const patterns = Object.keys(document.paths)
    .map((route) => ({
      route,
      blanks: route.split('{').length,
      pattern: new RegExp(`^${route.replace(/[.]/g, '\\.').replace('{path}', '.+').replace(/\{[^}]+\}/g, '[^/]+')}$`),
    }))
    .sort((a, b) => a.blanks - b.blanks);

function find(method, target) {
  const {route} = patterns.find(({pattern}) => pattern.test(target.split('?')[0])) ?? {};
  return operations.find(({name}) => name === `${method} ${route}`);
}

const resolve = (node) =>
  node?.$ref ? node.$ref.slice(2).split('/').reduce((at, part) => at[part], document) : node;

const compiled = new Map();
function validator(schema) {
  const key = JSON.stringify(schema);
  if (!compiled.has(key)) {
    compiled.set(key, ajv.compile(JSON.parse(key.replaceAll('"#/components/', '"openapi#/components/'))));
  }
  return compiled.get(key);
}

/** Fails when an answer that the gateway made itself is not as documented. Returns the operation's name. */
export function checkAnswer(method, target, answer) {
  const found = find(method, target);
  const shown = `${method} ${target.split('?')[0]}: ${answer.status}`;
  // What is not documented is only refused, in the one error format.
  if (!found) assert.ok(answer.status >= 400, `${shown} is not documented`);
  const responses = found?.operation.responses ?? {default: {$ref: '#/components/responses/Problem'}};
  const response = resolve(responses[answer.status] ?? responses.default);
  assert.ok(answer.status >= 400 || responses[answer.status], `${shown}: the status is not documented`);
  if (method === 'HEAD' || answer.status === 204) return found?.name;
  const type = (answer.header('content-type') ?? '').split(';')[0].trim().toLowerCase();
  if (!response.content) return found?.name;
  const media = response.content[type];
  assert.ok(media, `${shown}: the type '${type}' is not documented`);
  if (type.endsWith('json')) {
    const validate = validator(media.schema);
    assert.ok(validate(answer.json), `${shown}: ${ajv.errorsText(validate.errors)}\n${answer.text.slice(0, 1000)}`);
  }
  for (const name of Object.keys(response.headers ?? {})) {
    assert.notEqual(answer.header(name), undefined, `${shown}: ${name} is missing`);
  }
  return found?.name;
}
