import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../../../test/engine/until.ts';
import { ForwardWorld, idsIn, idsTo } from '../../../../test/forward/forward-world.ts';
import { hasRsyslog, type Rsyslog, rsyslog } from '../../../../test/forward/rsyslog.ts';
import { sqliteStore } from '../../../../test/stores.ts';

const SECOND = 1_000;
const open = sqliteStore();

/** Turns of the clock until everything is sent: sockets move by the real clock. */
async function sent(world: ForwardWorld, count: number): Promise<void> {
  await until(`${count} to be sent`, async () => {
    await world.pass(SECOND, 200);
    return (await world.state()).sent === count;
  });
}

async function written(server: Rsyslog, count: number) {
  return until(`${count} lines`, () => (server.lines().length >= count ? server.lines() : undefined));
}

describe.skipIf(!hasRsyslog)('rsyslog (skipped where there is none with TLS)', () => {
  it('gets messages of RFC 5424 over TLS, with CEF in them', async () => {
    const server = await rsyslog(true);
    const world = new ForwardWorld(await open());
    await world.logs.makeGroup();
    await world.logs.putFilter('root-usage', '{ $.userIdentity.type = "Root" }');
    await world.start({ siem: { type: 'syslog', host: 'localhost', port: server.port, ca: server.ca } });
    await world.put([...world.records(2), 'two\nlines=of |text\\'], Date.UTC(2026, 2, 1, 11, 59, 0, 250));
    await sent(world, 3);
    const [first, , third] = await written(server, 3);
    expect(first).toMatchObject({
      pri: String(13 * 8 + 5),
      time: expect.stringMatching(/^2026-03-01T11:59:00\.250/),
      host: 'trailbell',
      app: 'trailbell',
      msgid: 'match',
    });
    expect(first?.msg.trim()).toBe(
      'CEF:0|Trailbell|Trailbell|1|ConsoleLogin|signed in to the console|5|rt=1772366340250 externalId=5a1c0f0e-0000-4000-8000-000000000001 cat=AwsConsoleSignIn act=ConsoleLogin outcome=success suser=root suid=111122223333 src=203.0.113.7 destinationServiceName=signin.amazonaws.com requestClientApplication=Mozilla/5.0 cs1=111122223333 cs1Label=AccountId cs2=us-east-1 cs2Label=Region cs3=root-usage cs3Label=MetricFilters cs4=Root cs4Label=IdentityType cs5=no cs5Label=MFA msg=root of 1111-2222-3333: signed in to the console from 203.0.113.7: success',
    );
    expect(third).toMatchObject({ pri: String(13 * 8 + 6), msgid: 'event' });
    expect(third?.msg).toContain('msg=two\\nlines\\=of |text\\\\');
  });

  it('gets records as JSON, and what is too long without its large members', async () => {
    const server = await rsyslog(false);
    const world = new ForwardWorld(await open());
    const settings = {
      type: 'syslog',
      host: '127.0.0.1',
      port: server.port,
      tls: false,
      format: 'json',
      maxBytes: 4_096,
    };
    await world.start({ siem: settings });
    const [record = ''] = world.records(1);
    const long = JSON.stringify({ ...JSON.parse(record), requestParameters: { text: 'ü'.repeat(5_000) } });
    await world.put([record, long, 'x'.repeat(10_000)]);
    await sent(world, 3);
    const lines = await written(server, 3);
    const [first, second, third] = lines.map(({ msg }) => JSON.parse(msg) as Record<string, unknown>);
    expect(first).toEqual(JSON.parse(record));
    const { requestParameters: _, responseElements: __, ...rest } = JSON.parse(record) as Record<string, unknown>;
    expect(second).toEqual({ ...rest, trailbellLeftOut: ['responseElements', 'requestParameters'] });
    expect(third?.message).toMatch(/^x+ …$/);
  });

  it('that is down for ten minutes of load loses nothing', { timeout: 60_000 }, async () => {
    const server = await rsyslog(true);
    const world = new ForwardWorld(await open());
    const { port, ca } = server;
    await world.start({
      siem: { type: 'syslog', host: 'localhost', port, ca, format: 'json', batch: { records: 100 } },
    });
    await world.put(world.records(10));
    await sent(world, 10);
    await server.stop();
    for (let minute = 0; minute < 10; minute += 1) {
      await world.put(world.records(30));
      await world.pass(60 * SECOND, 20 * SECOND);
    }
    expect(await world.state()).toMatchObject({ waiting: 300, failing: { reason: 'refused' } });
    await server.start();
    await world.pass(330 * SECOND, 30 * SECOND);
    await sent(world, 310);
    const lines = await written(server, 310);
    expect(idsIn(lines.map(({ msg }) => msg).join('\n'))).toEqual(idsTo(310));
  });

  it('whose certificate is not trusted gets nothing', async () => {
    const server = await rsyslog(true);
    const world = new ForwardWorld(await open());
    await world.start({ siem: { type: 'syslog', host: 'localhost', port: server.port } });
    await world.put(world.records(1));
    await until('the failure', async () => {
      await world.pass(SECOND);
      return (await world.state()).failing?.reason === 'tls';
    });
    expect(server.lines()).toEqual([]);
  });
});

