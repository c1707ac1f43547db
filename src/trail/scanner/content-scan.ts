import { chooseSplitter, feed, finish, type Splitter } from '../documents.ts';
import { LineSplitter } from '../line-splitter.ts';
import { LARGEST_RECORD, type TrailItem } from '../record-item.ts';
import { ValueSplitter } from '../value-splitter.ts';
import { type Engine, SCAN } from './engine.ts';
import type { RecordTaker } from './record-taker.ts';
import type { OnMatch, Tally } from './scan-outcome.ts';

/** Content is scanned in steps of this size, while it is still in the processor's cache. */
export const STEP = 128 * 1024;
/** Content is moved down when it has grown so large; a larger record makes it grow on. */
const USUAL_SIZE = 512 * 1024;
/** DEFLATE looks back so far. */
export const HISTORY = 32 * 1024;
/** Enough of a document to recognise its envelope. */
const HEAD = 256;

/** A list of records begins: bare, or as an envelope's first member. */
const LIST = /^[ \t\r\n]*(\[|\{[ \t\r\n]*"(?:Records|Events)"[ \t\r\n]*:[ \t\r\n]*\[)/;
const LIST_END = /^[ \t\r\n]*\][ \t\r\n]*/;
const ENVELOPE_END = /^[ \t\r\n]*\][ \t\r\n]*\}[ \t\r\n]*/;

const NEWLINE = 10;

type Mode =
  /** It is not known yet what kind of content it is. */
  | 'head'
  | 'list'
  /** Behind the last record of a list. */
  | 'list end'
  | 'lines'
  /** A line that is not as it should be is waited for, and read by itself. */
  | 'odd line'
  /** All the rest is read as `readRecords` does. */
  | 'exact';

/**
 * Scans one content, which is put into the engine's memory piece by piece. The engine takes regular
 * lists and lines; whatever is not regular is read in the same way as by `readRecords`.
 */
export class ContentScan {
  readonly #engine: Engine;
  readonly #judge: RecordTaker;
  readonly #tally: Tally;
  readonly #onMatch: OnMatch | undefined;
  #mode: Mode = 'head';
  /** Behind the last byte, as an address. */
  #end: number;
  /** From here on content must be kept: what is not scanned, and the record being read. */
  #keptFrom: number;
  /** How far memory is used. */
  #limit: number;
  /** Offset in the content of address 0. */
  #base: number;
  /** The opening of the list being scanned, as text, and the address behind it. */
  #opening = '';
  #listStart = 0;
  #splitter: Splitter | undefined;
  /** What is to be added to a splitter's offsets. */
  #shift = 0;

  constructor(engine: Engine, judge: RecordTaker, tally: Tally, onMatch: OnMatch | undefined) {
    this.#engine = engine;
    this.#judge = judge;
    this.#tally = tally;
    this.#onMatch = onMatch;
    this.#end = engine.contentStart;
    this.#keptFrom = engine.contentStart;
    this.#limit = engine.contentStart + USUAL_SIZE;
    this.#base = -engine.contentStart;
  }

