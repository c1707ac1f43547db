import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { brokenDocument } from '../../../test/scan/broken-records.ts';
import { oddDocument, packed } from '../../../test/scan/odd-documents.ts';
import { archiveFiles } from '../../../tools/archive/archive-files.ts';
import { Random } from '../../../tools/archive/random.ts';
import { readInflated } from '../documents.ts';
import { inflated, inOnePiece, wholeContent } from '../inflate.ts';
import { eventTimeOf, recipientOf, textAt } from '../record.ts';
import type { TrailItem } from '../record-item.ts';
import { readContent, readWhole, readWholeWith } from './read-content.ts';
import { RecordCollector } from './record-collector.ts';

const SEED = 9;

/** What an item says, and that what it says of its record is so. */
function told(item: TrailItem): unknown {
  if (item.kind === 'damage') return item;
  const { text, record, time, recipient, region, source } = item;
  expect({ time, recipient, region, source }).toEqual({
    time: eventTimeOf(record),
    recipient: recipientOf(record),
    region: textAt(record, 'awsRegion') ?? '',
    source: textAt(record, 'eventSource') ?? '',
  });
  return text;
}

async function inGroups(content: AsyncIterable<Buffer>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const group of readContent(content)) found.push(...group.map(told));
  return found;
}

async function plainly(bytes: Buffer): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const item of readInflated(inflated(inOnePiece(bytes)))) found.push(told(item));
  return found;
}

async function* pieces(random: Random, bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(random.chance(0.5) ? 5 : 3000);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('reading the records of content', () => {
  it.each([
    ['odd', 200, (random: Random) => packed(random, oddDocument(random))],
    ['broken', 500, brokenDocument],
  ] as const)('finds in %s documents what parsing everything finds', async (_, documents, make) => {
    const withoutSimd = new RecordCollector('scalar');
    let items = 0;
    for (let document = 0; document < documents; document += 1) {
      const random = new Random(SEED * 1_000_003 + document);
      const bytes = make(random);
      const wanted = await plainly(bytes);
      items += wanted.length;
      expect({ document, found: await inGroups(inflated(inOnePiece(bytes))) }).toEqual({ document, found: wanted });
      expect({ document, found: await inGroups(inflated(pieces(random, bytes))) }).toEqual({ document, found: wanted });
      const whole = await wholeContent(bytes);
      if (!whole) continue;
      expect({ document, found: readWhole(whole).map(told) }).toEqual({ document, found: wanted });
      expect({ document, found: readWholeWith(withoutSimd, whole).map(told) }).toEqual({ document, found: wanted });
    }
    expect(items).toBeGreaterThan(documents);
  });

  it('tells of no record where to read on: that place would be one within a piece', async () => {
    const [file] = archiveFiles({
      seed: 1,
      files: 1,
      records: 20,
      spread: 0,
      accounts: 1,
      rootShare: 0,
      duplicates: 0,
    });
    const lines = file!.records.map((record, i) => `${JSON.stringify(record)}${i % 3 === 0 ? ' ]' : ''}\n`).join('');
    const items = readWhole(Buffer.from(lines));
    expect(items.filter(({ kind }) => kind === 'record')).not.toEqual([]);
    for (const item of items) expect(item).not.toHaveProperty('end');
  });

  it('reads regular files without parsing them, also where blanks stand between tokens', () => {
    const options = { seed: 3, files: 6, records: 300, spread: 1, accounts: 3, rootShare: 0, duplicates: 0 };
    for (const { content, records } of archiveFiles(options)) {
      const spaced = `{"Records": [\n${records.map((record) => JSON.stringify(record, null, 1)).join(' ,')}]}`;
      const wanted = records.map((record) => JSON.stringify(record));
      const parse = vi.spyOn(JSON, 'parse');
      const found = [content, spaced].map((text) =>
        readWhole(Buffer.from(text)).map((item) => item.kind === 'record' && item.text),
      );
      // A file may have texts with escapes among what is asked of every record.
      expect(parse.mock.calls.length).toBeLessThan(records.length / 10);
      parse.mockRestore();
      expect(found).toEqual([wanted, wanted]);
    }
  });

  it('reads many contents side by side, however few engines there are', async () => {
    const options = { seed: 5, files: 9, records: 40, spread: 0.3, accounts: 2, rootShare: 0, duplicates: 0 };
    const files = [...archiveFiles(options)];
    const streams = files.map(({ content }, i) =>
      readContent(pieces(new Random(i), Buffer.from(content)))[Symbol.asyncIterator](),
    );
    const counts = files.map(() => 0);
    const open = new Set(streams.keys());
    while (open.size > 0) {
      for (const i of open) {
        const next = await streams[i]!.next();
        if (next.done) open.delete(i);
        else counts[i]! += next.value.filter(({ kind }) => kind === 'record').length;
      }
    }
    expect(counts).toEqual(files.map(({ records }) => records.length));
  });

  it('inflates small content at once and large content on a thread, and leaves damage to others', async () => {
    for (const size of [0, 10, 40_000, 3_000_000]) {
      const content = randomBytes(size);
      expect((await wholeContent(gzipSync(content)))?.equals(content)).toBe(true);
      const two = Buffer.concat([gzipSync(content), gzipSync(content.subarray(0, 9))]);
      expect((await wholeContent(two))?.equals(Buffer.concat([content, content.subarray(0, 9)]))).toBe(true);
      expect(await wholeContent(gzipSync(content).subarray(0, -9))).toBeUndefined();
    }
    expect(await wholeContent(gzipSync(Buffer.alloc(17 * 1024 * 1024)))).toBeUndefined();
    expect(await wholeContent(Buffer.from('\ufeff{}'))).toEqual(Buffer.from('{}'));
  });
});
