import { isUtf8 } from 'node:buffer';
import { Unreadable } from './unreadable.ts';

/** Tag 1: a point in time, in seconds since 1970. */
export class EpochTag {
  readonly seconds: number;
  constructor(seconds: number) {
    this.seconds = seconds;
  }
}

const DEEPEST = 128;
/** A full PutMetricData has some 400,000; far more would only be a way to fill memory. */
const MOST_ITEMS = 1_000_000;
const BREAK = Symbol('break');
/** Additional information that announces an item of unknown length. */
const INDEFINITE = 31;

/**
 * Decodes one CBOR item (RFC 8949) that fills all of `bytes`. The SDK's own decoder trusts its
 * input; this one bounds depth, never allocates more than the bytes announce, and refuses what the
 * protocol cannot carry.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const decoder = new Decoder(bytes);
  const value = decoder.item(0);
  if (!decoder.atEnd()) throw new Unreadable('Bytes follow the CBOR document');
  return value;
}

class Decoder {
  readonly #bytes: Buffer;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  item(depth: number): unknown {
    const value = this.#itemOrBreak(depth);
    if (value === BREAK) throw new Unreadable('A CBOR break stands where a value should');
    return value;
  }

  #itemOrBreak(depth: number): unknown {
    if (depth > DEEPEST) throw new Unreadable('The input is nested too deeply');
    this.#countItem();
    const first = this.#byte();
    const major = first >> 5;
    const info = first & 31;
    switch (major) {
      case 0:
        return this.#argument(info);
      case 1:
        return -1 - this.#argument(info);
      case 2:
        return new Uint8Array(info === INDEFINITE ? this.#chunks(2) : this.#take(this.#argument(info)));
      case 3:
        return textOf(info === INDEFINITE ? this.#chunks(3) : this.#take(this.#argument(info)));
      case 4:
        return this.#list(info, depth);
      case 5:
        return this.#map(info, depth);
      case 6:
        return this.#tagged(this.#argument(info), depth);
      default:
        return this.#simple(info);
    }
  }

  #list(info: number, depth: number): unknown[] {
    const out: unknown[] = [];
    if (info === INDEFINITE) {
      for (let item = this.#itemOrBreak(depth + 1); item !== BREAK; item = this.#itemOrBreak(depth + 1)) out.push(item);
      return out;
    }
    for (let left = this.#count(info, 1); left > 0; left -= 1) out.push(this.item(depth + 1));
    return out;
  }

  #map(info: number, depth: number): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    if (info === INDEFINITE) {
      for (let key = this.#itemOrBreak(depth + 1); key !== BREAK; key = this.#itemOrBreak(depth + 1)) {
        define(out, key, this.item(depth + 1));
      }
      return out;
    }
    for (let left = this.#count(info, 2); left > 0; left -= 1) {
      const key = this.item(depth + 1);
      define(out, key, this.item(depth + 1));
    }
    return out;
  }

  #tagged(tag: number, depth: number): unknown {
    const value = this.item(depth + 1);
    if (tag === 1) {
      if (typeof value !== 'number') throw new Unreadable('A CBOR timestamp is not a number');
      return new EpochTag(value);
    }
    if (tag === 2 || tag === 3) return bigNumber(value, tag === 3);
    return value;
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        return halfFloat(this.#take(2).readUInt16BE());
      case 26:
        return this.#take(4).readFloatBE();
      case 27:
        return this.#take(8).readDoubleBE();
      case INDEFINITE:
        return BREAK;
      default:
        throw new Unreadable(`CBOR simple value ${info} has no meaning here`);
    }
  }

  /** The unsigned number that a head carries. Beyond 2^53 it is rounded, as every JavaScript number is. */
  #argument(info: number): number {
    if (info < 24) return info;
    switch (info) {
      case 24:
        return this.#byte();
      case 25:
        return this.#take(2).readUInt16BE();
      case 26:
        return this.#take(4).readUInt32BE();
      case 27:
        return Number(this.#take(8).readBigUInt64BE());
      default:
        throw new Unreadable(`CBOR additional information ${info} has no meaning here`);
    }
  }

  /** A number of elements that the remaining bytes can hold at all. */
  #count(info: number, bytesPerElement: number): number {
    const count = this.#argument(info);
    if (count * bytesPerElement > this.#bytes.length - this.#at) throw truncated();
    return count;
  }

  #chunks(major: number): Buffer {
    const chunks: Buffer[] = [];
    for (let first = this.#byte(); first !== 0xff; first = this.#byte()) {
      if (first >> 5 !== major || (first & 31) === INDEFINITE)
        throw new Unreadable('A CBOR string has a foreign chunk');
      this.#countItem();
      chunks.push(this.#take(this.#argument(first & 31)));
    }
    return Buffer.concat(chunks);
  }

  #countItem(): void {
    this.#items += 1;
    if (this.#items > MOST_ITEMS) throw new Unreadable('The CBOR document has too many items');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw truncated();
    this.#at += 1;
    return byte;
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw truncated();
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}

const truncated = (): Unreadable => new Unreadable('The CBOR document ends too early');

function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // The replacement character hints at damage; only then is the slower check worth its time.
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw new Unreadable('A CBOR string is not valid UTF-8');
  return text;
}

function define(target: Record<string, unknown>, key: unknown, value: unknown): void {
  if (typeof key !== 'string') throw new Unreadable('A CBOR map has a key that is not text');
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

/** Tags 2 and 3. No number of the served operations is wider than 64 bits. */
function bigNumber(value: unknown, negative: boolean): number {
  if (!(value instanceof Uint8Array)) throw new Unreadable('A CBOR big number is not a byte string');
  if (value.length > 8) throw new Unreadable('A CBOR big number is too wide');
  let magnitude = 0n;
  for (const byte of value) magnitude = (magnitude << 8n) | BigInt(byte);
  return Number(negative ? -1n - magnitude : magnitude);
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
