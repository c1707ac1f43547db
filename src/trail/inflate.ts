import { promisify } from 'node:util';
import { constants, createGunzip, type Gunzip, gunzip, gunzipSync } from 'node:zlib';

/** Content that is no sound gzip, after everything readable was given. */
export class DamagedGzip extends Error {
  /** How many inflated bytes were readable. */
  readonly offset: number;
  /** True when it just ends too early. */
  readonly incomplete: boolean;

  constructor(reason: string, offset: number, incomplete: boolean) {
    super(`not readable as gzip after ${offset} bytes: ${reason}`);
    this.offset = offset;
    this.incomplete = incomplete;
  }
}

/** What is handed to zlib at once: it inflates to 32 MB at worst. */
const STEP = 32 * 1024;

/** So much of a file is kept to read the records just before damage; CloudTrail's files are smaller. */
const KEPT = 4 * 1024 * 1024;
const KEPT_INFLATED = 64 * 1024 * 1024;

/** CloudTrail's files inflate some ten-fold. What inflates like this is made to exhaust its reader. */
const HOSTILE_RATIO = 250;

/**
 * The content of `source`, inflated when it begins like gzip, else as it is; without a byte order
 * mark. Gzip members may follow one another.
 * @throws DamagedGzip
 */
export async function* inflated(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let inflater: Inflater | undefined;
  try {
    for await (const bytes of source) {
      let chunk: Buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (head) {
        head = Buffer.concat([head, chunk]);
        if (head.length < LONGEST_MARK) continue;
        if (isGzip(head)) inflater = new Inflater();
        chunk = withoutMark(head);
        head = undefined;
      }
      if (inflater) yield* inflater.inflate(chunk);
      else if (chunk.length > 0) yield chunk;
    }
    if (head && isGzip(head)) throw new DamagedGzip('unexpected end of file', 0, true);
    if (head && head.length > 0) yield head;
    if (inflater) yield* inflater.end();
  } finally {
    inflater?.close();
  }
}

/** A header, an empty block and a trailer. */
const SHORTEST_GZIP = 20;

/** Content that inflates at most to this is inflated at once. */
const WHOLE_INFLATED = 16 * 1024 * 1024;

/**
 * As `inflated`, of content that lies in memory: several times faster for the files of a few kilobytes that most
 * trails are made of. What is damaged or inflates to much goes the other way.
 * @throws DamagedGzip
 */
export async function* inflatedWhole(bytes: Buffer): AsyncGenerator<Buffer> {
  const whole = await wholeContent(bytes);
  if (whole) yield whole;
  else yield* inflated(inOnePiece(bytes));
}

/** From here on a thread of libuv inflates while the program goes on. */
const WORTH_A_THREAD = 16 * 1024;

/** The content in one piece; undefined where it is damaged or inflates to much: then `inflated` tells more. */
export async function wholeContent(bytes: Buffer): Promise<Buffer | undefined> {
  if (!isGzip(bytes)) return bytes.length < LONGEST_MARK ? undefined : withoutMark(bytes);
  // The last member's size, modulo 2^32: nearly always that of all, and room for all is made once.
  const told = bytes.length < SHORTEST_GZIP ? 0 : bytes.readUInt32LE(bytes.length - 4);
  const chunkSize = Math.min(Math.max(told, 1_024) + 64, WHOLE_INFLATED);
  try {
    if (bytes.length < WORTH_A_THREAD) return gunzipSync(bytes, { chunkSize, maxOutputLength: WHOLE_INFLATED });
    return await gunzipWhole(bytes, { chunkSize, maxOutputLength: WHOLE_INFLATED });
  } catch {
    return undefined;
  }
}

export async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Bytes that tell gzip or a byte order mark. */
const LONGEST_MARK = 3;

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** zlib, fed step by step, so that what was inflated before an error is not lost with the stream. */
class Inflater {
  readonly #stream: Gunzip = createGunzip();
  #output: Buffer[] = [];
  #taken = 0;
  #given = 0;
  /** The input so far, while it is small enough. */
  #kept: Buffer[] | undefined = [];
  #done: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  /** zlib ends by itself at zeros that pad the content. */
  #hasEnded = false;

  constructor() {
    this.#stream.on('data', (chunk: Buffer) => this.#output.push(chunk));
    this.#stream.on('error', (error) => this.#fail(error));
    this.#stream.on('end', () => {
      this.#hasEnded = true;
      this.#done();
    });
  }

  async *inflate(chunk: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < chunk.length; at += STEP) {
      const step = Buffer.from(chunk.subarray(at, at + STEP));
      this.#taken += step.length;
      if (this.#taken > KEPT) this.#kept = undefined;
      this.#kept?.push(step);
      yield* this.#after(() => this.#stream.write(step, () => this.#done()));
    }
  }

  async *end(): AsyncGenerator<Buffer> {
    yield* this.#after(() => this.#stream.end());
  }

  close(): void {
    this.#stream.destroy();
  }

  /** Waits for a step to be done, and gives what it inflated. */
  async *#after(begin: () => void): AsyncGenerator<Buffer> {
    if (this.#hasEnded) return;
    let failure: NodeJS.ErrnoException | undefined;
    await new Promise<void>((resolve) => {
      this.#done = resolve;
      this.#fail = (error) => {
        failure = error;
        resolve();
      };
      begin();
    });
    yield* this.#give();
    if (!failure) return;
    const incomplete = failure.code === 'Z_BUF_ERROR';
    if (!incomplete) {
      this.#output.push(await this.#salvaged());
      yield* this.#give();
    }
    throw new DamagedGzip(failure.message, this.#given, incomplete);
  }

  *#give(): Generator<Buffer> {
    const output = this.#output;
    this.#output = [];
    for (const chunk of output) {
      this.#given += chunk.length;
      if (chunk.length > 0) yield chunk;
      if (this.#given > KEPT_INFLATED && this.#given > this.#taken * HOSTILE_RATIO)
        throw new DamagedGzip(`inflates more than ${HOSTILE_RATIO}-fold`, this.#given, false);
    }
  }

  /** What zlib had inflated of its last step, and dropped when it failed: the output of the longest sound beginning. */
  async #salvaged(): Promise<Buffer> {
    const input = Buffer.concat(this.#kept ?? []);
    let sound: Buffer = Buffer.alloc(0);
    let low = Math.max(0, input.length - STEP);
    let high = input.length;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const output = await soundOutput(input.subarray(0, middle));
      if (output) {
        low = middle;
        sound = output;
      } else high = middle - 1;
    }
    return sound.subarray(Math.min(this.#given, sound.length));
  }
}

const gunzipWhole = promisify<Buffer, object, Buffer>(gunzip);

/** The output of gzip content that may end anywhere; undefined where it is broken. */
async function soundOutput(input: Buffer): Promise<Buffer | undefined> {
  try {
    return await gunzipWhole(input, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: KEPT_INFLATED });
  } catch {
    return undefined;
  }
}
