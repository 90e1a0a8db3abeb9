// What axe-core finds on a page, by the rules of WCAG 2.2 A and AA.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Fails with every finding: the rule, the element and what to do about it. */
export async function assertAccessible(page, what) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(source);
  const {violations} = await page.evaluate(
      (values) => globalThis.axe.run(document, {runOnly: {type: 'tag', values}, resultTypes: ['violations']}),
      rules);
  const findings = violations.flatMap(({id, impact, nodes}) => nodes.map(
      ({target, failureSummary}) => `${id} (${impact}) at ${target.join(' ')}\n  ${failureSummary.replaceAll('\n', '\n  ')}`));
  if (findings.length > 0) assert.fail(`${what}: ${findings.length} accessibility findings\n${findings.join('\n')}`);
}
