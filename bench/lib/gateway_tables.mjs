// The gateway bench's rounds as tables, and beside them what they must show.

import {contenders} from './contenders.mjs';
import {figure, table} from './report.mjs';
import {median, quantile} from './statistics.mjs';

const column = (rounds, name, key) => rounds.map((results) => results[name]?.[key]).filter((value) => value !== undefined);

/** Within each round `key` of one contender over that of another; rounds that lack one are left out. */
function ratios(rounds, name, other, key) {
  return rounds.filter((results) => results[name] && results[other])
      .map((results) => results[name][key] / results[other][key]);
}

/** Median and quartiles: "0.71 [0.68-0.75]". */
function spread(values) {
  if (values.length === 0) return '-';
  return `${median(values).toFixed(2)} [${quantile(values, 0.25).toFixed(2)}-${quantile(values, 0.75).toFixed(2)}]`;
}

export function progressLine({name}, round, results) {
  const parts = Object.keys(contenders).filter((each) => results[each]).map((each) => {
    const {cpu, rps, wrong} = results[each];
    const {peer} = contenders[each];
    const ratio = peer && results[peer] ? ` (${(cpu / results[peer].cpu).toFixed(2)})` : '';
    return `${each} ${figure(cpu)}${ratio} ${figure(rps)}/s${wrong ? ` WRONG: ${wrong}` : ''}`;
  });
  return `${name} #${round}: ${parts.join('; ')}`;
}

function cellTable({cell, rounds}) {
  const names = Object.keys(contenders).filter((name) => rounds[0][name]);
  const rows = names.map((name) => {
    const {peer} = contenders[name];
    const of = (key) => figure(median(column(rounds, name, key)));
    return [
      name, of('rps'), of('cpu'), `${Math.round(100 * median(column(rounds, name, 'use')))} %`, of('p50'), of('p99'),
      of('pss'), of('rss'), peer ? spread(ratios(rounds, name, peer, 'cpu')) : '', peer ? spread(ratios(rounds, name, peer, 'rps')) : '',
    ];
  });
  const head = ['', 'requests/s', 'CPU ms/1k', 'use', 'p50 us', 'p99 us', 'PSS MB', 'RSS MB', 'CPU x nginx', 'requests/s x nginx'];
  return `#### ${cell.name}\n\n${table(head, rows)}`;
}

export function allTables(measured) {
  const groups = [
    ['One worker, provider over plain HTTP', ({cell}) => cell.workers === 1 && cell.kind === 'plain'],
    ['One worker, provider over TLS', ({cell}) => cell.workers === 1 && cell.kind === 'tls'],
    ['Two workers', ({cell}) => cell.workers === 2],
  ];
  return groups.map(([title, belongs]) => {
    const cells = measured.filter(belongs);
    return cells.length === 0 ? '' : `### ${title}\n\n${cells.map(cellTable).join('\n\n')}`;
  }).filter(Boolean).join('\n\n');
}

export function idleTable(idle) {
  if (!idle) return '';
  return `### Memory before the first call\n\n${table(['', 'processes', 'PSS MB', 'RSS MB'],
      idle.map(({name, processes, pss, rss}) => [name, processes, figure(pss), figure(rss)]))}`;
}

// What p50 grows by through a proxy, against the same growth through nginx.
const addedRatio = (rounds) => rounds.filter((results) => results.direct && results.nginx && results.wayleave)
    .map(({direct, nginx, wayleave}) => (wayleave.p50 - direct.p50) / (nginx.p50 - direct.p50));

const targets = [
  ['1 KB, c=32: CPU per request', '1k-c32', 0.75, (rounds) => ratios(rounds, 'wayleave', 'nginx', 'cpu')],
  ['1 KB, c=256: CPU per request', '1k-c256', 0.65, (rounds) => ratios(rounds, 'wayleave', 'nginx', 'cpu')],
  ['100 KB, c=32: CPU per request', '100k-c32', 0.90, (rounds) => ratios(rounds, 'wayleave', 'nginx', 'cpu')],
  ['TLS, 1 KB, c=32: CPU per request', 'tls-1k-c32', 0.85, (rounds) => ratios(rounds, 'wayleave', 'nginx', 'cpu')],
  ['envelope, 1 KB, c=32: CPU per request', '1k-c32', 0.95, (rounds) => ratios(rounds, 'envelope', 'nginx-post', 'cpu')],
  ['1 KB, c=1: added median latency', '1k-c1', 1, addedRatio],
  ['1 KB, c=32: p99', '1k-c32', 1, (rounds) => ratios(rounds, 'wayleave', 'nginx', 'p99')],
];

/** The targets of which something was measured, each with what came out. */
export function targetTable(measured, idle) {
  const rows = targets.flatMap(([what, cellName, most, values]) => {
    const rounds = measured.find(({cell}) => cell.name === cellName)?.rounds ?? [];
    const found = values(rounds);
    if (found.length === 0) return [];
    const least = what.endsWith('CPU per request') && !what.startsWith('envelope') ? spread(ratios(rounds, 'relay', 'nginx', 'cpu')) : '-';
    return [[`${what}, x nginx`, `<= ${most.toFixed(2)}`, spread(found), median(found) <= most ? 'met' : 'MISSED', least]];
  });
  const own = idle?.find(({name}) => name === 'wayleave');
  if (own) rows.push(['memory before the first call, RSS MB', '< 30', figure(own.rss), own.rss < 30 ? 'met' : 'MISSED', '-']);
  return rows.length === 0 ? '' : `### Targets\n\n${table(['', 'target', 'measured', '', 'bare relay'], rows)}`;
}
