import { crc32 } from 'node:zlib';

const MAGIC = [0x1f, 0x8b];
const DEFLATE = 8;
const HEADER_CRC = 0x02;
const EXTRA = 0x04;
const NAME = 0x08;
const COMMENT = 0x10;
const RESERVED = 0xe0;
/** Magic, method, flags, time, extra flags, system. */
const FIXED = 10;

type Part = 'fixed' | 'extra length' | 'extra' | 'name' | 'comment' | 'crc' | 'done';

/** Reads the header of a gzip member (RFC 1952), byte by byte, and refuses what zlib refuses. */
export class GzipHeader {
  #part: Part = 'fixed';
  #flags = 0;
  /** Bytes of the part so far, and of the extra field still to come. */
  #read = 0;
  #left = 0;
  #crc = 0;
  #told = 0;

  get isDone(): boolean {
    return this.#part === 'done';
  }

  /** True before the first byte. */
  get isUntouched(): boolean {
    return this.#part === 'fixed' && this.#read === 0;
  }

  /**
   * Reads on from `from`; gives the place behind what it read.
   * @throws Error in zlib's words
   */
  read(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && !this.isDone) {
      const byte = bytes[at] as number;
      at += 1;
      const isCovered = this.#part !== 'crc';
      if (isCovered) this.#crc = crc32(Buffer.of(byte), this.#crc);
      this.#readByte(byte);
    }
    return at;
  }

  #readByte(byte: number): void {
    this.#read += 1;
    switch (this.#part) {
      case 'fixed':
        this.#readFixed(byte);
        break;
      case 'extra length':
        this.#left |= byte << (8 * (this.#read - 1));
        if (this.#read === 2) this.#next(this.#left > 0 ? 'extra' : 'name');
        break;
      case 'extra':
        if (this.#read === this.#left) this.#next('name');
        break;
      case 'name':
        if (byte === 0) this.#next('comment');
        break;
      case 'comment':
        if (byte === 0) this.#next('crc');
        break;
      case 'crc':
        this.#told |= byte << (8 * (this.#read - 1));
        if (this.#read < 2) break;
        if (this.#told !== (this.#crc & 0xffff)) throw new Error('header crc mismatch');
        this.#next('done');
        break;
    }
  }

  #readFixed(byte: number): void {
    const place = this.#read - 1;
    if (place < MAGIC.length && byte !== MAGIC[place]) throw new Error('incorrect header check');
    if (place === 2 && byte !== DEFLATE) throw new Error('unknown compression method');
    if (place === 3) {
      if (byte & RESERVED) throw new Error('unknown header flags set');
      this.#flags = byte;
    }
    if (this.#read === FIXED) this.#next('extra length');
  }

  /** Goes on with `part`, or with the next one that the flags announce. */
  #next(part: Part): void {
    this.#read = 0;
    this.#part = part;
    if (this.#part === 'extra length' && !(this.#flags & EXTRA)) this.#part = 'name';
    if (this.#part === 'name' && !(this.#flags & NAME)) this.#part = 'comment';
    if (this.#part === 'comment' && !(this.#flags & COMMENT)) this.#part = 'crc';
    if (this.#part === 'crc' && !(this.#flags & HEADER_CRC)) this.#part = 'done';
  }
}
