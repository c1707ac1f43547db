import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Line, LineSplitter } from './line-splitter.ts';
import { type Damage, LARGEST_RECORD, type TrailItem } from './record-item.ts';
import { unwrap } from './unwrap.ts';
import { type Piece, ValueSplitter } from './value-splitter.ts';

export interface ReadOptions {
  /** Byte to go on at, as a record's `end` told; `source` then starts there and holds one record a line. */
  readonly resumeAt?: number;
}

/**
 * Reads the CloudTrail records of a file or body, plain or gzipped, in memory bounded by one record:
 * `{"Records":[…]}`, a bare list, one record a line, a single record, EventBridge envelopes, answers
 * of LookupEvents, and subscription messages of CloudWatch Logs. Damage is told where it lies, and
 * the rest still read. Never throws for what `source` contains.
 *
 * @example
 * for await (const item of readRecords(createReadStream('file.json.gz'))) {
 *   if (item.kind === 'record') console.log(item.record.eventName);
 * }
 */
export async function* readRecords(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<TrailItem> {
  const content = inflated(source);
  try {
    yield* splitContent(content, options.resumeAt ?? 0);
  } catch (error) {
    if (!(error instanceof DamagedGzip)) throw error;
    yield { kind: 'damage', message: error.message, offset: error.offset, incomplete: error.incomplete };
  }
}

class DamagedGzip extends Error {
  readonly offset: number;
  readonly incomplete: boolean;

  constructor(cause: Error, offset: number) {
    super(`not readable as gzip after ${offset} bytes: ${cause.message}`);
    this.offset = offset;
    this.incomplete = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  }
}

/** The content of `source`, inflated when it begins like gzip; several members follow one another. */
async function* inflated(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let size = 0;
  while (size < 3) {
    const { value, done } = await chunks.next();
    if (done) break;
    head.push(Buffer.from(value));
    size += value.length;
  }
  const first = Buffer.concat(head);
  const whole = async function* (start: Buffer): AsyncGenerator<Buffer> {
    if (start.length > 0) yield start;
    for (;;) {
      const { value, done } = await chunks.next();
      if (done) return;
      yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  };
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    const mark = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? 3 : 0;
    yield* whole(first.subarray(mark));
    return;
  }
  const gunzip = createGunzip();
  const bytes = Readable.from(whole(first));
  // A source that fails must end the inflater too, with the same error.
  bytes.on('error', (error) => gunzip.destroy(error));
  let offset = 0;
  try {
    for await (const chunk of bytes.pipe(gunzip) as AsyncIterable<Buffer>) {
      offset += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw new DamagedGzip(error as Error, offset);
    throw error;
  } finally {
    bytes.destroy();
  }
}

const DOCUMENT = /^\s*(?:\[|\{\s*"(?:Records|Events)"\s*:\s*\[)/;
/** Enough of a file to recognise its envelope. */
const PREFIX = 256;

async function* splitContent(content: AsyncIterable<Buffer>, resumeAt: number): AsyncGenerator<TrailItem> {
  let head: Buffer = Buffer.alloc(0);
  let splitter: LineSplitter | ValueSplitter | undefined = resumeAt > 0 ? new LineSplitter(resumeAt) : undefined;
  for await (const chunk of content) {
    if (splitter) {
      yield* feed(splitter, chunk);
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    splitter = chooseSplitter(head, false);
    if (splitter) yield* feed(splitter, head);
  }
  if (!splitter) {
    splitter = chooseSplitter(head, true) as LineSplitter | ValueSplitter;
    yield* feed(splitter, head);
  }
  if (splitter instanceof LineSplitter) for (const line of splitter.end()) yield* readLine(line);
  else for (const piece of splitter.end()) yield* readPiece(piece);
}

/** One record a line, or one document? Undefined while the first line is still open. */
function chooseSplitter(head: Buffer, ended: boolean): LineSplitter | ValueSplitter | undefined {
  if (DOCUMENT.test(head.toString('latin1', 0, PREFIX))) return new ValueSplitter();
  const newline = head.indexOf(10);
  if (newline < 0) {
    if (ended) return new LineSplitter(0);
    return head.length > LARGEST_RECORD ? new ValueSplitter() : undefined;
  }
  const line = head.toString('utf8', 0, newline).trim();
  // A broken first line that is closed on both sides is still one of many.
  return line.startsWith('{') && line.endsWith('}') ? new LineSplitter(0) : new ValueSplitter();
}

function* feed(splitter: LineSplitter | ValueSplitter, chunk: Buffer): Generator<TrailItem> {
  if (splitter instanceof LineSplitter) for (const line of splitter.feed(chunk)) yield* readLine(line);
  else for (const piece of splitter.feed(chunk)) yield* readPiece(piece);
}

function* readPiece(piece: Piece): Generator<TrailItem> {
  if (piece.kind === 'damage') yield piece;
  else yield* unwrap(piece.bytes.toString('utf8'), piece.offset);
}

function* readLine(line: Line): Generator<TrailItem> {
  const { offset, end } = line;
  if (line.tooLong) {
    yield { kind: 'damage', message: `a line above ${LARGEST_RECORD} bytes`, offset, incomplete: !line.terminated };
    return;
  }
  const text = line.bytes.toString('utf8').trim();
  if (text === '') return;
  for (const item of unwrap(text, offset)) {
    if (item.kind === 'record') yield { ...item, end };
    else yield line.terminated ? item : unfinished(item, text);
  }
}

/** A last line without a newline that is no JSON may still be being written. */
function unfinished(item: Damage, text: string): Damage {
  return { ...item, incomplete: item.message.startsWith('not valid JSON') && !text.endsWith('}') };
}
