import { LARGEST_RECORD } from './record-item.ts';

export interface Line {
  readonly bytes: Buffer;
  readonly offset: number;
  /** The place after its newline; the end of the stream for a last line without one. */
  readonly end: number;
  readonly terminated: boolean;
  /** True when the line was longer than any record, and `bytes` is empty. */
  readonly tooLong: boolean;
}

const NEWLINE = 10;

/** Cuts a stream into lines in memory bounded by one record. */
export class LineSplitter {
  #offset: number;
  #start: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(offset: number) {
    this.#offset = offset;
    this.#start = offset;
  }

  *feed(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, at));
      yield this.#line(this.#offset + at + 1, true);
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
    this.#offset += chunk.length;
  }

  *end(): Generator<Line> {
    if (this.#size > 0) yield this.#line(this.#offset, false);
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#size += bytes.length;
    if (this.#size <= LARGEST_RECORD) this.#parts.push(Buffer.from(bytes));
    else this.#parts = [];
  }

  #line(end: number, terminated: boolean): Line {
    const tooLong = this.#size > LARGEST_RECORD;
    const bytes = tooLong ? Buffer.alloc(0) : Buffer.concat(this.#parts);
    const line = { bytes, offset: this.#start, end, terminated, tooLong };
    this.#start = end;
    this.#parts = [];
    this.#size = 0;
    return line;
  }
}
