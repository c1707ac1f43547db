import { gzipSync } from 'node:zlib';
import { cbor } from '@smithy/core/cbor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gateway } from '../../src/aws/wire/gateway.ts';
import type { AwsHandlers } from '../../src/aws/wire/handlers.ts';
import type { WireReply, WireRequest } from '../../src/aws/wire/request.ts';
import { SERVICES } from '../../src/aws/wire/services.ts';
import { FakeClock } from '../../src/base/fake-clock.ts';
import { seededIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';

const MIB = 1024 * 1024;
const LARGEST = 16 * MIB;

/** A gateway whose every operation answers nothing, and which remembers faults and inputs. */
function watched(): { gateway: Gateway; faults: object[]; inputs: Record<string, unknown>[] } {
  const faults: object[] = [];
  const inputs: Record<string, unknown>[] = [];
  const handlers = Object.fromEntries(
    SERVICES.map((service) => [
      service.id,
      Object.fromEntries(
        service.operationNames().map((name) => [
          name,
          (input: Record<string, unknown>) => {
            inputs.push(input);
            return {};
          },
        ]),
      ),
    ]),
  );
  const gateway = new Gateway({
    handlers: handlers as AwsHandlers,
    clock: new FakeClock(0),
    ids: seededIds(1),
    log: { ...silentLog, error: (fields) => faults.push(fields) },
    defaults: { account: '000000000000', region: 'us-east-1' },
  });
  return { gateway, faults, inputs };
}

type Body = string | Uint8Array;

const json = (operation: string, body: Body, headers: Record<string, string> = {}): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'x-amz-target': operation, 'content-type': 'application/x-amz-json-1.1', ...headers },
  body: Buffer.from(body as string),
});

const query = (body: Body): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(body as string),
});

const asCbor = (body: Body): WireRequest => ({
  method: 'POST',
  url: '/service/GraniteServiceVersion20100801/operation/PutMetricData',
  headers: { 'smithy-protocol': 'rpc-v2-cbor' },
  body: Buffer.from(body as string),
});

const TAGGED = 'Action=CreateTopic&Version=2010-03-31&Name=t&';
const numbered = (count: number, name: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => name(i)).join('&');

