import { CsvCells, type CsvRow, eventColumn } from './csv-cells.ts';
import { DamagedGzip, inflated } from './inflate.ts';
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
 * of LookupEvents, subscription messages and exports of CloudWatch Logs, and results of Lake queries
 * that asked for `eventJson`. Damage is told where it lies, and the rest still read. Never throws for
 * what `source` contains.
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
  yield* readInflated(inflated(source), options);
}

/** `readRecords` of content that `inflated` gives. */
export async function* readInflated(
  content: AsyncIterable<Buffer>,
  options: ReadOptions = {},
): AsyncGenerator<TrailItem> {
  try {
    yield* splitContent(content, options.resumeAt ?? 0);
  } catch (error) {
    if (!(error instanceof DamagedGzip)) throw error;
    yield { kind: 'damage', message: error.message, offset: error.offset, incomplete: error.incomplete };
  }
}

const DOCUMENT = /^\s*(?:\[|\{\s*"(?:Records|Events)"\s*:\s*\[)/;
/** Enough of a file to recognise its envelope. */
const PREFIX = 256;
const NEWLINE = 10;

async function* splitContent(content: AsyncIterable<Buffer>, resumeAt: number): AsyncGenerator<TrailItem> {
  const head = new Head();
  let splitter: Splitter | undefined = resumeAt > 0 ? new LineSplitter(resumeAt) : undefined;
  for await (const chunk of content) {
    if (splitter) {
      yield* feed(splitter, chunk);
    } else if (head.add(chunk)) {
      splitter = chooseSplitter(head.bytes());
      yield* feed(splitter, head.bytes());
      head.clear();
    }
  }
  if (!splitter) {
    splitter = chooseSplitter(head.bytes());
    yield* feed(splitter, head.bytes());
  }
  yield* finish(splitter);
}

export type Splitter = LineSplitter | ValueSplitter | CsvCells;

/** The beginning of a file, kept until it shows what kind of file it is. */
class Head {
  #parts: Buffer[] = [];
  #size = 0;
  #hasPrefix = false;

  /** Takes the next chunk; true when what is there suffices for `chooseSplitter`. */
  add(chunk: Buffer): boolean {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    if (chunk.includes(NEWLINE) || this.#size > LARGEST_RECORD) return true;
    if (this.#hasPrefix) return false;
    this.#hasPrefix = this.#size >= PREFIX;
    return DOCUMENT.test(this.bytes().toString('latin1', 0, PREFIX));
  }

  bytes(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0] ?? Buffer.alloc(0);
  }

  clear(): void {
    this.#parts = [];
  }
}

/** One record a line, or one document? The first line tells; one too long to be a record is a document. */
export function chooseSplitter(head: Buffer): Splitter {
  if (DOCUMENT.test(head.toString('latin1', 0, PREFIX))) return new ValueSplitter();
  const newline = head.indexOf(NEWLINE);
  if (newline < 0) return head.length > LARGEST_RECORD ? new ValueSplitter() : new LineSplitter(0);
  const line = head.toString('utf8', 0, newline).trim();
  // A broken first line that is closed on both sides is still one of many.
  if ((line.startsWith('{') || EXPORTED.test(line)) && line.endsWith('}')) return new LineSplitter(0);
  const column = eventColumn(line);
  return column === undefined ? new ValueSplitter() : new CsvCells(column === 'missing' ? Number.NaN : column);
}

/** What CloudWatch Logs puts before each event that it exports. */
const EXPORTED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z (?=\{)/;

export function* feed(splitter: Splitter, chunk: Buffer): Generator<TrailItem> {
  if (splitter instanceof LineSplitter) for (const line of splitter.feed(chunk)) yield* readLine(line);
  else if (splitter instanceof CsvCells) for (const row of splitter.feed(chunk)) yield* readRow(row, splitter.column);
  else for (const piece of splitter.feed(chunk)) yield* readPiece(piece);
}

/** What is left at the end of the content. */
export function* finish(splitter: Splitter): Generator<TrailItem> {
  if (splitter instanceof LineSplitter) for (const line of splitter.end()) yield* readLine(line);
  else if (splitter instanceof CsvCells) for (const row of splitter.end()) yield* readRow(row, splitter.column);
  else for (const piece of splitter.end()) yield* readPiece(piece);
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
  const text = line.bytes.toString('utf8').trim().replace(EXPORTED, '');
  if (text === '') return;
  const items = unwrap(text, offset);
  if (isBroken(items) && text.includes('}{')) {
    // Firehose writes one document after the other, with nothing between them.
    const splitter = new ValueSplitter(offset);
    for (const piece of [...splitter.feed(line.bytes), ...splitter.end()]) yield* readPiece(piece);
    return;
  }
  for (const item of items) {
    if (item.kind === 'record') yield item.endingAt(end);
    else yield line.terminated ? item : unfinished(item, text);
  }
}

const isBroken = ([item]: readonly TrailItem[]): boolean =>
  item?.kind === 'damage' && item.message.startsWith('not valid JSON');

/** The first row is the header. */
function* readRow({ cell, offset }: CsvRow, column: number): Generator<TrailItem> {
  const isHeader = offset === 0;
  const hasRecords = !Number.isNaN(column);
  if (isHeader && !hasRecords) yield { kind: 'damage', message: WITHOUT_RECORDS, offset, incomplete: false };
  if (isHeader || !hasRecords) return;
  if (cell !== undefined) yield* unwrap(cell, offset);
  else yield { kind: 'damage', message: 'a row without eventJson, or with too much of it', offset, incomplete: false };
}

const WITHOUT_RECORDS = 'results of a Lake query without whole records: query for the column eventJson';

/** A last line without a newline that is no JSON may still be being written. */
function unfinished(item: Damage, text: string): Damage {
  return { ...item, incomplete: item.message.startsWith('not valid JSON') && !text.endsWith('}') };
}
