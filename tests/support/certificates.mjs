// A certificate authority for a test, and certificates it signs: good and bad ones.

import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/** Makes the authority: {file, issue({names, days, selfSigned}), remove()}. */
export function makeAuthority() {
  const folder = mkdtempSync(path.join(tmpdir(), 'wayleave-certificates-'));
  const remove = () => rmSync(folder, {recursive: true, force: true});
  process.on('exit', remove);
  const at = (name) => path.join(folder, name);
  const openssl = (...args) => execFileSync('openssl', args, {cwd: folder, stdio: ['ignore', 'ignore', 'pipe']});
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority', '-days', '2');
  let serial = 0;
  return {
    file: at('ca.pem'),
    /** `names` as in subjectAltName; negative `days`: expired. Resolves to {key, cert}. */
    issue({names = 'DNS:localhost', days = 1, selfSigned = false} = {}) {
      serial += 1;
      const [key, request, cert, extra] = ['key', 'csr', 'pem', 'ext'].map((suffix) => `leaf-${serial}.${suffix}`);
      writeFileSync(at(extra), `subjectAltName=${names}\n`);
      openssl('req', '-new', ...newKey, '-keyout', key, '-out', request, '-subj', '/CN=leaf');
      const signer = selfSigned ? ['-signkey', key] : ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(serial)];
      openssl('x509', '-req', '-in', request, ...signer, '-days', String(days), '-extfile', extra, '-out', cert);
      return {key: readFileSync(at(key)), cert: readFileSync(at(cert))};
    },
    remove,
  };
}
