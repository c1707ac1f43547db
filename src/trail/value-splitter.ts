import { JsonOutline } from './json-outline.ts';
import { LARGEST_RECORD } from './record-item.ts';

/** The source of one JSON value, or why there is none. */
export type Piece =
  | { readonly kind: 'value'; readonly bytes: Buffer; readonly offset: number }
  | { readonly kind: 'damage'; readonly message: string; readonly offset: number; readonly incomplete: boolean };

const OPEN_OBJECT = 123;
const NEWLINE = 10;

/** How records begin in files that CloudTrail writes: where to read on behind damage. */
const RECORD_START = Buffer.from('{"eventVersion"');

/**
 * Cuts a stream of JSON text into the values that matter: elements of a top-level list or of a
 * top-level object's `Records` or `Events`, else whole top-level values. Memory is bounded by one
 * value. A value that is broken inside, but closed, is given like any other. Where strings and
 * brackets themselves are broken, the damage is told at the byte that cannot be, once, and reading
 * goes on at the next thing that begins like a record.
 */
export class ValueSplitter {
  #offset = 0;
  readonly #outline = new JsonOutline();
  #capturing = false;
  #start = 0;
  #parts: Buffer[] = [];
  #size = 0;
  /** True from damage to the next start of a record. */
  #lost = false;
  /** How much of RECORD_START the last bytes are. */
  #matched = 0;
  #atLineStart = false;
  #lastByte = NEWLINE;
  #stray = false;

  /** `offset` is the place of the first byte in its file. */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** Takes the next bytes; gives the values that end in them. */
  feed(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#lost) {
        at = this.#seek(chunk, at);
        from = at;
        continue;
      }
      at = this.#outline.advance(chunk, at);
      const event = this.#outline.takeEvent();
      if (event === undefined) continue;
      if (event === 'begins') {
        from = at - 1;
        this.#begin(this.#offset + from);
      } else if (event === 'ends') {
        pieces.push(this.#finish(chunk.subarray(from, at)));
      } else if (event === 'streams') {
        this.#drop();
      } else {
        at -= 1;
        if (event === 'broken') pieces.push(damageAt(this.#offset + at, 'broken JSON'));
        else this.#tellStray(this.#offset + at, pieces);
        if (event === 'stray element') at += 1;
        else this.#lose(at === 0 ? this.#lastByte : (chunk[at - 1] as number));
      }
    }
    if (this.#capturing) this.#keep(chunk.subarray(from));
    this.#offset += chunk.length;
    this.#lastByte = chunk.at(-1) ?? this.#lastByte;
    return pieces;
  }

  /** Reports what was left open at the end of the stream. */
  end(): Piece[] {
    if (this.#lost || this.#outline.isBetweenDocuments) return [];
    const offset = this.#capturing ? this.#start : this.#offset;
    return [{ ...damageAt(offset, 'ends in the middle of a record'), incomplete: true }];
  }

  /** Content that is no object is told once, where it begins: a text file has many lines of it. */
  #tellStray(offset: number, pieces: Piece[]): void {
    if (!this.#stray) pieces.push(damageAt(offset, 'something that is not JSON objects'));
    this.#stray = true;
  }

  /** From here on the next record is looked for, the byte that cannot be included. */
  #lose(byteBefore: number): void {
    this.#drop();
    this.#lost = true;
    this.#matched = 0;
    this.#atLineStart = byteBefore === NEWLINE;
    this.#outline.salvage();
  }

  /** Looks for the start of a record; gives the place after what it looked at. */
  #seek(chunk: Buffer, from: number): number {
    for (let i = from; i < chunk.length; i += 1) {
      const byte = chunk[i] as number;
      if (byte === OPEN_OBJECT && this.#atLineStart) this.#matched = RECORD_START.length;
      else if (byte === RECORD_START[this.#matched]) this.#matched += 1;
      else this.#matched = byte === OPEN_OBJECT ? 1 : 0;
      this.#atLineStart = byte === NEWLINE;
      if (this.#matched < RECORD_START.length) continue;
      this.#lost = false;
      // Its first bytes may lie in the chunk before; they are always the same.
      if (byte === OPEN_OBJECT) return i;
      this.#resume(i + 1);
      return i + 1;
    }
    return chunk.length;
  }

  /** Goes on as if the start of a record had just been read, up to `at` of this chunk. */
  #resume(at: number): void {
    this.#outline.advanceAll(RECORD_START);
    this.#begin(this.#offset + at - RECORD_START.length);
    this.#keep(RECORD_START);
  }

  #begin(offset: number): void {
    this.#capturing = true;
    this.#start = offset;
    this.#parts = [];
    this.#size = 0;
  }

  #keep(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size > LARGEST_RECORD) this.#parts = [];
    else this.#parts.push(Buffer.from(bytes));
  }

  #drop(): void {
    this.#capturing = false;
    this.#parts = [];
  }

  #finish(last: Buffer): Piece {
    const size = this.#size + last.length;
    const bytes = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#drop();
    if (size <= LARGEST_RECORD) return { kind: 'value', bytes, offset: this.#start };
    return damageAt(this.#start, `a record above ${LARGEST_RECORD} bytes`);
  }
}

const damageAt = (offset: number, message: string) => ({ kind: 'damage', message, offset, incomplete: false }) as const;
