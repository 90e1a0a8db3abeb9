// A small disk of its own, which a test may fill up or turn read-only under a running program as the
// kernel does after an error. Needs root and a loop device.

import {execFileSync} from 'node:child_process';
import {closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

import {eventually} from './wait.mjs';

const run = (command, ...args) => execFileSync(command, args, {stdio: ['ignore', 'ignore', 'pipe']});

const disks = new Set();
process.on('exit', () => disks.forEach((disk) => disk.remove()));

/** Makes and mounts one of that many MiB at `disk.folder`; throws where mounting is not permitted. */
export function makeDisk(mebibytes = 24) {
  const place = mkdtempSync(path.join(tmpdir(), 'wayleave-disk-'));
  const [image, folder, ballast] = ['image', 'disk', 'disk/ballast'].map((name) => path.join(place, name));
  writeFileSync(image, '');
  execFileSync('truncate', ['-s', `${mebibytes}M`, image]);
  mkdirSync(folder);
  const mount = () => run('mount', '-o', 'loop', image, folder);
  let mounted = false;
  const disk = {
    folder,
    /** Takes the last byte. */
    fill() {
      const file = openSync(ballast, 'a');
      for (let size = 1 << 20; size > 0; size >>= 1) {
        const bytes = Buffer.alloc(size);
        try { for (;;) writeSync(file, bytes); } catch (error) { if (error.code !== 'ENOSPC') throw error; }
      }
      closeSync(file);
    },
    free: () => rmSync(ballast, {force: true}),
    /** What the kernel does when a disk fails: nothing is written from now on, whoever has it open. */
    turnReadOnly: () => run('mount', '-o', 'remount,abort', folder),
    /** After nobody uses it any more: as good as new. */
    async repair() {
      await eventually('it can be unmounted', () => (run('umount', folder), true));
      try { run('e2fsck', '-y', image); } catch (error) { if (error.status > 2) throw error; }
      mount();
    },
    remove() {
      try { if (mounted) run('umount', '-l', folder); } catch { /* it is gone already */ }
      mounted = false;
      disks.delete(disk);
      rmSync(place, {recursive: true, force: true});
    },
  };
  disks.add(disk);
  try {
    run('mkfs.ext4', '-q', '-m', '0', image);
    mount();
    mounted = true;
  } catch (error) {
    disk.remove();
    throw error;
  }
  return disk;
}
