import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type LookupFunction, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { selfSignedKey } from './certificate.ts';
import { type Network, type NetworkSettings, openNetwork } from './network.ts';
import { networkGuard } from './network-guard.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function open(settings: NetworkSettings): Network {
  const network = openNetwork(settings);
  undo.push(() => network.close());
  return network;
}

async function listen(server: Server | ReturnType<typeof createSocketServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const get = (url: string, more: { timeoutMs?: number; maxResponseBytes?: number } = {}) =>
  ({ method: 'GET', url, timeoutMs: 5_000, maxResponseBytes: 100, ...more }) as const;

describe('the guard', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    'ff02::1',
    '::7f00:1',
    '::ffff:0:7f00:1',
    '64:ff9b:1::a00:1',
    '2001:0:7f00:1::',
    'fec0::1',
    '4000::1',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    '198.18.0.1',
    '240.0.0.1',
    'not an address',
    '',
  ])('refuses %s', (address) => expect(networkGuard({}).allows(address)).toBe(false));

  it.each(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])('lets %s pass', (address) =>
    expect(networkGuard({}).allows(address)).toBe(true),
  );

  it('lets an allowed range pass, and nothing beside it', () => {
    const guard = networkGuard({ allow: ['10.1.0.0/16', 'fd00::/8', '192.168.7.7'] });
    const allowed = ['10.1.255.1', '::ffff:10.1.0.9', 'fd12::1', '192.168.7.7'];
    expect(allowed.filter((address) => !guard.allows(address))).toEqual([]);
    expect(['10.2.0.1', '192.168.7.8', 'fe80::1'].filter((address) => guard.allows(address))).toEqual([]);
  });

  it('keeps loopback and the unspecified address apart', () => {
    const guard = networkGuard({ allowLoopback: true });
    expect(['127.0.0.1', '127.9.9.9', '::1'].every((address) => guard.allows(address))).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1'].some((address) => guard.allows(address))).toBe(false);
  });

  it('says which range it cannot read', () => {
    expect(() => networkGuard({ allow: ['10.0.0.0/99'] })).toThrow('10.0.0.0/99');
  });

  it('judges an IPv4 address alike in every notation', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)), (bytes) => {
        const plain = bytes.join('.');
        const guard = networkGuard({});
        expect(guard.allows(`::ffff:${plain}`)).toBe(guard.allows(plain));
      }),
    );
  });
});

