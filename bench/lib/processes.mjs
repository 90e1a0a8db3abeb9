// What the kernel knows of a process and its children: CPU time, memory, cores.

import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';

function children(pid) {
  const found = [];
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8');
    found.push(...text.split(' ').filter(Boolean).map(Number));
  }
  return found;
}

/** The process and all that descend from it. */
export const family = (pid) => [pid, ...children(pid).flatMap(family)];

function threadNanoseconds(pid, task) {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return 0;  // it just ended
    throw error;
  }
}

/** Milliseconds all threads of the process and its children have run, from the scheduler. */
export function cpuMs(pid) {
  let total = 0;
  for (const each of family(pid)) {
    for (const task of readdirSync(`/proc/${each}/task`)) total += threadNanoseconds(each, task);
  }
  return total / 1e6;
}

function readMap(pid) {
  try {
    return readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch (error) {
    if (error.code !== 'EACCES') throw error;
    throw new Error('the program keeps its memory from other processes: only root may measure it', {cause: error});
  }
}

/** Memory of the process and its children in MiB: {pss, rss}. */
export function memory(pid) {
  const sum = {pss: 0, rss: 0};
  for (const each of family(pid)) {
    const text = readMap(each);
    sum.pss += Number(/^Pss:\s+(\d+)/m.exec(text)[1]) / 1024;
    sum.rss += Number(/^Rss:\s+(\d+)/m.exec(text)[1]) / 1024;
  }
  return sum;
}

/** How many files this process may have open. */
export const openFilesMost = () => Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))[1]);

/** Lets the process, its children and all their threads run on these cores only ("0", "0,1"). */
export function place(pid, cores) {
  for (const each of family(pid)) {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(each)], {stdio: 'ignore'});
  }
}