const HOSTILE: readonly (readonly [string, () => WireRequest])[] = [
  ['JSON that never closes', () => json('Logs_20140328.PutLogEvents', '['.repeat(LARGEST))],
  [
    'JSON nested deeply in a small body',
    () => json('Logs_20140328.PutLogEvents', '['.repeat(MIB) + ']'.repeat(MIB - 1)),
  ],
  ['JSON of empty arrays', () => json('Logs_20140328.PutLogEvents', `{"logEvents":[${'[],'.repeat(MIB)}[]]}`)],
  ['JSON of empty events', () => json('Logs_20140328.PutLogEvents', `{"logEvents":[${'{},'.repeat(MIB / 2)}{}]}`)],
  ['JSON that is no object', () => json('Logs_20140328.CreateLogGroup', '[1]')],
  ['JSON null', () => json('Logs_20140328.CreateLogGroup', 'null')],
  ['JSON with a wrong type', () => json('Logs_20140328.CreateLogGroup', '{"logGroupName":1}')],
  [
    'JSON with an integer too large',
    () => json('Logs_20140328.PutRetentionPolicy', '{"logGroupName":"a","retentionInDays":1e30}'),
  ],
  [
    'JSON with an infinite number',
    () => json('Logs_20140328.PutRetentionPolicy', '{"logGroupName":"a","retentionInDays":1e999}'),
  ],
  [
    'JSON with a name of 16 MiB',
    () => json('Logs_20140328.CreateLogGroup', `{"logGroupName":"${'a'.repeat(LARGEST - 99)}"}`),
  ],
  ['JSON that is not UTF-8', () => json('Logs_20140328.CreateLogGroup', Buffer.from('7b2261223a22ff227d', 'hex'))],
  [
    'JSON with __proto__ as a required structure',
    () => json('Logs_20140328.CreateLogGroup', '{"__proto__":{"logGroupName":"a"}}'),
  ],
  [
    'a gzip bomb',
    () => json('Logs_20140328.PutLogEvents', gzipSync(Buffer.alloc(256 * MIB)), { 'content-encoding': 'gzip' }),
  ],
  [
    'damaged gzip',
    () => json('Logs_20140328.PutLogEvents', gzipSync('{"a":1}').subarray(0, 15), { 'content-encoding': 'gzip' }),
  ],
  [
    'gzip in gzip',
    () => json('Logs_20140328.PutLogEvents', gzipSync(gzipSync('{}')), { 'content-encoding': 'gzip, gzip' }),
  ],
  ['an unknown encoding', () => json('Logs_20140328.PutLogEvents', '{}', { 'content-encoding': 'br' })],
  ['a target of dots', () => json('.'.repeat(8000), '{}')],
  ['a target named like a member of every object', () => json('Logs_20140328.constructor', '{}')],
  ['a service named like a member of every object', () => json('__proto__.toString', '{}')],
  ['two targets', () => json('Logs_20140328.CreateLogGroup, Logs_20140328.DeleteLogGroup', '{}')],
  ['CBOR nested deeply', () => asCbor(Buffer.alloc(LARGEST, 0x81))],
  ['CBOR nested deeply, of unknown length', () => asCbor(Buffer.alloc(LARGEST, 0x9f))],
  ['CBOR tags on tags', () => asCbor(Buffer.alloc(LARGEST, 0xc1))],
  ['CBOR of empty lists', () => asCbor(Buffer.concat([Buffer.from('9a00ffffff', 'hex'), Buffer.alloc(LARGEST, 0x80)]))],
  ['CBOR of empty chunks', () => asCbor(Buffer.concat([Buffer.from('7f', 'hex'), Buffer.alloc(LARGEST, 0x60)]))],
  ['CBOR announcing a huge list', () => asCbor(Buffer.from('a16a4d657472696344617461' + '9bffffffffffffffff', 'hex'))],
  ['CBOR announcing a huge string', () => asCbor(Buffer.from('a1' + '7bffffffffffffffff', 'hex'))],
  [
    'a CBOR number of a million digits',
    () => asCbor(Buffer.concat([Buffer.from('c25a00100000', 'hex'), Buffer.alloc(MIB, 0xff)])),
  ],
  ['CBOR with a number as key', () => asCbor(Buffer.from('a10101', 'hex'))],
  ['CBOR text that is not UTF-8', () => asCbor(Buffer.from('a16161' + '61ff', 'hex'))],
  [
    'CBOR with __proto__ for what is missing',
    () => asCbor(cbor.serialize(Object.fromEntries([['__proto__', { Namespace: 'n', MetricData: [] }]]))),
  ],
  ['CBOR with bytes after it', () => asCbor(Buffer.from('a000', 'hex'))],
  ['CBOR that is a timestamp', () => asCbor(Buffer.from('c100', 'hex'))],
  ['a million parameters', () => query(TAGGED + 'a&'.repeat(MIB))],
  ['100,000 parameters', () => query(TAGGED + numbered(100_000, (i) => `Tags.member.${i}.Key=k`))],
  ['99,000 names of 30 parts', () => query(TAGGED + numbered(99_000, (i) => `a${i}.${'b.'.repeat(28)}c=1`))],
  ['a name of a million parts', () => query(`${TAGGED}${'a.'.repeat(MIB)}b=1`)],
  ['a parameter given twice', () => query(`${TAGGED}Name=u`)],
  ['an escape that is no UTF-8', () => query(`${TAGGED}DataProtectionPolicy=%ff`)],
  ['a broken escape', () => query(`${TAGGED}DataProtectionPolicy=%4`)],
  ['a list position that is no number', () => query(`${TAGGED}Tags.member.__proto__.Key=k`)],
  ['a list without its tag', () => query(`${TAGGED}Tags.1.Key=k`)],
  ['text for a list', () => query(`${TAGGED}Tags=k`)],
  ['parameters below a value', () => query(`Action=CreateTopic&Version=2010-03-31&Name.x=t`)],
  ['a map entry without a key', () => query(`${TAGGED}Attributes.entry.1.value=v`)],
  ['an empty form', () => query('')],
  ['only separators', () => query('&'.repeat(LARGEST))],
  ['no protocol at all', () => ({ method: 'DELETE', url: '/', headers: {}, body: Buffer.alloc(0) })],
  ['a GET of a JSON operation', () => ({ ...json('Logs_20140328.DescribeLogGroups', ''), method: 'GET' })],
  [
    'a CBOR path without an operation',
    () => ({ ...asCbor(''), url: '/service/GraniteServiceVersion20100801/operation/' }),
  ],
];

