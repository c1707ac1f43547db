import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServeSettings } from '../../src/server/options.ts';
import { rootSignIn } from '../engine/root-sign-in.ts';
import { startEngine, type TestEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { httpRequest, RawClient, type RawReply } from './raw-client.ts';

const MIB = 1024 * 1024;

const json = (operation: string): Record<string, string> => ({
  'x-amz-target': `Logs_20140328.${operation}`,
  'content-type': 'application/x-amz-json-1.1',
});
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const LIST_TOPICS = 'Action=ListTopics&Version=2010-03-31';
const CBOR = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
const CBOR_PATH = '/service/GraniteServiceVersion20100801/operation/PutMetricData';

/** An engine with a log stream, and whatever is done to it: it must stay well. */
async function target(settings: ServeSettings = {}): Promise<TestEngine> {
  const engine = await startEngine(settings);
  for (const [operation, body] of [
    ['CreateLogGroup', '{"logGroupName":"g"}'],
    ['CreateLogStream', '{"logGroupName":"g","logStreamName":"s"}'],
  ] as const) {
    expect((await call(engine, httpRequest('POST', '/', json(operation), body)))?.status).toBe(200);
  }
  // Registered later than the engine's own end, so it runs before it.
  onTestFinished(async () => {
    const reply = await call(engine, httpRequest('POST', '/', json('DescribeLogGroups'), '{}'));
    expect(reply?.status).toBe(200);
    expect(reply?.body.toString()).toContain('"logGroupName":"g"');
    expect(engine.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
  return engine;
}

/** One request over a connection of its own. */
async function call({ url }: TestEngine, bytes: string | Uint8Array): Promise<RawReply | undefined> {
  const client = await RawClient.open(url);
  const sent = client.send(bytes);
  const reply = await client.reply();
  client.socket.destroy();
  await sent;
  return reply;
}

const typeOf = (reply: RawReply | undefined): string =>
  `${reply?.status} ${(JSON.parse(reply?.body.toString() || '{}') as { __type?: string }).__type}`;

describe('a page of another site', () => {
  it.each([
    ['AWS calls', httpRequest('POST', '/', { ...FORM, origin: 'https://evil.example' }, LIST_TOPICS)],
    [
      'AWS calls as plain text',
      httpRequest('POST', '/', { origin: 'null', 'content-type': 'text/plain' }, LIST_TOPICS),
    ],
    ['the console', httpRequest('GET', '/console', { origin: 'http://localhost.evil.example' })],
    ['the own API', httpRequest('POST', '/api/v1/ingest', { origin: 'https://evil.example' }, rootSignIn(new Date(0)))],
    ['a name that points here', httpRequest('GET', '/console', { host: 'evil.example' })],
    [
      'a name that points here, for AWS calls',
      httpRequest('POST', '/', { ...FORM, host: 'evil.example:4780' }, LIST_TOPICS),
    ],
    ['an address of another network', httpRequest('GET', '/api/v1/status', { host: '192.0.2.1' })],
    ['a host that is none', httpRequest('GET', '/api/v1/status', { host: 'localhost/@evil.example' })],
  ])('may not use %s', async (_, bytes) => {
    const engine = await target();
    const reply = await call(engine, bytes);
    expect(reply?.status).toBe(403);
    expect(reply?.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('what is no good HTTP', () => {
  it.each([
    ['nonsense', 'hello\r\n\r\n', 400],
    ['a TLS greeting', Buffer.from('16030100a5010000a10303', 'hex'), 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['an unknown version', 'GET / HTTP/9.9\r\nhost: localhost\r\n\r\n', 400],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['a header that is none', 'GET / HTTP/1.1\r\nhost: localhost\r\nno header\r\n\r\n', 400],
    ['a header with a control character', 'GET / HTTP/1.1\r\nhost: localhost\r\nx: a\x00b\r\n\r\n', 400],
    ['a negative length', httpRequest('POST', '/', { ...FORM, 'content-length': '-1' }), 400],
    ['a length in words', httpRequest('POST', '/', { ...FORM, 'content-length': 'ten' }), 400],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
    ['a length beside chunks', httpRequest('POST', '/', { ...FORM, 'transfer-encoding': 'chunked' }, '0\r\n\r\n'), 400],
    ['chunks that are none', 'POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 400],
    ['headers of a megabyte', httpRequest('GET', '/', { cookie: 'a'.repeat(MIB) }), 431],
    ['ten thousand headers', `GET / HTTP/1.1\r\nhost: localhost\r\n${'name: value\r\n'.repeat(10_000)}\r\n`, 431],
    ['an address of a megabyte', httpRequest('GET', `/${'a'.repeat(MIB)}`, {}), 431],
  ])('is refused: %s', async (_, bytes, status) => {
    const engine = await target();
    const client = await RawClient.open(engine.url);
    const sent = client.send(bytes);
    const reply = await client.reply();
    expect(reply?.status).toBe(status);
    await client.closed();
    await sent;
  });

  it.each([
    ['a method nobody knows', httpRequest('PROPFIND', '/', {})],
    ['TRACE', httpRequest('TRACE', '/', {})],
    ['an address with a host in it', httpRequest('GET', 'http://localhost/nothing/here', {})],
    ['an asterisk', httpRequest('OPTIONS', '*', {})],
    ['climbing out of the console', httpRequest('GET', '/console/../../etc/passwd', {})],
    ['climbing out of the kept mails', httpRequest('GET', '/console/mail/..%2f..%2fsecret.key', {})],
    ['a NUL in the address', httpRequest('GET', '/console/mail/%00', {})],
    ['broken escapes', httpRequest('GET', '/console/%ff%fe%', {})],
    ['bytes above ASCII', httpRequest('GET', '/\xff\xfe', {})],
    ['two slashes', httpRequest('GET', '//evil.example/console', {})],
    ['a page of rings that is none', httpRequest('GET', '/api/v1/rings?since=NaN&limit=1e9', {})],
    ['a confirmation without a token', httpRequest('GET', '/?Action=ConfirmSubscription&Token=&TopicArn=x', {})],
    ['an ingest of noise', httpRequest('POST', '/api/v1/ingest', {}, Buffer.alloc(70_000, 0x9f))],
    ['an ingest of nested brackets', httpRequest('POST', '/api/v1/ingest', {}, '['.repeat(4 * MIB))],
    [
      'an ingest cut short inside gzip',
      httpRequest('POST', '/api/v1/ingest', {}, gzipSync(rootSignIn(new Date(0))).subarray(0, 40)),
    ],
    ['an ingest with a run of a megabyte', httpRequest('POST', `/api/v1/ingest?run=${'a'.repeat(20_000)}`, {}, '{}')],
    ['cross-site forms', httpRequest('OPTIONS', '/api/v1/ingest', { 'access-control-request-method': 'POST' })],
  ])('is no fault of ours: %s', async (_, bytes) => {
    const engine = await target();
    const reply = await call(engine, bytes);
    expect(reply?.status).toBeGreaterThanOrEqual(400);
    expect(reply?.status).toBeLessThan(500);
    expect(reply?.body.toString()).not.toMatch(/root:|node_modules|\bat .*\.[jt]s:\d/);
  });
});

describe('a body above 16 MiB', () => {
  const large = Buffer.alloc(17 * MIB, 0x20);

  it('is refused in JSON', async () => {
    const reply = await call(await target(), httpRequest('POST', '/', json('PutLogEvents'), large));
    expect(typeOf(reply)).toBe('413 RequestEntityTooLarge');
    expect(reply?.headers.get('connection')).toBe('close');
  });

  it('is refused in Query', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=00';
    const reply = await call(await target(), httpRequest('POST', '/', { ...FORM, authorization }, large));
    expect(reply?.status).toBe(413);
    expect(reply?.body.toString()).toContain('<Code>RequestEntityTooLarge</Code>');
  });

  it('is refused in CBOR', async () => {
    const reply = await call(await target(), httpRequest('POST', CBOR_PATH, CBOR, large));
    expect([reply?.status, reply?.headers.get('smithy-protocol')]).toEqual([413, 'rpc-v2-cbor']);
    expect(reply?.body.toString('latin1')).toContain('RequestEntityTooLarge');
  });

  it('is refused when it comes in chunks of unknown number', async () => {
    const engine = await target();
    const client = await RawClient.open(engine.url);
    const { 'content-length': _, ...headers } = { 'content-length': '', ...json('PutLogEvents') };
    const head = Object.entries({ host: 'localhost', 'transfer-encoding': 'chunked', ...headers });
    await client.send(`POST / HTTP/1.1\r\n${head.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n`);
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MIB, 0x20), Buffer.from('\r\n')]);
    for (let n = 0; n < 17; n += 1) await client.send(chunk);
    await client.send('0\r\n\r\n');
    expect(typeOf(await client.reply())).toBe('413 RequestEntityTooLarge');
  });

  it('is given up when it does not end', async () => {
    const engine = await target();
    const client = await RawClient.open(engine.url);
    await client.send(httpRequest('POST', '/', { ...json('PutLogEvents'), 'content-length': '1000000000000' }));
    const chunk = Buffer.alloc(MIB, 0x20);
    for (let n = 0; n < 200 && client.socket.writable; n += 1) await client.send(chunk);
    const reply = await client.reply();
    if (reply) expect(typeOf(reply)).toBe('413 RequestEntityTooLarge');
    await client.closed();
  });
});

describe('a small body that means much work', () => {
  it.each([
    ['JSON nested a million deep', json('PutLogEvents'), '['.repeat(MIB), '400 SerializationException'],
    [
      'a member nested a million deep',
      json('PutLogEvents'),
      `{"logEvents":${'['.repeat(MIB / 2)}${']'.repeat(MIB / 2)}}`,
      '400 SerializationException',
    ],
    [
      'a gzip bomb',
      { ...json('PutLogEvents'), 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(256 * MIB)),
      '400 SerializationException',
    ],
    [
      'gzip cut short',
      { ...json('PutLogEvents'), 'content-encoding': 'gzip' },
      gzipSync('{"logGroupName":"g"}').subarray(0, 20),
      '400 SerializationException',
    ],
  ])('is refused: %s', async (_, headers, body, expected) => {
    expect(typeOf(await call(await target(), httpRequest('POST', '/', headers, body)))).toBe(expected);
  });

  it('is taken in when an ingest inflates to much, and refused when to too much', async () => {
    const engine = await target();
    const reply = await call(
      engine,
      httpRequest('POST', '/api/v1/ingest', {}, gzipSync(Buffer.alloc(256 * MIB, 0x20))),
    );
    expect(reply?.status).toBe(400);
  });
});

describe('PutLogEvents', () => {
  const put = (engine: TestEngine, logEvents: object[]) =>
    call(
      engine,
      httpRequest(
        'POST',
        '/',
        json('PutLogEvents'),
        JSON.stringify({ logGroupName: 'g', logStreamName: 's', logEvents }),
      ),
    );

  it('takes a batch of just 1,048,576 bytes, 26 of them for each event, and not one more', async () => {
    const engine = await target();
    const timestamp = Date.now();
    const events = (bytes: number) =>
      Array.from({ length: 4 }, () => ({ timestamp, message: 'ä'.repeat((bytes / 4 - 26) / 2) }));
    expect((await put(engine, events(MIB)))?.status).toBe(200);
    const [first, ...rest] = events(MIB);
    const more = { timestamp, message: `${first?.message}x` };
    expect(typeOf(await put(engine, [more, ...rest]))).toBe('400 InvalidParameterException');
  });

  it('takes ten thousand events, and not one more', async () => {
    const engine = await target();
    const timestamp = Date.now();
    const events = Array.from({ length: 10_000 }, () => ({ timestamp, message: 'm' }));
    expect((await put(engine, events))?.status).toBe(200);
    expect(typeOf(await put(engine, [...events, { timestamp, message: 'm' }]))).toBe('400 InvalidParameterException');
  });

  it('refuses an event without a message or from before all time, and leaves out one from the far future', async () => {
    const engine = await target();
    expect(typeOf(await put(engine, [{ timestamp: 1, message: '' }]))).toBe('400 InvalidParameterException');
    expect(typeOf(await put(engine, [{ timestamp: -1, message: 'm' }]))).toBe('400 InvalidParameterException');
    const reply = await put(engine, [{ timestamp: Number.MAX_SAFE_INTEGER, message: 'm' }]);
    expect(JSON.parse(reply?.body.toString() ?? '')).toMatchObject({
      rejectedLogEventsInfo: { tooNewLogEventStartIndex: 0 },
    });
  });
});

describe('a connection', () => {
  const sqs = (operation: string, input: object) =>
    httpRequest(
      'POST',
      '/',
      { 'x-amz-target': `AmazonSQS.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
      JSON.stringify(input),
    );
  const createQueue = async (engine: TestEngine) => {
    const made = await call(engine, sqs('CreateQueue', { QueueName: 'q' }));
    return JSON.parse(made?.body.toString() ?? '') as { QueueUrl: string };
  };
  const describeGroups = httpRequest('POST', '/', json('DescribeLogGroups'), '{}');

  it.each([
    ['an AWS call', describeGroups],
    ['an own page', httpRequest('GET', '/api/v1/status', {})],
    ['an ingest', httpRequest('POST', '/api/v1/ingest', {}, rootSignIn(new Date(0)))],
  ])('is answered though the client has ended its side: %s', async (_, bytes) => {
    const client = await RawClient.open((await target()).url);
    client.socket.end(bytes);
    expect((await client.reply())?.status).toBe(200);
    await client.closed();
  });

  it('is answered at once, and handed no message, when its client ends its side while it polls', async () => {
    const engine = await target();
    const { QueueUrl } = await createQueue(engine);
    const client = await RawClient.open(engine.url);
    await client.send(sqs('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }));
    client.socket.end();
    const reply = await client.reply();
    expect([reply?.status, reply?.body.toString()]).toEqual([200, '{}']);
  });

  it('is answered in order when requests come at once', async () => {
    const client = await RawClient.open((await target()).url);
    await client.send(Buffer.concat([describeGroups, httpRequest('GET', '/healthz', {}), describeGroups]));
    const bodies = [await client.reply(), await client.reply(), await client.reply()].map((reply) =>
      String(reply?.body),
    );
    expect(bodies).toEqual([expect.stringContaining('logGroups'), 'ok\n', expect.stringContaining('logGroups')]);
  });

  it('is answered when its request comes byte by byte', async () => {
    const client = await RawClient.open((await target()).url);
    for (const byte of describeGroups) await client.send(Uint8Array.of(byte));
    expect((await client.reply())?.status).toBe(200);
  });

  it('may ask whether to go on', async () => {
    const client = await RawClient.open((await target()).url);
    const bytes = httpRequest('POST', '/', { ...json('DescribeLogGroups'), expect: '100-continue' }, '{}');
    await client.send(bytes.subarray(0, -2));
    expect((await client.reply())?.status).toBe(100);
    await client.send('{}');
    expect((await client.reply())?.status).toBe(200);
  });

  it('may vanish in the middle of a body, and nothing of it is kept', async () => {
    const engine = await target();
    const event = { timestamp: Date.now(), message: 'half' };
    const body = JSON.stringify({ logGroupName: 'g', logStreamName: 's', logEvents: [event] });
    const bytes = httpRequest('POST', '/', json('PutLogEvents'), body);
    const record = httpRequest('POST', '/api/v1/ingest', {}, rootSignIn(new Date()));
    for (const whole of [bytes, record]) {
      for (let n = 0; n < 20; n += 1) {
        const client = await RawClient.open(engine.url);
        await client.send(whole.subarray(0, whole.length - 1 - n * 5));
        if (n % 2 === 0) client.socket.resetAndDestroy();
        else client.socket.destroy();
        await client.closed();
      }
    }
    const found = await call(engine, httpRequest('POST', '/', json('FilterLogEvents'), '{"logGroupName":"g"}'));
    expect(JSON.parse(found?.body.toString() ?? '')).toMatchObject({ events: [] });
  });

  it('may vanish while a long poll waits, and the message is left for others', async () => {
    const engine = await target();
    const { QueueUrl } = await createQueue(engine);
    const gone = await RawClient.open(engine.url);
    await gone.send(sqs('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    gone.socket.resetAndDestroy();
    await gone.closed();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await call(engine, sqs('SendMessage', { QueueUrl, MessageBody: 'm' })))?.status).toBe(200);
    const got = await call(engine, sqs('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 5 }));
    expect(JSON.parse(got?.body.toString() ?? '')).toMatchObject({ Messages: [{ Body: 'm' }] });
  });

  it('that only listens does not keep the engine from stopping, and one that speaks has a moment to finish', async () => {
    const engine = await startEngine();
    const silent = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(engine.url)));
    const speaking = await RawClient.open(engine.url);
    await speaking.send('POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    await until('the engine to hear it', async () => (await fetch(`${engine.url}/healthz`)).ok);
    const isGone = ({ socket }: RawClient): boolean => socket.destroyed || socket.readableEnded;
    const stopped = engine.app.stop();
    await until('the silent to be hung up', () => silent.every(isGone));
    expect(isGone(speaking)).toBe(false);
    await stopped;
    await until('the last one to be hung up', () => isGone(speaking));
  });
});
