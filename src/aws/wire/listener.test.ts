import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../base/fake-clock.ts';
import { seededIds } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { BodyRoom } from './body-room.ts';
import { Gateway } from './gateway.ts';
import { answer, BODY_LIMIT, belongsToGateway, serverOptions } from './listener.ts';

const MIB = 1024 * 1024;
const room = new BodyRoom(20 * MIB);
let server: Server;
let port: number;
const faults: object[] = [];
let gone: Promise<void> = Promise.resolve();
let waiting: () => void = () => undefined;

beforeAll(async () => {
  const gateway = new Gateway({
    handlers: {
      logs: { DescribeLogGroups: () => ({ logGroups: [{ logGroupName: 'é' }] }), CreateLogGroup: () => ({}) },
      sqs: {
        ReceiveMessage(_, { signal }) {
          gone = new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
          waiting();
          return gone.then(() => ({}));
        },
      },
    },
    clock: new FakeClock(0),
    ids: seededIds(1),
    log: { ...silentLog, error: (fields) => faults.push(fields) },
    defaults: { account: '000000000000', region: 'us-east-1' },
  });
  server = createServer(serverOptions, (request, response) => void answer(gateway, request, response, { room }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(
  () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
);

const LIST = { 'x-amz-target': 'Logs_20140328.DescribeLogGroups', 'content-type': 'application/x-amz-json-1.1' };

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function ask(headers: Record<string, string>, body: Iterable<Buffer | string>, method = 'POST'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', method, path: '/', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    request.on('error', reject);
    for (const chunk of body) request.write(chunk);
    request.end();
  });
}

/** Sends raw bytes, ends its side if told to, and gives everything that comes back. */
function raw(bytes: string, { halfClose = false } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let got = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      got += chunk;
    });
    socket.on('end', () => {
      socket.end();
      resolve(got);
    });
    socket.on('error', reject);
    socket.write(bytes);
    if (halfClose) socket.end();
  });
}

describe('the listener', () => {
  it('answers with the length in bytes and keeps the connection', async () => {
    const { status, headers, body } = await ask(LIST, ['{}']);
    expect([status, body]).toEqual([200, '{"logGroups":[{"logGroupName":"é"}]}']);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
    expect(headers.connection).toBe('keep-alive');
    expect(serverOptions.keepAliveTimeout).toBeGreaterThan(60_000);
  });

  it('reads a body that comes in pieces of unknown length', async () => {
    const { status } = await ask({ ...LIST, 'transfer-encoding': 'chunked' }, ['{', '"limit"', ':', '1}']);
    expect(status).toBe(200);
  });

  it.each([
    ['content-length', { 'content-length': String(BODY_LIMIT + 5 * 1024 * 1024) }],
    ['chunks', { 'transfer-encoding': 'chunked' }],
  ])('answers 413 in the protocol of the request to a body too large, sent with %s', async (_, headers) => {
    const megabyte = Buffer.alloc(1024 * 1024, 'a');
    const pieces = Array.from({ length: 21 }, () => megabyte);
    const got = await ask({ ...LIST, ...headers }, pieces);
    expect(got.status).toBe(413);
    expect(JSON.parse(got.body)).toEqual({
      __type: 'RequestEntityTooLarge',
      message: `The request body exceeds ${BODY_LIMIT} bytes.`,
    });
    const form = await ask({ 'content-type': 'application/x-www-form-urlencoded', ...headers }, pieces);
    expect(form.status).toBe(413);
    expect(form.body).toContain('<Code>RequestEntityTooLarge</Code>');
  });

  it('answers 503 to a large body that there is no room for, and takes small ones all the same', async () => {
    const target = 'POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: Logs_20140328.DescribeLogGroups\r\n';
    const slow = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
    slow.write(`${target}Content-Length: ${15 * MIB}\r\n\r\n`);
    slow.write(Buffer.alloc(10 * MIB, 'a'));
    while (room.held < 10 * MIB) await new Promise((resolve) => setTimeout(resolve, 5));
    const large = Array.from({ length: 15 }, () => Buffer.alloc(MIB, ' '));
    const got = await ask(LIST, large);
    expect([got.status, got.headers['retry-after']]).toEqual([503, '2']);
    expect(JSON.parse(got.body)).toMatchObject({ __type: 'ServiceUnavailable' });
    expect(room.refused).toBe(1);
    expect((await ask(LIST, ['{}'])).status).toBe(200);
    slow.destroy();
    while (room.held > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await ask(LIST, [...large, '{}'])).status).not.toBe(503);
    expect(room.held).toBe(0);
  });

  it('answers malformed HTTP with 400 and headers beyond all measure with 431', async () => {
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    expect(await raw('POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(64 * 1024)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('answers a client that has closed its own side', async () => {
    const head =
      'POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: Logs_20140328.DescribeLogGroups\r\nContent-Length: 2\r\n\r\n{}';
    expect(await raw(head, { halfClose: true })).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('survives a client that leaves in the middle of its body', async () => {
    const head =
      'POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: Logs_20140328.DescribeLogGroups\r\nContent-Length: 100\r\n\r\n{"a"';
    await raw(head, { halfClose: true });
    expect((await ask(LIST, ['{}'])).status).toBe(200);
    expect(faults).toEqual([]);
  });

  it('tells a waiting handler that its client has left', async () => {
    const reached = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
    });
    request.on('error', () => undefined);
    request.end('{"QueueUrl":"q"}');
    await reached;
    request.destroy();
    await gone;
    expect(faults).toEqual([]);
  });
});

describe('a request on a shared port', () => {
  const isOurs = (method: string, url: string, headers: Record<string, string> = {}) =>
    belongsToGateway({ method, url, headers });

  it('belongs to the gateway when AWS clients send such', () => {
    expect(isOurs('POST', '/')).toBe(true);
    expect(isOurs('POST', '/any/base', { 'x-amz-target': 'a.b' })).toBe(true);
    expect(isOurs('POST', '/service/x/operation/y', { 'smithy-protocol': 'rpc-v2-cbor' })).toBe(true);
    expect(isOurs('POST', '/base', { authorization: 'AWS4-HMAC-SHA256 …' })).toBe(true);
    expect(isOurs('GET', '/?Action=ConfirmSubscription&Token=t')).toBe(true);
    expect(isOurs('POST', '/111122223333/queue')).toBe(true);
  });

  it('belongs to somebody else otherwise', () => {
    expect(isOurs('GET', '/')).toBe(false);
    expect(isOurs('GET', '/console?Action=x')).toBe(false);
    expect(isOurs('POST', '/console/login', { 'content-type': 'application/x-www-form-urlencoded' })).toBe(false);
    expect(isOurs('POST', '/api/v1/ingest', { authorization: 'Bearer x' })).toBe(false);
  });
});