describe('the door', () => {
  it('refuses a literal address in any notation without connecting', async () => {
    let connections = 0;
    const port = await listen(createServer(() => undefined).on('connection', () => (connections += 1)));
    const network = open({});
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '[::1]', '0.0.0.0']) {
      await expect(network.request(get(`http://${host}:${port}/`))).rejects.toMatchObject({ reason: 'blocked' });
    }
    expect(connections).toBe(0);
  });

  it('refuses a name when one of its addresses is off limits', async () => {
    const mixed = ((_name, _options, done) =>
      done(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ])) as LookupFunction;
    const network = open({ lookup: mixed });
    await expect(network.request(get('http://mixed.example/'))).rejects.toMatchObject({ reason: 'blocked' });
  });

  it.each(['127.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', 'fd00:ec2::254', 'fe80::1', '10.0.0.1'])(
    'refuses a name that leads to %s',
    async (address) => {
      const family = address.includes(':') ? 6 : 4;
      const lookup = ((_name, _options, done) => done(null, [{ address, family }])) as LookupFunction;
      const network = open({ lookup });
      await expect(network.request(get('http://inside.example/'))).rejects.toMatchObject({ reason: 'blocked' });
    },
  );

  it('refuses the names that this machine has for itself', async () => {
    for (const host of ['localhost', 'x.localhost', 'LOCALHOST.']) {
      const outcome = open({}).request(get(`http://${host}:1/`));
      await expect(outcome, host).rejects.toMatchObject({ reason: expect.stringMatching(/^(blocked|dns)$/) });
    }
  });

  it('asks for the address of a name once, so that the one that is judged is the one that is used', async () => {
    let asked = 0;
    const port = await listen(createServer((_request, response) => response.end('x')));
    const turning = ((_name, _options, done) => {
      asked += 1;
      done(null, [{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
    }) as LookupFunction;
    const reply = await open({ allowLoopback: true, lookup: turning }).request(get(`http://turning.example:${port}/`));
    expect([reply.status, asked]).toEqual([200, 1]);
  });

  it('judges the address that it is connected to in the end, and says nothing there', async () => {
    let requests = 0;
    const port = await listen(createServer(() => (requests += 1)));
    // Linux leads 0.0.0.0 to this machine: the one address is let through here, the other is not.
    const lookup = ((_name, _options, done) => done(null, [{ address: '0.0.0.0', family: 4 }])) as LookupFunction;
    const network = open({ allow: ['0.0.0.0'], lookup });
    await expect(network.request(get(`http://odd.example:${port}/`))).rejects.toMatchObject({ reason: 'blocked' });
    expect(requests).toBe(0);
  });

  it('sends what it is given and gives back the answer', async () => {
    const seen: string[] = [];
    const port = await listen(
      createServer(async (request, response) => {
        let body = '';
        for await (const part of request) body += part;
        seen.push(`${request.method} ${request.url} ${request.headers['x-one']} ${body}`);
        response.writeHead(404, { 'x-two': '2' }).end('nothing here');
      }),
    );
    const network = open({ allowLoopback: true });
    const reply = await network.request({
      ...get(`http://127.0.0.1:${port}/a?b=c`),
      method: 'POST',
      headers: { 'x-one': '1' },
      body: 'hello',
    });
    expect(seen).toEqual(['POST /a?b=c 1 hello']);
    expect({ status: reply.status, two: reply.headers['x-two'], body: Buffer.from(reply.body).toString() }).toEqual({
      status: 404,
      two: '2',
      body: 'nothing here',
    });
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect by %i', async (status) => {
    let requests = 0;
    const port = await listen(
      createServer((_request, response) => {
        requests += 1;
        response.writeHead(status, { location: 'http://169.254.169.254/' }).end();
      }),
    );
    const reply = await open({ allowLoopback: true }).request(get(`http://127.0.0.1:${port}/`));
    expect([reply.status, requests]).toEqual([status, 1]);
  });

  it('reads no more of an endless answer than it was told to', async () => {
    const port = await listen(
      createServer((_request, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
        };
        response.on('drain', more);
        more();
      }),
    );
    const reply = await open({ allowLoopback: true }).request(get(`http://127.0.0.1:${port}/`));
    expect(reply.body.length).toBe(100);
  });

  it('names the reason of each failure', async () => {
    const network = open({ allowLoopback: true });
    const silent = await listen(createSocketServer(() => undefined));
    const rude = await listen(createSocketServer((socket: Socket) => socket.resetAndDestroy()));
    const babbling = await listen(createSocketServer((socket: Socket) => socket.end('good day\r\n\r\n')));
    const closed = createServer();
    const closedPort = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    const reasonFor = (url: string, timeoutMs = 5_000) =>
      network.request(get(url, { timeoutMs })).then(
        (reply) => reply.status,
        (failure) => failure.reason,
      );
    expect(await reasonFor(`http://127.0.0.1:${silent}/`, 50)).toBe('timeout');
    expect(await reasonFor(`http://127.0.0.1:${rude}/`)).toBe('reset');
    expect(await reasonFor(`http://127.0.0.1:${babbling}/`)).toBe('protocol');
    expect(await reasonFor(`http://127.0.0.1:${closedPort}/`)).toBe('refused');
    expect(await reasonFor('http://no-such-host.invalid/')).toBe('dns');
    expect(await reasonFor('ftp://127.0.0.1/')).toBe('bad-url');
    expect(await reasonFor('not a url')).toBe('bad-url');
  });

  it('speaks TLS only with a certificate it can verify, or is told to trust', async () => {
    const { key, certificate: cert } = await selfSignedKey({
      commonName: 'localhost',
      hostNames: ['localhost'],
      notBefore: Date.now() - 60_000,
      notAfter: Date.now() + 3_600_000,
      serial: '01',
    });
    const port = await listen(createSecureServer({ key, cert }, (_request, response) => response.end('safe')));
    const distrusting = open({ allowLoopback: true });
    await expect(distrusting.request(get(`https://localhost:${port}/`))).rejects.toMatchObject({ reason: 'tls' });
    const trusting = open({ allowLoopback: true, extraCa: cert });
    const reply = await trusting.request(get(`https://localhost:${port}/`));
    expect(Buffer.from(reply.body).toString()).toBe('safe');
  });
});
