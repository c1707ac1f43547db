import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { selfSignedKey } from '../src/base/certificate.ts';
import { SyslogIntake } from '../src/intake/syslog/syslog-intake.ts';
import { rootSignIn } from './engine/root-sign-in.ts';
import { startEngine, type TestEngine } from './engine/start.ts';
import { until } from './engine/until.ts';
import { intakeWorld } from './intake/trail-world.ts';
import { sqliteStore } from './stores.ts';

const hasLogger = spawnSync('logger', ['--version'], { stdio: 'ignore' }).status === 0;

const signIn = (id: number): string => rootSignIn(new Date(), `5a1c0f0e-0000-4000-8000-0000000000${10 + id}`);
const message = (id: number): string => `<13>1 2026-01-05T12:00:00Z collector cloudtrail - - - ${signIn(id)}`;
const counted = (text: string): string => `${Buffer.byteLength(text)} ${text}`;

async function engineWithSyslog(more: object = {}): Promise<TestEngine & { port: number }> {
  const engine = await startEngine({ cis: true, intakes: { syslog: { port: 0, ...more } } });
  const [, port = ''] = /Syslog messages are taken on port (\d+)/.exec(engine.app.notes.join()) ?? [];
  return { ...engine, port: Number(port) };
}

const counts = async (engine: TestEngine): Promise<Record<string, number>> =>
  Object.fromEntries(
    [
      ...(await (await fetch(`${engine.url}/metrics`)).text()).matchAll(/\{intake="syslog",outcome="(\w+)"\} (\d+)/g),
    ].map(([, outcome, count]) => [outcome, Number(count)]),
  );

const storedBy = (engine: TestEngine, wanted: number): Promise<boolean> =>
  until(`${wanted} records`, async () => (await counts(engine)).stored === wanted);

/** Sends texts over a connection and ends it. */
const send = (socket: Socket, ...texts: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => resolve());
    for (const text of texts) socket.write(text);
    socket.end();
    socket.resume();
  });

/** A key with its certificate, as files and as texts. */
async function certified(folder: string, commonName: string) {
  const made = await selfSignedKey({
    commonName,
    hostNames: [commonName],
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3_600_000,
    serial: '07',
  });
  const files = { cert: join(folder, `${commonName}.crt`), key: join(folder, `${commonName}.key`) };
  writeFileSync(files.cert, made.certificate);
  writeFileSync(files.key, made.key);
  return { ...files, certText: made.certificate, keyText: made.key };
}

describe('records in syslog messages', () => {
  const open = sqliteStore();

  it('ring, counted and one a line, and what is no record is counted as refused', async () => {
    const engine = await engineWithSyslog();
    await send(
      connect(engine.port, '127.0.0.1'),
      counted(message(1)),
      `${message(2)}\n<13>1 - h a - - - hello\n`,
      `<13>Jan  5 12:00:00 h ct: ${signIn(3)}\n`,
    );
    await storedBy(engine, 3);
    expect(await counts(engine)).toEqual({ records: 4, stored: 3, duplicates: 0, filtered: 0, refused: 1, failed: 0 });
    await until('the ring', () => engine.printed.join().includes('Root of 1111-2222-3333 signed in'));
    expect(engine.logged.map(({ level, message: said }) => `${level} ${said}`)).toEqual([
      'warn A syslog sender sends what is no CloudTrail record',
    ]);
  });

  it.skipIf(!hasLogger)('come from a sender that others wrote', async () => {
    const engine = await engineWithSyslog();
    const words = ['--tcp', '--server', '127.0.0.1', '--port', String(engine.port), '--size', '64KiB', '--rfc5424'];
    for (const form of [['--octet-count'], []]) {
      const sender = spawn('logger', [...words, ...form], { stdio: ['pipe', 'ignore', 'inherit'] });
      sender.stdin.end(`${signIn(4)}\n${signIn(5)}\n`);
      expect(await new Promise((resolve) => sender.once('exit', resolve))).toBe(0);
    }
    await storedBy(engine, 4);
    expect(await counts(engine)).toMatchObject({ refused: 0 });
  });

  it('are taken from allowed networks only', async () => {
    const engine = await engineWithSyslog({ allow: ['10.0.0.0/8'] });
    await send(connect(engine.port, '127.0.0.1'), counted(message(1))).catch(() => undefined);
    await until('the refusal', () => engine.logged.some(({ message: said }) => said.includes('turned away')));
    expect(await counts(engine)).toMatchObject({ stored: 0 });
    // A flood of strangers makes a line in the log a minute, and is counted.
    for (let n = 0; n < 5; n += 1) await send(connect(engine.port, '127.0.0.1'), 'x').catch(() => undefined);
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    expect(metrics).toContain('trailbell_syslog_turned_away_total{reason="network"} 6');
    expect(engine.logged).toHaveLength(1);
  });

  it('of more senders than may be are told of', async () => {
    const { context, accept, logged } = intakeWorld(await open());
    const local = { port: 0, host: '127.0.0.1', allow: ['127.0.0.1'] };
    const intake = new SyslogIntake({ context, accept, ...local, mostConnections: 2 });
    const port = await intake.start();
    const sockets = [1, 2, 3].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
    await until('the refusal', () => intake.turnedAway().full === 1);
    expect(logged.map(({ message: said }) => said)).toEqual([
      'A syslog sender was turned away: there are as many connections as may be',
    ]);
    for (const socket of sockets) socket.destroy();
    await intake.stop();
  });

  describe('over TLS', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trailbell-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('need the certificate that the settings ask for', async () => {
      const [server, client] = [await certified(folder, 'localhost'), await certified(folder, 'collector')];
      const engine = await engineWithSyslog({ tlsCert: server.cert, tlsKey: server.key, clientCa: client.cert });
      const known = { port: engine.port, host: '127.0.0.1', rejectUnauthorized: false };
      await send(connectTls({ ...known, cert: client.certText, key: client.keyText }), counted(message(1)));
      await storedBy(engine, 1);
      await send(connectTls(known), counted(message(2))).catch(() => undefined);
      await send(connect(engine.port, '127.0.0.1'), counted(message(3))).catch(() => undefined);
      await send(connectTls({ ...known, cert: client.certText, key: client.keyText }), counted(message(4)));
      await storedBy(engine, 2);
      const metrics = await (await fetch(`${engine.url}/metrics`)).text();
      expect(metrics).toContain('trailbell_syslog_turned_away_total{reason="tls"} 2');
      expect(engine.logged.map(({ message: said }) => said)).toEqual([
        'A syslog sender was turned away: TLS could not be agreed on',
      ]);
    });

    it('strangers hold no place while they take their time for the handshake', async () => {
      const server = await certified(folder, 'localhost');
      const engine = await engineWithSyslog({ allow: ['10.0.0.0/8'], tlsCert: server.cert, tlsKey: server.key });
      const stranger = connect(engine.port, '127.0.0.1').on('error', () => undefined);
      stranger.resume();
      await new Promise((resolve) => stranger.once('close', resolve));
      const metrics = await (await fetch(`${engine.url}/metrics`)).text();
      expect(metrics).toContain('trailbell_syslog_turned_away_total{reason="network"} 1');
      expect(metrics).toContain('trailbell_syslog_turned_away_total{reason="tls"} 0');
    });
  });
});

it('a syslog port with half of a certificate keeps the engine from starting', () => {
  return expect(startEngine({ intakes: { syslog: { port: 0, tlsCert: 'a.pem' } } })).rejects.toThrow('go together');
});
