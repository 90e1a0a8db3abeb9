// The README's own lines, unedited, in order.

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {promisify} from 'node:util';

import {root} from '../support/output.mjs';
import {startServer} from '../support/process.mjs';

const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const section = readme.split('## Connect your first customer')[1].split('\n## ')[0];
const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text);

describe('the README', () => {
  let demo;
  before(async () => {
    demo = await startServer('demo', ['demo'], /^ {2}(export WAYLEAVE_SERVER=\S+\n {2}export WAYLEAVE_KEY=.+)$/m);
  });
  after(() => demo?.stop());

  const run = async (script) => {
    const {stdout} = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', `${demo.url}\n${script}`], {
      env: {PATH: process.env.PATH, HOME: '/nonexistent'},
    });
    return stdout;
  };

  test('connects a first customer with its curl lines as they stand, against the demo', async () => {
    const outputs = [];
    for (const block of blocks) outputs.push(await run(block));
    const [app, link, , enveloped, made, ended] = outputs;
    assert.match(JSON.parse(app).redirectUrl, /\/hubspot-sandbox\/readme-/);
    assert.match(JSON.parse(link).url, /\/oauth\/authorize\?/);
    assert.equal(JSON.parse(enveloped).data.results.length, 2);
    assert.equal(JSON.parse(made).properties.email, 'grace@example.com');
    assert.match(ended, /"customer-1"/);
    const left = await run('curl --silent "$WAYLEAVE_SERVER/v1/connections?app=readme" --header "Authorization: Bearer $WAYLEAVE_KEY"');
    assert.deepEqual(JSON.parse(left).data, [], 'and ends the connection');
  });

  test('the line the demo itself prints works', async () => {
    const line = /^( {2}curl [\s\S]+?)\n\n/m.exec(readFileSync(path.join(demo.folder, 'stdout'), 'utf8'))[1];
    assert.equal(JSON.parse(await run(line)).results.length, 3);
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
