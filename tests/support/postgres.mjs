// A PostgreSQL server of Debian's package for a test: its own cluster in a temporary folder, on a
// free port of the loopback address and with a password. fsync stays on.

import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {appendFileSync, chownSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

import {freePort} from './free_port.mjs';
import {processFolder, secret} from './output.mjs';
import {startProcess} from './process.mjs';

const installed = '/usr/lib/postgresql';
const user = 'wayleave';

function programs() {
  const versions = existsSync(installed) ? readdirSync(installed).sort((a, b) => b - a) : [];
  const newest = versions.find((version) => existsSync(path.join(installed, version, 'bin/postgres')));
  if (!newest) throw new Error(`PostgreSQL is not installed (${installed}); run script/bootstrap`);
  return path.join(installed, newest, 'bin');
}

// PostgreSQL refuses to run as root.
const asRoot = process.getuid() === 0;
const ids = () => ['-u', '-g'].map((which) => Number(execFileSync('id', [which, 'postgres'])));
const asServer = asRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] : [];

function psql(url, statement) {
  return execFileSync(path.join(programs(), 'psql'), ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', statement], {
    encoding: 'utf8',
    env: {
      PGHOST: url.hostname, PGPORT: url.port, PGUSER: url.username,
      PGPASSWORD: decodeURIComponent(url.password), PGDATABASE: url.pathname.slice(1),
    },
  }).trim();
}

class Postgres {
  constructor({tls, settings = []}) {
    this.bin = programs();
    this.tls = tls;
    this.folder = mkdtempSync(path.join(tmpdir(), 'wayleave-pg-'));
    this.data = path.join(this.folder, 'data');
    this.settings = settings;
    this.password = secret('database password', randomBytes(18).toString('base64url'));
    process.on('exit', () => this.remove());
  }

  own(file) {
    if (asRoot) chownSync(file, ...ids());
  }

  async make() {
    this.own(this.folder);
    const passwordFile = path.join(this.folder, 'password');
    writeFileSync(passwordFile, this.password, {mode: 0o600});
    this.own(passwordFile);
    const [command, ...args] = [...asServer, path.join(this.bin, 'initdb'), `--pgdata=${this.data}`,
      `--username=${user}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8',
      '--locale=C.UTF-8', '--no-sync'];
    execFileSync(command, args, {cwd: this.folder, stdio: ['ignore', 'ignore', 'inherit']});
    rmSync(passwordFile);
    this.port = await freePort();
    const lines = [
      "listen_addresses = '127.0.0.1'", `port = ${this.port}`, "unix_socket_directories = ''",
      'max_connections = 200', ...this.settings,
    ];
    if (this.tls) {
      for (const [name, bytes] of [['server.key', this.tls.key], ['server.crt', this.tls.cert]]) {
        const file = path.join(this.data, name);
        writeFileSync(file, bytes, {mode: 0o600});
        this.own(file);
      }
      lines.push('ssl = on');
    }
    appendFileSync(path.join(this.data, 'postgresql.conf'), `${lines.join('\n')}\n`);
  }

  /** Starts the server, again after a stop. Waits until it takes connections. */
  async start() {
    const status = path.join(this.data, 'postmaster.pid');
    rmSync(status, {force: true});
    this.process = await startProcess(
        'postgres', [...asServer, path.join(this.bin, 'postgres'), '-D', this.data],
        () => existsSync(status) && /\nready/.test(readFileSync(status, 'utf8')),
        {atExit: 'SIGQUIT'});
    return this;
  }

  get pid() { return this.process.pid; }

  /** `postgres://…` of a database, with its password. */
  url(database = 'postgres', query = '') {
    return `postgres://${user}:${this.password}@127.0.0.1:${this.port}/${database}${query}`;
  }

  /** Runs SQL and resolves to what psql prints, unaligned and without headings. */
  sql(statement, database = 'postgres') {
    return psql(new URL(this.url(database)), statement);
  }

  /** A new empty database; resolves to its URL. */
  createDatabase(name = `db${randomBytes(6).toString('hex')}`) {
    this.sql(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    return this.url(name);
  }

  /** Ends sessions and stops; `mode`: fast (as a restart for maintenance) or immediate (as a crash). */
  async stop(mode = 'fast') {
    process.kill(this.pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    return this.process.exited;
  }

  async restart(mode) {
    await this.stop(mode);
    return this.start();
  }

  /** The server's files where the canary test looks for secrets; after a stop. */
  keepFiles() {
    const kept = processFolder('postgres-files');
    for (const part of ['base', 'pg_wal']) cpSync(path.join(this.data, part), path.join(kept, part), {recursive: true});
  }

  remove() {
    rmSync(this.folder, {recursive: true, force: true});
  }
}

/**
 * The URL of a new database on the run's server (WAYLEAVE_TEST_POSTGRES) when the tests shall use
 * PostgreSQL (WAYLEAVE_TEST_DATABASE), else nothing.
 */
export function newDatabase() {
  if (process.env.WAYLEAVE_TEST_DATABASE !== 'postgres') return undefined;
  const url = new URL(process.env.WAYLEAVE_TEST_POSTGRES);
  secret('database password', decodeURIComponent(url.password));
  const name = `db${randomBytes(6).toString('hex')}`;
  psql(url, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Starts a server. `tls`: {key, cert} as makeAuthority() issues them; `settings`: lines for
 * postgresql.conf.
 */
export async function startPostgres(options = {}) {
  const server = new Postgres(options);
  await server.make();
  return server.start();
}