describe('hostile input', () => {
  it.each(HOSTILE)('is refused: %s', async (_, make) => {
    const { gateway, faults, inputs } = watched();
    const reply = await gateway.handle(make());
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(reply.body.length).toBeLessThan(200_000);
    expect(faults).toEqual([]);
    expect(inputs).toEqual([]);
  });

  it('cannot reach a prototype by the name of a tag', async () => {
    const { gateway, faults, inputs } = watched();
    const replies = [
      await gateway.handle(
        json('Logs_20140328.CreateLogGroup', '{"logGroupName":"a","tags":{"__proto__":"x","constructor":"y"}}'),
      ),
      await gateway.handle(
        query(`${TAGGED}Attributes.entry.1.key=__proto__&Attributes.entry.1.value=x&__proto__.Name=y`),
      ),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(Object.entries(inputs[0]!.tags as object)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.entries(inputs[1]!.Attributes as object)).toEqual([['__proto__', 'x']]);
    expect(({} as Record<string, unknown>).Name).toBeUndefined();
    expect(faults).toEqual([]);
  });
});

/** Whether a reply is one that a client at fault, or one without, may get. */
function assertSane(reply: WireReply, faults: object[]): void {
  expect(faults).toEqual([]);
  expect(reply.status === 200 || (reply.status >= 400 && reply.status < 500) || reply.status === 501).toBe(true);
}

const METRICS = {
  Namespace: 'n',
  MetricData: [
    { MetricName: 'm', Timestamp: new Date(1e12), Value: 1.5, Values: [1, 2], Dimensions: [{ Name: 'a', Value: 'é' }] },
  ],
};

describe('any bytes', () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
    fc.string({ maxLength: 300 }).map((text) => Buffer.from(text)),
  );

  it('get an answer and never a fault, in every protocol', async () => {
    const { gateway, faults } = watched();
    const operations = [
      'Logs_20140328.PutLogEvents',
      'Logs_20140328.PutMetricFilter',
      'GraniteServiceVersion20100801.PutMetricAlarm',
      'AmazonSQS.SendMessageBatch',
    ];
    await fc.assert(
      fc.asyncProperty(bodies, fc.constantFrom(...operations), async (body, operation) => {
        assertSane(await gateway.handle(json(operation, body)), faults);
        assertSane(await gateway.handle(asCbor(body)), faults);
        assertSane(await gateway.handle(query(body)), faults);
        assertSane(await gateway.handle(query(Buffer.concat([Buffer.from(TAGGED), body]))), faults);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused when they are CBOR cut short, wherever', async () => {
    const { gateway, faults } = watched();
    const whole = cbor.serialize({ ...METRICS, MetricData: [{ ...METRICS.MetricData[0]!, Timestamp: 5 }] });
    expect((await gateway.handle(asCbor(whole))).status).toBe(200);
    for (let length = 1; length < whole.length; length += 1) {
      const reply = await gateway.handle(asCbor(whole.subarray(0, length)));
      expect(reply.status, `${length} bytes`).toBe(400);
    }
    expect(faults).toEqual([]);
  });

  it('may differ from good CBOR in any one byte without a fault', async () => {
    const { gateway, faults } = watched();
    const whole = cbor.serialize({ ...METRICS, MetricData: [{ ...METRICS.MetricData[0]!, Timestamp: 5 }] });
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Uint8Array.from(whole);
        changed[at] = byte;
        assertSane(await gateway.handle(asCbor(changed)), faults);
      }),
      { numRuns: 1000 },
    );
  });

  it('may stand in any header and URL', async () => {
    const { gateway, faults } = watched();
    const names = fc.constantFrom(
      'x-amz-target',
      'smithy-protocol',
      'content-type',
      'authorization',
      'content-encoding',
      'host',
      'x-amzn-query-mode',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'HEAD'),
        fc.string(),
        fc.dictionary(names, fc.string()),
        bodies,
        async (method, url, headers, body) => {
          assertSane(await gateway.handle({ method, url: `/${url}`, headers, body }), faults);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reach the handlers of all operations as JSON of any shape without a fault', async () => {
    const { gateway, faults } = watched();
    const targets = SERVICES.flatMap((service) =>
      service.targetPrefix === undefined
        ? []
        : service.operationNames().map((name) => `${service.targetPrefix}.${name}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), fc.json({ maxDepth: 3 }), async (target, body) => {
        assertSane(await gateway.handle(json(target, body)), faults);
      }),
      { numRuns: 500 },
    );
  });
});
