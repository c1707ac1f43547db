import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { selfSignedKey } from '../../src/base/certificate.ts';
import { until } from '../engine/until.ts';

/** Whether the machine has rsyslog with TLS; its tests are skipped by name where it has not. */
export const hasRsyslog =
  spawnSync('rsyslogd', ['-v']).status === 0 &&
  spawnSync('sh', [
    '-c',
    'ls /usr/lib/*/rsyslog/lmnsd_ossl.so /usr/lib64/rsyslog/lmnsd_ossl.so 2>/dev/null | grep -q .',
  ]).status === 0;

export interface SyslogLine {
  readonly pri: string;
  readonly time: string;
  readonly host: string;
  readonly app: string;
  readonly msgid: string;
  readonly msg: string;
}

export interface Rsyslog {
  readonly port: number;
  /** PEM file of the authority of its certificate. */
  readonly ca: string;
  lines(): SyslogLine[];
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A real rsyslog that writes what it understood as lines of JSON. */
export async function rsyslog(tls: boolean): Promise<Rsyslog> {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-rsyslog-'));
  const file = (name: string): string => join(folder, name);
  const { key, certificate } = await selfSignedKey({
    commonName: 'localhost',
    hostNames: ['localhost'],
    notBefore: Date.now() - 86_400_000,
    notAfter: Date.now() + 86_400_000,
    serial: '02',
  });
  writeFileSync(file('key.pem'), key);
  writeFileSync(file('cert.pem'), certificate);
  const properties: [string, string, string?][] = [
    ['pri', 'pri'],
    ['time', 'timereported', 'dateFormat="rfc3339"'],
    ['host', 'hostname'],
    ['app', 'app-name'],
    ['msgid', 'msgid'],
    ['msg', 'msg'],
  ];
  const fields = properties.map(
    ([outname, name, more = '']) => `property(outname="${outname}" name="${name}" format="jsonf" ${more})`,
  );
  const configuration = (port: number): string => `
global(workDirectory="${folder}" maxMessageSize="128k" defaultNetstreamDriverCAFile="${file('cert.pem')}"
  defaultNetstreamDriverCertFile="${file('cert.pem')}" defaultNetstreamDriverKeyFile="${file('key.pem')}")
module(load="imtcp"${tls ? ' streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon"' : ''})
template(name="json" type="list" option.jsonf="on") { ${fields.join('\n')} }
ruleset(name="in") { action(type="omfile" file="${file('out.json')}" template="json" asyncWriting="off" flushOnTXEnd="on") }
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="in" listenPortFileName="${file('port')}")
`;
  let child: ChildProcess | undefined;
  let port = 0;
  const start = async (): Promise<void> => {
    writeFileSync(file('rsyslog.conf'), configuration(port));
    rmSync(file('port'), { force: true });
    child = spawn('rsyslogd', ['-n', '-f', file('rsyslog.conf'), '-i', file('pid')], { stdio: 'ignore' });
    // It tells its port only where that was its choice.
    if (port === 0) port = await until('rsyslog to listen', () => Number(readOr(file('port'), '0')) || undefined);
    else await until('rsyslog to listen again', () => answers(port));
  };
  const stop = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill('SIGTERM');
    await gone;
  };
  onTestFinished(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return {
    get port() {
      return port;
    },
    ca: file('cert.pem'),
    // The last one may be half written.
    lines: () => readOr(file('out.json'), '').split('\n').slice(0, -1).filter(Boolean).map(lineOf),
    start,
    stop,
  };
}

function lineOf(text: string): SyslogLine {
  try {
    return JSON.parse(text) as SyslogLine;
  } catch (error) {
    throw new Error(`rsyslog wrote what is no JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined));
    socket.once('error', () => resolve(false));
  });

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
