import { crc32 } from 'node:zlib';

/** Less content is sooner summed by zlib than divided. */
const SMALL = 16 * 1024;
/** What zlib takes for a CRC that begins with zeros. */
const FROM_ZEROS = 0xffff_ffff;

/** A WebAssembly module that divides, and all of its memory. */
export interface Divider {
  readonly run: {
    beginCrc(): void;
    addToCrc(from: number, to: number): number;
    remainderOfCrc(): number;
    sizeOfRemainder(): number;
  };
  readonly bytes: Buffer;
}

/**
 * The CRC-32 of content that lies in the engine's memory. The engine divides it three times as fast as zlib
 * sums it; content of fewer than 64 bytes is left to the next piece, so the last 64 must stay before the
 * next, also when they are moved.
 */
export class ContentCrc {
  readonly #engine: Divider;
  /** Bytes taken, and how many of the last are not divided yet. */
  #taken = 0;
  #waiting = 0;
  #value = 0;

  constructor(engine: Divider) {
    this.#engine = engine;
  }

  /** Of all that was added, once the last was. */
  get value(): number {
    return this.#value;
  }

  begin(): void {
    this.#taken = 0;
    this.#waiting = 0;
    this.#value = 0;
    this.#engine.run.beginCrc();
  }

  /** Takes what lies between two addresses, right behind what was taken last. */
  add(start: number, end: number, isLast: boolean): void {
    const { run, bytes } = this.#engine;
    if (isLast && this.#taken === 0 && end - start < SMALL) {
      this.#value = crc32(bytes.subarray(start, end));
      return;
    }
    const divided = run.addToCrc(start - this.#waiting, end);
    this.#taken += end - start;
    this.#waiting = end - divided;
    if (!isLast) return;
    const rest = bytes.subarray(divided, end);
    if (this.#taken === rest.length) this.#value = crc32(rest);
    else {
      const remainder = run.remainderOfCrc();
      const before = crc32(bytes.subarray(remainder, remainder + run.sizeOfRemainder()), FROM_ZEROS);
      this.#value = crc32(rest, before);
    }
  }
}