describe('a syslog receiver', () => {
  const listening = async (take: (socket: Socket) => void): Promise<number> => {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      take(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  };

  it.each([
    ['closes at once', (socket: Socket) => socket.end()],
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
    [
      'closes after a part',
      (socket: Socket) =>
        socket.once('data', () => {
          socket.pause();
          socket.end();
        }),
    ],
  ])('that %s has not got the batch', async (_what, take) => {
    const port = await listening(take);
    const world = new ForwardWorld(await open());
    await world.start({ siem: { type: 'syslog', host: '127.0.0.1', port, tls: false } });
    await world.put(world.records(100));
    await until('the failure', async () => {
      await world.pass(SECOND, 200);
      return (await world.state()).failing?.reason === 'reset';
    });
    expect(await world.state()).toMatchObject({ sent: 0, waiting: 100 });
  });

  it('that never closes has not got the batch after a minute', async () => {
    const port = await listening((socket) => socket.resume());
    const world = new ForwardWorld(await open());
    await world.start({ siem: { type: 'syslog', host: '127.0.0.1', port, tls: false } });
    await world.put(world.records(1));
    const passing = until('the failure', async () => {
      await world.logs.clock.advance(5 * SECOND);
      return (await world.state()).failing?.reason === 'timeout';
    });
    await passing;
  });

  it('is sent no message longer than it takes, header included, and no time that the protocol cannot write', async () => {
    const parts: Buffer[] = [];
    const port = await listening((socket) =>
      socket.on('data', (part) => parts.push(part)).on('end', () => socket.end()),
    );
    const world = new ForwardWorld(await open());
    await world.start({
      siem: { type: 'syslog', host: '127.0.0.1', port, tls: false, format: 'json', maxBytes: 4_096 },
    });
    const [record = ''] = world.records(1);
    const padded = (length: number) => record.replace('Mozilla/5.0', 'x'.repeat(length - record.length + 11));
    await world.put(
      Array.from({ length: 90 }, (_, index) => padded(4_020 + index)),
      Date.UTC(12_026, 0, 1),
    );
    await sent(world, 90);
    let rest = Buffer.concat(parts);
    const lengths: number[] = [];
    while (rest.length > 0) {
      const length = Number(/^\d+(?= )/.exec(rest.toString('latin1', 0, 10))?.[0]);
      const start = String(length).length + 1;
      expect(rest.toString('utf8', start, start + 12)).toBe('<110>1 - tra');
      lengths.push(length);
      rest = rest.subarray(start + length);
    }
    expect(lengths).toHaveLength(90);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4_096);
  });
});
