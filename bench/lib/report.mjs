// Tables in Markdown, and the place in docs/benchmarks.md where they go.

import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {cpus, release, totalmem} from 'node:os';
import path from 'node:path';

import {binary, root} from '../../tests/support/output.mjs';

const file = path.join(root, 'docs/benchmarks.md');

/** A number with about three digits that mean something. */
export function figure(value) {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 10_000) return String(Math.round(value / 100) * 100).replace(/\B(?=(\d{3})+$)/g, ' ');
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** Columns of equal width, so that it reads well on a terminal too. */
export function table(head, rows) {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => String(row[i]).length)));
  const line = (row) => `| ${row.map((cell, i) => String(cell).padEnd(widths[i])).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

function version(command, args, pattern) {
  const text = execFileSync('sh', ['-c', `${command} ${args} 2>&1 || true`], {encoding: 'utf8'});
  return pattern.exec(text)?.[1] ?? 'unknown';
}

/** When, on what and with what: the lines above every table. */
export function circumstances(command, tools = []) {
  const versions = {
    nginx: () => version('nginx', '-v', /nginx\/(\S+)/),
    haproxy: () => version('haproxy', '-v', /version (\S+?)[- ]/),
    wrk: () => version('wrk', '-v', /wrk (?:debian\/)?(\S+)/),
    valgrind: () => version('valgrind', '--version', /valgrind-(\S+)/),
    strace: () => version('strace', '-V', /version (\S+)/),
  };
  const commit = version('git', `-C ${root} rev-parse --short HEAD`, /^([0-9a-f]+)/);
  const [cpu] = cpus();
  return [
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${commit}`,
    `- ${cpus().length} x ${cpu.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`,
    `- ${[version(binary, '--version', /(\S+ ?\S*)/), ...tools.map((tool) => `${tool} ${versions[tool]()}`)].join(', ')}`,
    `- \`${command}\``,
  ].join('\n');
}

/** Replaces the named section of docs/benchmarks.md; the rest stays as it is. */
export function writeSection(name, text) {
  const begin = `<!-- begin ${name} -->`;
  const end = `<!-- end ${name} -->`;
  const page = readFileSync(file, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no section between '${begin}' and '${end}'`);
  writeFileSync(file, `${page.slice(0, from)}${begin}\n\n${text.trim()}\n\n${page.slice(to)}`);
  process.stdout.write(`\nwritten to docs/benchmarks.md, section ${name}\n`);
}
