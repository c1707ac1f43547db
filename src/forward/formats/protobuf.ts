/** Fields of protobuf's wire format, as far as anything here is written or read in it. */

const [NUMBER, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5] as const;

/**
 * Writes a message from its end to its beginning, the last field first: so the length of what a field holds is known
 * when it is to be written before it.
 */
export class ReverseWriter {
  #bytes = Buffer.allocUnsafe(16_384);
  /** Where what is written begins; it ends where the bytes end. */
  #start = this.#bytes.length;

  /** What was written; the next message is begun anew. */
  take(): Uint8Array {
    const taken = Buffer.from(this.#bytes.subarray(this.#start));
    this.#start = this.#bytes.length;
    return taken;
  }

  /** Text in UTF-8; a half of a surrogate pair becomes the replacement character. */
  text(field: number, text: string): void {
    const length = Buffer.byteLength(text);
    this.#makeRoom(length);
    this.#start -= length;
    this.#bytes.write(text, this.#start);
    this.#head(field, length);
  }

  /** A message within the message, whose fields `write` writes. */
  message(field: number, write: () => void): void {
    const behind = this.#bytes.length - this.#start;
    write();
    this.#head(field, this.#bytes.length - this.#start - behind);
  }

  /** Fields that are written already. */
  raw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#start -= bytes.length;
    this.#bytes.set(bytes, this.#start);
  }

  /** A whole number of at most 53 bits. */
  number(field: number, value: number): void {
    this.#varint(value);
    this.#varint(field * 8 + NUMBER);
  }

  /** A number of 64 bits at its full width. */
  fixed64(field: number, value: bigint): void {
    this.#makeRoom(8);
    this.#start -= 8;
    this.#bytes.writeBigUInt64LE(value, this.#start);
    this.#varint(field * 8 + FIXED64);
  }

  #head(field: number, length: number): void {
    this.#varint(length);
    this.#varint(field * 8 + BYTES);
  }

  #varint(value: number): void {
    let length = 1;
    for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) length += 1;
    this.#makeRoom(length);
    this.#start -= length;
    let [at, rest] = [this.#start, value];
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#bytes[at++] = (rest % 0x80) + 0x80;
    this.#bytes[at] = rest;
  }

  #makeRoom(more: number): void {
    if (more <= this.#start) return;
    const written = this.#bytes.subarray(this.#start);
    const grown = Buffer.allocUnsafe(2 * (written.length + more));
    this.#start = grown.length - written.length;
    grown.set(written, this.#start);
    this.#bytes = grown;
  }
}

/** The fields of a message: numbers as such, all else as its bytes. Undefined where it is none. */
export function fieldsIn(message: Uint8Array): ReadonlyMap<number, number | Uint8Array> | undefined {
  const fields = new Map<number, number | Uint8Array>();
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const tag = readVarint(message, cursor);
    if (tag === undefined) return undefined;
    const [field, kind] = [Math.floor(tag / 8), tag % 8];
    if (kind === NUMBER) {
      const value = readVarint(message, cursor);
      if (value === undefined) return undefined;
      fields.set(field, value);
      continue;
    }
    const length = lengthOf(kind, message, cursor);
    if (length === undefined || cursor.at + length > message.length) return undefined;
    fields.set(field, message.subarray(cursor.at, cursor.at + length));
    cursor.at += length;
  }
  return fields;
}

function lengthOf(kind: number, message: Uint8Array, cursor: { at: number }): number | undefined {
  if (kind === FIXED64) return 8;
  if (kind === FIXED32) return 4;
  return kind === BYTES ? readVarint(message, cursor) : undefined;
}

function readVarint(message: Uint8Array, cursor: { at: number }): number | undefined {
  let value = 0;
  for (let scale = 1; scale < 2 ** 70; scale *= 0x80) {
    const byte = message[cursor.at];
    if (byte === undefined) return undefined;
    cursor.at += 1;
    value += (byte % 0x80) * scale;
    if (byte < 0x80) return value;
  }
  return undefined;
}
