import { DamagedGzip } from '../inflate.ts';
import { ContentCrc } from './content-crc.ts';
import { STEP } from './content-scan.ts';
import { type Engine, INFLATE } from './engine.ts';
import { GzipHeader } from './gzip-header.ts';

/** Where inflated bytes go: `end` is the address of the next one, `grow` takes what was added. */
export interface Sink {
  readonly end: number;
  grow(end: number): void;
}

/** CloudTrail's files inflate some ten-fold. What inflates like this is made to exhaust its reader. */
const HOSTILE_RATIO = 250;
const HARMLESS_SIZE = 64 * 1024 * 1024;
/** CRC32 and size. */
const TRAILER = 8;

type Part = 'header' | 'body' | 'trailer' | 'padding';

/** Inflates gzip members, one after the other, into the engine's content. Refuses what zlib refuses. */
export class MemberInflater {
  readonly #engine: Engine;
  readonly #sink: Sink;
  #part: Part = 'header';
  #header = new GzipHeader();
  #isFirst = true;
  /** The input window: what is not inflated yet lies between these addresses. */
  #at: number;
  #end: number;
  #trailer: number[] = [];
  readonly #crc: ContentCrc;
  /** Of the member, modulo 2^32. */
  #size = 0;
  #taken = 0;
  #given = 0;

  constructor(engine: Engine, sink: Sink) {
    this.#engine = engine;
    this.#sink = sink;
    this.#crc = new ContentCrc(engine);
    this.#at = engine.inputStart;
    this.#end = engine.inputStart;
  }

  /** Takes the next compressed bytes. Throws `DamagedGzip` after everything readable was given. */
  push(bytes: Uint8Array, isLast: boolean): void {
    let from = 0;
    do {
      from = this.#fill(bytes, from);
      this.#work(isLast && from === bytes.length);
    } while (from < bytes.length);
    if (isLast) this.#finish();
  }

  /** Nothing follows. */
  #finish(): void {
    const isComplete =
      this.#part === 'padding' || (this.#part === 'header' && this.#header.isUntouched && !this.#isFirst);
    if (!isComplete) throw new DamagedGzip('unexpected end of file', this.#given, true);
  }

  #fill(bytes: Uint8Array, from: number): number {
    const { bytes: memory, inputStart, inputSize } = this.#engine;
    if (this.#at > inputStart) {
      memory.copyWithin(inputStart, this.#at, this.#end);
      this.#end -= this.#at - inputStart;
      this.#at = inputStart;
    }
    const to = Math.min(bytes.length, from + inputStart + inputSize - this.#end);
    memory.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#end);
    this.#end += to - from;
    this.#taken += to - from;
    return to;
  }

  /** Reads the window as far as it goes. */
  #work(isLast: boolean): void {
    let needsInput = false;
    while (!needsInput && this.#part !== 'padding' && (this.#at < this.#end || (this.#part === 'body' && isLast))) {
      if (this.#part === 'header') this.#readHeader();
      else if (this.#part === 'body') needsInput = !this.#inflate(isLast);
      else this.#readTrailer();
    }
    if (this.#part === 'padding') this.#at = this.#end;
  }

  #readHeader(): void {
    const { bytes, run } = this.#engine;
    // zlib takes zeros behind a member for padding, with whatever follows.
    if (!this.#isFirst && this.#header.isUntouched && bytes[this.#at] === 0) {
      this.#part = 'padding';
      return;
    }
    const window = bytes.subarray(this.#at, this.#end);
    try {
      this.#at += this.#header.read(window, 0);
    } catch (error) {
      throw new DamagedGzip((error as Error).message, this.#given, false);
    }
    if (!this.#header.isDone) return;
    this.#part = 'body';
    this.#isFirst = false;
    this.#crc.begin();
    this.#size = 0;
    run.beginInflate(this.#sink.end);
  }

  /** Inflates a step; false when more input is needed first. */
  #inflate(isLast: boolean): boolean {
    const { run } = this.#engine;
    const start = this.#sink.end;
    const answer = run.inflate(this.#at, this.#end, isLast, start + STEP - 512);
    this.#at = run.inputAt.value;
    const end = run.outputAt.value;
    if (end > start || answer === INFLATE.done) this.#crc.add(start, end, answer === INFLATE.done);
    if (end > start) {
      this.#size += end - start;
      this.#given += end - start;
      this.#sink.grow(end);
    }
    if (answer < 0) {
      const isTruncated = answer === INFLATE.truncated;
      throw new DamagedGzip(
        isTruncated ? 'unexpected end of file' : (REASONS[-answer] ?? ''),
        this.#given,
        isTruncated,
      );
    }
    if (this.#given > HARMLESS_SIZE && this.#given > this.#taken * HOSTILE_RATIO)
      throw new DamagedGzip(`inflates more than ${HOSTILE_RATIO}-fold`, this.#given, false);
    if (answer === INFLATE.done) this.#part = 'trailer';
    return answer !== INFLATE.needsInput;
  }

  #readTrailer(): void {
    const { bytes } = this.#engine;
    while (this.#trailer.length < TRAILER && this.#at < this.#end) {
      this.#trailer.push(bytes[this.#at] as number);
      this.#at += 1;
    }
    if (this.#trailer.length < TRAILER) return;
    const trailer = Buffer.from(this.#trailer);
    this.#trailer = [];
    if (trailer.readUInt32LE(0) !== this.#crc.value) throw new DamagedGzip('incorrect data check', this.#given, false);
    if (trailer.readUInt32LE(4) !== this.#size % 2 ** 32)
      throw new DamagedGzip('incorrect length check', this.#given, false);
    this.#part = 'header';
    this.#header = new GzipHeader();
  }
}

/** What the engine's answers below zero mean, in zlib's words. */
const REASONS = [
  '',
  'unexpected end of file',
  'invalid block type',
  'invalid code lengths set',
  'invalid distance or length code',
  'invalid distance too far back',
];