  /** Where the next bytes belong; there is room for `STEP` of them and what a match overruns. */
  get end(): number {
    if (this.#end + STEP > this.#limit) this.#makeRoom();
    return this.#end;
  }

  /** Takes content that ends at `end` now. */
  grow(end: number): void {
    this.#tally.bytes += end - this.#end;
    this.#end = end;
    this.#scan(false);
  }

  /** Takes what of `bytes` there is room for, from `from` on; gives the place behind it. */
  take(bytes: Uint8Array, from: number): number {
    const at = this.end;
    const to = Math.min(bytes.length, from + STEP);
    this.#engine.bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), at);
    this.grow(at + to - from);
    return to;
  }

  /** Nothing follows. Content that is not whole breaks off for a reason that is told elsewhere. */
  finish(isWhole: boolean): void {
    if (this.#mode === 'head' && !isWhole) this.#readBrokenHead();
    this.#scan(this.#mode !== 'head' || isWhole);
    if (this.#mode === 'list' || this.#mode === 'list end') this.#readListExactly();
    else if (this.#mode === 'lines' || this.#mode === 'odd line') this.#readExactly(new LineSplitter(0));
    if (this.#splitter && isWhole) this.#judgeItems(finish(this.#splitter));
  }

  #scan(isLast: boolean): void {
    for (let mode: Mode | undefined; mode !== this.#mode; ) {
      mode = this.#mode;
      if (mode === 'head') this.#readHead(isLast);
      else if (mode === 'list' || mode === 'lines') this.#runEngine(isLast);
      else if (mode === 'list end') this.#readListEnd(isLast);
      else if (mode === 'odd line') this.#readOddLine();
      else this.#feed();
    }
  }

  /** Of less than a head, a list is scanned, and whole lines. */
  #readBrokenHead(): void {
    const head = this.#engine.bytes.subarray(this.#keptFrom, this.#end);
    if (!this.#beginList(head) && head.includes(NEWLINE)) this.#readHead(true);
  }

  #readHead(isLast: boolean): void {
    const head = this.#engine.bytes.subarray(this.#keptFrom, this.#end);
    if (head.length < HEAD && !isLast) return;
    if (this.#beginList(head)) return;
    if (!isLast && head.length <= LARGEST_RECORD && !head.includes(NEWLINE)) return;
    const splitter = chooseSplitter(head);
    if (splitter instanceof LineSplitter) this.#beginLines(this.#keptFrom);
    else this.#readExactly(splitter);
  }

  #beginList(head: Buffer): boolean {
    const opening = LIST.exec(head.toString('latin1', 0, HEAD));
    if (!opening) return false;
    this.#opening = opening[1] as string;
    this.#listStart = this.#keptFrom + opening[0].length;
    this.#keptFrom = this.#listStart;
    this.#engine.run.beginScan(this.#listStart, false, false);
    this.#mode = 'list';
    return true;
  }

  #beginLines(at: number): void {
    this.#keptFrom = at;
    this.#engine.run.beginScan(at, true, false);
    this.#mode = 'lines';
  }

  #runEngine(isLast: boolean): void {
    const { run } = this.#engine;
    let answer: number;
    const isLines = this.#mode === 'lines';
    do {
      answer = run.scan(this.#end, isLast);
      this.#judge.judgeCandidates(this.#tally, this.#onMatch, { base: this.#base, isLines });
    } while (answer === SCAN.candidatesFull);
    this.#keptFrom = run.sureAt.value;
    if (answer === SCAN.listEnded) this.#mode = 'list end';
    else if (answer === SCAN.irregular && isLines) this.#mode = 'odd line';
    else if (answer === SCAN.irregular || this.#end - this.#keptFrom > LARGEST_RECORD) {
      if (isLines) this.#readExactly(new LineSplitter(0));
      else this.#readListExactly();
    }
  }

  /** What follows a list's records is a bracket or two, and perhaps another document. */
  #readListEnd(isLast: boolean): void {
    const { bytes } = this.#engine;
    if (this.#end - this.#keptFrom < 2 * HEAD && !isLast) return;
    const text = bytes.toString('latin1', this.#keptFrom, Math.min(this.#end, this.#keptFrom + 2 * HEAD));
    const end = (this.#opening === '[' ? LIST_END : ENVELOPE_END).exec(text);
    if (!end) {
      this.#readListExactly();
      return;
    }
    const behind = this.#keptFrom + end[0].length;
    if (isLast && behind === this.#end) {
      this.#keptFrom = behind;
      this.#mode = 'exact';
      return;
    }
    const kept = this.#keptFrom;
    this.#keptFrom = behind;
    if (this.#beginList(bytes.subarray(behind, this.#end))) return;
    this.#keptFrom = kept;
    this.#readListExactly();
  }

  #readOddLine(): void {
    const { bytes } = this.#engine;
    const length = bytes.subarray(this.#keptFrom, this.#end).indexOf(NEWLINE) + 1;
    if (length === 0) {
      if (this.#end - this.#keptFrom > LARGEST_RECORD) this.#readExactly(new LineSplitter(0));
      return;
    }
    const line = Buffer.from(bytes.subarray(this.#keptFrom, this.#keptFrom + length));
    this.#shift = this.#keptFrom + this.#base;
    this.#judgeItems(feed(new LineSplitter(0), line));
    this.#beginLines(this.#keptFrom + length);
  }

  /** Reads on from behind the last sure record of a list, as if the list had just begun. */
  #readListExactly(): void {
    const splitter = new ValueSplitter();
    const before = this.#keptFrom === this.#listStart ? this.#opening : `${this.#opening}{}`;
    splitter.feed(Buffer.from(before));
    this.#readExactly(splitter, before.length);
  }

  #readExactly(splitter: Splitter, fed = 0): void {
    this.#mode = 'exact';
    this.#splitter = splitter;
    this.#shift = this.#keptFrom + this.#base - fed;
    this.#feed();
  }

  #feed(): void {
    if (!this.#splitter || this.#keptFrom === this.#end) return;
    // The splitter keeps what it needs; its pieces must not change under it.
    const chunk = Buffer.from(this.#engine.bytes.subarray(this.#keptFrom, this.#end));
    this.#keptFrom = this.#end;
    this.#judgeItems(feed(this.#splitter, chunk));
  }

  #judgeItems(items: Iterable<TrailItem>): void {
    this.#judge.judgeItems(shifted(items, this.#shift), this.#tally, this.#onMatch);
  }

  /** Moves what must be kept to the start, or uses more memory. */
  #makeRoom(): void {
    const { run, contentStart, contentSize } = this.#engine;
    const from = Math.max(contentStart, Math.min(this.#keptFrom, this.#end - HISTORY));
    const distance = from - contentStart;
    if (distance > 0) {
      run.moveContent(contentStart, from, this.#end - from);
      run.moveScan(distance);
      run.moveOutput(distance, contentStart);
      this.#end -= distance;
      this.#keptFrom -= distance;
      this.#listStart -= distance;
      this.#base += distance;
    }
    const needed = this.#end - contentStart + STEP;
    const size = needed * 2 > USUAL_SIZE ? Math.min(contentSize, needed * 2) : USUAL_SIZE;
    this.#limit = contentStart + size;
  }
}

function* shifted(items: Iterable<TrailItem>, shift: number): Generator<TrailItem> {
  for (const item of items) yield item.kind === 'damage' ? { ...item, offset: item.offset + shift } : item;
}
