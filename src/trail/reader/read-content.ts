import { readInflated } from '../documents.ts';
import { DamagedGzip } from '../inflate.ts';
import type { TrailItem } from '../record-item.ts';
import { ContentScan } from '../scanner/content-scan.ts';
import { hasSimd } from '../scanner/engine.ts';
import { Tally } from '../scanner/scan-outcome.ts';
import { RecordCollector } from './record-collector.ts';

/** Engines have a memory of 12 MB each. Contents that come while all are in use are read without one. */
const MOST_ENGINES = 3;

const idle: RecordCollector[] = [];
let made = 0;

/** As `readInflated`, of content that lies in memory: what `readContent` gives, at once. */
export function readWhole(content: Buffer): readonly TrailItem[] {
  const collector = idle.pop() ?? newCollector();
  try {
    return readWholeWith(collector, content);
  } finally {
    release(collector);
  }
}

/** `readWhole`, by a collector of one's own. */
export function readWholeWith(collector: RecordCollector, content: Buffer): readonly TrailItem[] {
  const scan = scanWith(collector);
  takeAll(scan, content);
  scan.finish(true);
  return collector.taken();
}

/**
 * As `readInflated`, in groups and several times faster: WebAssembly finds the records, and only unusual ones are
 * parsed. No item tells where to read on behind it. Never throws for what `content` contains.
 */
export async function* readContent(content: AsyncIterable<Buffer>): AsyncGenerator<readonly TrailItem[]> {
  const collector = idle.pop() ?? (made < MOST_ENGINES ? newCollector() : undefined);
  if (!collector) {
    for await (const item of readInflated(content)) yield [item];
    return;
  }
  try {
    yield* readWith(collector, content);
  } finally {
    release(collector);
  }
}

async function* readWith(
  collector: RecordCollector,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<readonly TrailItem[]> {
  const scan = scanWith(collector);
  try {
    for await (const chunk of content) {
      takeAll(scan, chunk);
      yield collector.taken();
    }
    scan.finish(true);
    yield collector.taken();
  } catch (error) {
    if (!(error instanceof DamagedGzip)) throw error;
    scan.finish(false);
    const { message, offset, incomplete } = error;
    yield [...collector.taken(), { kind: 'damage', message, offset, incomplete }];
  }
}

const scanWith = (collector: RecordCollector): ContentScan =>
  new ContentScan(collector.engine, collector, new Tally(0), undefined);

function takeAll(scan: ContentScan, chunk: Buffer): void {
  for (let from = 0; from < chunk.length; ) from = scan.take(chunk, from);
}

function newCollector(): RecordCollector {
  made += 1;
  return new RecordCollector(hasSimd() ? 'simd' : 'scalar');
}

function release(collector: RecordCollector): void {
  collector.taken();
  idle.push(collector);
}
