import { LARGEST_RECORD } from './record-item.ts';

/** The source of one JSON value, or why there is none. */
export type Piece =
  | { readonly kind: 'value'; readonly bytes: Buffer; readonly offset: number }
  | { readonly kind: 'damage'; readonly message: string; readonly offset: number; readonly incomplete: boolean };

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Lists whose elements are taken one by one, so that a file of any length streams. */
const STREAMED = new Set(['"Records"', '"Events"']);
/** A member name longer than this is none of those. */
const LONGEST_KEY = 64;

/**
 * Cuts a stream of JSON text into the values that matter: elements of a top-level list or of a
 * top-level object's `Records`, else whole top-level values. It looks at strings and brackets only,
 * so that a broken value costs itself alone; memory is bounded by one value.
 */
export class ValueSplitter {
  #offset = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Depth at which a captured value ends: 0 for whole documents, 1 or 2 within a list. */
  #floor = 0;
  #capturing = false;
  #start = 0;
  #parts: Buffer[] = [];
  #size = 0;
  #tooLarge = false;
  /** Member name being read or last read at depth 1. */
  #key = '';
  #readingKey = false;
  #afterColon = false;
  #stray = false;

  /** Takes the next bytes; gives the values that end in them. */
  *feed(chunk: Buffer): Generator<Piece> {
    let from = this.#capturing ? 0 : -1;
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i] as number;
      if (this.#inString) {
        if (this.#readingKey && this.#key.length <= LONGEST_KEY) this.#key += String.fromCharCode(byte);
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          this.#readingKey = false;
        }
        continue;
      }
      if (byte === QUOTE) {
        this.#inString = true;
        if (!this.#capturing && this.#depth === this.#floor) yield* this.#strayAt(i);
        if (this.#depth === 1 && this.#floor === 0 && !this.#afterColon) {
          this.#readingKey = true;
          this.#key = '"';
        }
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        const streams = byte === OPEN_LIST && this.#opensStreamedList();
        if (!this.#capturing && !streams && this.#depth === this.#floor) {
          this.#begin(i);
          from = i;
        }
        this.#depth += 1;
        if (streams) {
          this.#floor = this.#depth;
          this.#drop();
          from = -1;
        }
        this.#afterColon = false;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (this.#depth > 0) this.#depth -= 1;
        if (this.#capturing && this.#depth === this.#floor) {
          yield this.#finish(chunk.subarray(from, i + 1));
          from = -1;
        } else if (this.#depth < this.#floor) {
          this.#floor = 0;
          // What follows a streamed list belongs to its object and is not looked at.
          if (this.#depth === 1) this.#floor = -1;
        }
        if (this.#depth === 0) this.#floor = 0;
      } else if (byte === COLON) {
        if (this.#depth === 1) this.#afterColon = true;
      } else if (byte === COMMA) {
        if (this.#depth === 1) this.#afterColon = false;
      } else if (!this.#capturing && this.#depth === this.#floor && byte > 32) {
        yield* this.#strayAt(i);
      }
    }
    if (from >= 0 && this.#capturing) this.#keep(chunk.subarray(from));
    this.#offset += chunk.length;
  }

  /** Reports what was left open at the end of the stream. */
  *end(): Generator<Piece> {
    if (this.#depth > 0 || this.#inString) {
      const at = this.#capturing ? this.#start : this.#offset;
      yield { kind: 'damage', message: 'ends in the middle of a record', offset: at, incomplete: true };
    }
  }

  #opensStreamedList(): boolean {
    if (this.#floor !== 0) return false;
    if (this.#depth === 0) return true;
    return this.#depth === 1 && this.#afterColon && STREAMED.has(this.#key);
  }

  /** Content that is no object is told once, where it begins. */
  *#strayAt(at: number): Generator<Piece> {
    if (this.#stray) return;
    this.#stray = true;
    yield this.#damaged('something that is not JSON objects', this.#offset + at);
  }

  #begin(at: number): void {
    this.#capturing = true;
    this.#start = this.#offset + at;
    this.#parts = [];
    this.#size = 0;
    this.#tooLarge = false;
  }

  #keep(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size > LARGEST_RECORD) {
      this.#tooLarge = true;
      this.#parts = [];
    } else if (!this.#tooLarge) {
      this.#parts.push(Buffer.from(bytes));
    }
  }

  #drop(): void {
    this.#capturing = false;
    this.#parts = [];
  }

  #finish(last: Buffer): Piece {
    this.#keep(last);
    const bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    const tooLarge = this.#tooLarge;
    this.#drop();
    if (tooLarge) return this.#damaged(`a record above ${LARGEST_RECORD} bytes`, this.#start);
    return { kind: 'value', bytes, offset: this.#start };
  }

  #damaged(message: string, offset: number): Piece {
    return { kind: 'damage', message, offset, incomplete: false };
  }
}
