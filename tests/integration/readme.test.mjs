// The README's own lines, unedited, in order.

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {promisify} from 'node:util';

import {startGateway, startSandbox} from '../support/gateway.mjs';
import {root} from '../support/output.mjs';

const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const section = readme.split('## Connect your first customer')[1].split('\n## ')[0];
const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text);

describe('the README', () => {
  let sandbox;
  let gateway;
  before(async () => {
    sandbox = await startSandbox();
    gateway = await startGateway({sandbox});
  });
  after(async () => {
    await gateway?.stop();
    await sandbox?.stop();
  });

  test('connects a first customer with its curl lines as they stand', async () => {
    const outputs = [];
    for (const block of blocks) {
      const {stdout} = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', block], {
        env: {PATH: process.env.PATH, HOME: '/nonexistent', WAYLEAVE_SERVER: gateway.url, WAYLEAVE_KEY: gateway.admin},
      });
      outputs.push(stdout);
    }
    const [app, link, , enveloped, made, ended] = outputs;
    assert.match(JSON.parse(app).redirectUrl, /\/hubspot-sandbox\/readme-/);
    assert.match(JSON.parse(link).url, /\/oauth\/authorize\?/);
    assert.equal(JSON.parse(enveloped).data.results.length, 2);
    assert.equal(JSON.parse(made).properties.email, 'ada@example.com');
    assert.match(ended, /"customer-1"/);
    assert.equal((await gateway.connections()).length, 0, 'and ends the connection');
  });

  test('links only to what exists', () => {
    for (const file of ['README.md', 'CONTRIBUTING.md', 'docs/README.md']) {
      const text = readFileSync(path.join(root, file), 'utf8');
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        assert.ok(existsSync(path.resolve(root, path.dirname(file), target)), `${file}: ${target}`);
      }
    }
  });
});
