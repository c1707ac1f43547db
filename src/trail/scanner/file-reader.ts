import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';

/** Files below this size are read at once, which is fastest; CloudTrail writes few larger ones. */
const READ_AT_ONCE = 2 * 1024 * 1024;
const STREAM_CHUNK = 256 * 1024;

/** Opens files for a scanner, which reads one after the other: small ones share a buffer. */
export class FileReader {
  readonly #buffer = Buffer.allocUnsafeSlow(READ_AT_ONCE);

  /**
   * What is in the file; of a small one the bytes, good until the next call. `size` is that of a regular
   * file, where it is known, and saves asking for it. Throws what the file system says.
   */
  read(path: string, size: number | undefined): Uint8Array | AsyncIterable<Uint8Array> {
    const regular = size ?? sizeOf(path);
    const whole = regular !== undefined && regular < READ_AT_ONCE ? this.#readWhole(path, regular) : undefined;
    return whole ?? createReadStream(path, { highWaterMark: STREAM_CHUNK });
  }

  /** Undefined when the file has grown too large. */
  #readWhole(path: string, size: number): Uint8Array | undefined {
    const file = openSync(path, 'r');
    try {
      const buffer = this.#buffer;
      let end = readSync(file, buffer, 0, buffer.length, null);
      // Less than what was listed: a file system may give less than it is asked for.
      for (let more = end; end < size && more > 0; end += more)
        more = readSync(file, buffer, end, buffer.length - end, null);
      return end < buffer.length ? buffer.subarray(0, end) : undefined;
    } finally {
      closeSync(file);
    }
  }
}

function sizeOf(path: string): number | undefined {
  const facts = statSync(path);
  return facts.isFile() ? facts.size : undefined;
}
