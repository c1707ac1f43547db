import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecords } from './documents.ts';
import type { TrailItem } from './record-item.ts';

const record = (id: number, more: object = {}): string =>
  JSON.stringify({ eventVersion: '1.08', eventTime: '2026-03-04T10:16:40Z', eventID: `e-${id}`, ...more });

async function read(content: Buffer | string, cuts: number[] = [], resumeAt = 0): Promise<TrailItem[]> {
  const bytes = Buffer.from(content);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  async function* chunks() {
    for (let i = 1; i < places.length; i += 1) yield bytes.subarray(places[i - 1], places[i]);
  }
  const items: TrailItem[] = [];
  for await (const item of readRecords(chunks(), { resumeAt })) items.push(item);
  return items;
}

const ids = (items: TrailItem[]): unknown[] =>
  items.map((item) => (item.kind === 'record' ? item.record.eventID : item.message));

describe('reading CloudTrail records', () => {
  const three = [record(1), record(2), record(3)];
  const shapes: [string, string][] = [
    ['the envelope CloudTrail writes', `{"Records":[${three}]}`],
    ['the envelope, printed over lines', JSON.stringify({ Records: three.map((t) => JSON.parse(t)) }, null, 2)],
    ['the envelope with other members around', `{"a":{"Records":1},"Records":[${three}],"z":[{"b":1}]}\n`],
    ['a bare list', `[${three.join(',\n')}]`],
    ['one record a line', `${three.join('\n')}\n`],
    ['one record a line, the last without a newline', three.join('\r\n')],
    ['pretty-printed records one after another', three.map((t) => JSON.stringify(JSON.parse(t), null, 2)).join('\n')],
    [
      'EventBridge envelopes',
      three.map((t) => `{"detail-type":"AWS API Call via CloudTrail","detail":${t}}`).join('\n'),
    ],
    [
      'an answer of LookupEvents',
      JSON.stringify({ Events: three.map((t) => ({ EventName: 'x', CloudTrailEvent: t })) }),
    ],
    ['an export of CloudWatch Logs', three.map((t, n) => `2026-03-04T10:16:4${n}.000Z ${t}\n`).join('')],
    [
      'subscription messages that Firehose wrote one after the other',
      three.map((message) => JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [{ message }] })).join(''),
    ],
    [
      'results of a Lake query as a file',
      ['eventID,"eventJson"', ...three.map((t, n) => `e-${n},"${t.replaceAll('"', '""')}"`)].join('\r\n'),
    ],
    [
      'results of a Lake query as an answer',
      JSON.stringify({ QueryResultRows: three.map((t) => [{ eventID: 'x' }, { eventJson: t }]) }),
    ],
    [
      'a subscription message',
      JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: three.map((message) => ({ id: '1', message })) }),
    ],
  ];

  it.each(shapes)('understands %s', async (_name, content) => {
    expect(ids(await read(content))).toEqual(['e-1', 'e-2', 'e-3']);
    expect(ids(await read(gzipSync(content)))).toEqual(['e-1', 'e-2', 'e-3']);
    expect(ids(await read(`\ufeff${content}`))).toEqual(['e-1', 'e-2', 'e-3']);
  });

  it.each(shapes)('gives the same however %s is cut into chunks', async (_name, content) => {
    const whole = await read(content);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: content.length })), fc.boolean(), async (cuts, gzip) => {
        expect(await read(gzip ? gzipSync(content) : content, cuts)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('says what a Lake query must ask for', async () => {
    const [item, ...more] = await read('eventTime,eventName\n2026-03-04,ConsoleLogin\n2026-03-04,ConsoleLogin\n');
    expect(more).toEqual([]);
    expect(item).toMatchObject({ kind: 'damage', message: expect.stringContaining('query for the column eventJson') });
  });

  it('keeps the text of a record: numbers, order, escapes', async () => {
    const odd =
      '{"eventTime":"2026-03-04T10:16:40Z","z":12.0,"a":1e400,"eventName":"\\u0041 b","big":12345678901234567890}';
    const [first] = await read(`{"Records": [ ${odd.replaceAll(',', ' ,\n ')} ]}`);
    expect(first).toMatchObject({ kind: 'record', text: odd });
    const [detail] = await read(`{"detail-type":"x", "detail": ${odd}, "source":"aws.iam"}`);
    expect(detail).toMatchObject({ kind: 'record', text: odd });
  });

  it('reads the members of a gzip file one after another', async () => {
    const content = Buffer.concat([gzipSync(`${record(1)}\n`), gzipSync(`${record(2)}\n`)]);
    expect(ids(await read(content))).toEqual(['e-1', 'e-2']);
  });

  it('passes over digests and control messages, and names what is no CloudTrail', async () => {
    expect(await read('{"digestS3Object":"x","logFiles":[]}')).toEqual([]);
    expect(await read('{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"probe"}]}')).toEqual([]);
    expect(ids(await read('{"Records":[{"eventSource":"aws:s3","eventName":"x","s3":{}}]}'))).toEqual([
      'a notification of S3, not CloudTrail records',
    ]);
    expect(ids(await read('hello'))).toMatchObject([expect.stringContaining('not valid JSON')]);
    expect(ids(await read('{"Records":[7,{"a":1}]}'))).toEqual([
      'something that is not JSON objects',
      'not a CloudTrail record',
    ]);
  });

  it('reads on after a broken line', async () => {
    const items = await read(`${record(1)}\n{"eventVersion": oops}\n${record(3)}\n`);
    expect(ids(items)).toEqual(['e-1', expect.stringContaining('not valid JSON'), 'e-3']);
    expect(items[1]).toMatchObject({ kind: 'damage', offset: record(1).length + 1, incomplete: false });
  });

  it('tells a file that just ends from one that is broken', async () => {
    const whole = `{"Records":[${three}]}`;
    expect((await read(whole.slice(0, -30))).at(-1)).toMatchObject({ kind: 'damage', incomplete: true });
    const gz = gzipSync(whole);
    expect((await read(gz.subarray(0, -12))).at(-1)).toMatchObject({ kind: 'damage', incomplete: true });
    const broken = Buffer.from(gz);
    broken.fill(0xff, 20, 40);
    expect((await read(broken)).at(-1)).toMatchObject({ kind: 'damage', incomplete: false });
    expect((await read(`${record(1)}\n{"eventVe`)).at(-1)).toMatchObject({ kind: 'damage', incomplete: true });
  });

  it('takes a growing file up where it was left', async () => {
    const content = `${record(1)}\n${record(2)}\n${record(3)}`;
    const [first] = await read(content);
    const end = first?.kind === 'record' ? (first.end ?? 0) : 0;
    const rest = await read(content.slice(end), [], end);
    expect(ids(rest)).toEqual(['e-2', 'e-3']);
    expect(rest.at(-1)).toMatchObject({ end: content.length });
  });

  it('tells a record that is too large, and reads the next', async () => {
    const huge = record(2, { requestParameters: { x: 'y'.repeat(8 * 1024 * 1024) } });
    expect(ids(await read(`{"Records":[${[record(1), huge, record(3)]}]}`, [3_000_000, 6_000_000]))).toEqual([
      'e-1',
      'a record above 8388608 bytes',
      'e-3',
    ]);
    expect(ids(await read(`${record(1)}\n${huge}\n${record(3)}`))).toEqual([
      'e-1',
      'a line above 8388608 bytes',
      'e-3',
    ]);
  });

  it('never throws or hangs on damaged bytes', async () => {
    const samples = shapes.map(([, content]) => Buffer.from(content));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (sample, changes, gzip) => {
          const bytes = Buffer.from(gzip ? gzipSync(sample) : sample);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          for (const item of await read(bytes)) expect(['record', 'damage']).toContain(item.kind);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives every record before the place where gzip is damaged', async () => {
    const records = Array.from({ length: 60 }, (_, id) =>
      record(id, { requestID: createHash('md5').update(`${id}`).digest('hex') }),
    );
    const content = gzipSync(`{"Records":[${records}]}`);
    const countOf = async (bytes: Buffer, cuts: number[] = []) => {
      const items = await read(bytes, cuts);
      expect(items.at(-1)).toMatchObject({ kind: 'damage', message: expect.stringContaining('gzip') });
      // What broken gzip inflates to before zlib notices may be anything; what comes before it is sound.
      const odd = items.findIndex((item) => item.kind === 'damage');
      const found = items.slice(0, odd);
      expect(ids(found)).toEqual(found.map((_, id) => `e-${id}`));
      return found.length;
    };
    const middle = content.length >> 1;
    const broken = Buffer.from(content);
    broken.fill(0xff, middle, middle + 20);
    // Half of the compressed bytes hold at least a third of the records.
    expect(await countOf(broken)).toBeGreaterThan(20);
    expect(await countOf(broken, [100, middle])).toBeGreaterThan(20);
    expect(await countOf(content.subarray(0, middle))).toBeGreaterThan(20);
    const wrongSum = Buffer.from(content);
    wrongSum[content.length - 6]! ^= 1;
    expect(await countOf(wrongSum)).toBe(60);
    expect(await countOf(Buffer.concat([content, Buffer.from('not gzip')]))).toBe(60);
    expect(await read(Buffer.concat([content, Buffer.alloc(600)]))).toHaveLength(60);
    expect(ids(await read(content.subarray(0, 2)))).toEqual([expect.stringContaining('gzip')]);
  });

  it('refuses gzip that is made to exhaust its reader', async () => {
    const zeros = gzipSync(Buffer.alloc(128 * 1024 * 1024));
    expect(ids(await read(zeros)).at(-1)).toMatch(/inflates more than 250-fold/);
  });

  const broken: [string, string, number][] = [
    ['a quote that is missing', '{"eventVersion":"1.08,"eventID":"e-2"}', 23],
    ['a quote too many', '{"eventVersion":"1.08"","eventID":"e-2"}', 22],
    ['a bracket that is missing', '{"eventVersion":"1.08","a":{"b":1,"eventID":"e-2"}', 51],
    ['a bracket of the wrong kind', '{"eventVersion":"1.08","a":[1},"eventID":"e-2"}', 29],
    ['a comma that is missing', '{"eventVersion":"1.08" "eventID":"e-2"}', 23],
    ['a colon that is missing', '{"eventVersion" "1.08","eventID":"e-2"}', 16],
    ['a line break within a text', '{"eventVersion":"1.08\n","eventID":"e-2"}', 21],
  ];

  it.each(broken)('tells %s where it is, and reads on at the next record', async (_name, damaged, at) => {
    const before = `{"Records":[${record(1)},`;
    const content = `${before}${damaged},${record(3)},${record(4)}]}`;
    const items = await read(content);
    expect(ids(items)).toEqual(['e-1', 'broken JSON', 'e-3', 'e-4']);
    expect(items[1]).toMatchObject({ offset: before.length + at, incomplete: false });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: content.length })), async (cuts) => {
        expect(await read(content, cuts)).toEqual(items);
      }),
      { numRuns: 60 },
    );
    expect(ids(await read(`\n${damaged}\n${record(3)}\n`))).toEqual(['broken JSON', 'e-3']);
  });

  it('reads a long line in time that grows with its length', async () => {
    const cuts = Array.from({ length: 6000 }, (_, n) => n * 1000);
    expect(ids(await read(record(1, { requestParameters: { x: 'y'.repeat(6_000_000) } }), cuts))).toEqual(['e-1']);
  });

  it('survives deep nesting', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const record = `{"eventName":"x","eventTime":"y","a":${deep}}`;
    expect(await read(record)).toMatchObject([{ kind: 'record' }]);
    expect(await read(`{"Records":[${record}]}`)).toMatchObject([{ kind: 'damage' }]);
    expect(await read(`{"a":1,"Records":[${record}]}`)).toMatchObject([{ kind: 'damage' }]);
    expect(await read(`{"detail":${record}}`)).toMatchObject([{ kind: 'record' }]);
  });
});
