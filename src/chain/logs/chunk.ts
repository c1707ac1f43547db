import { constants, deflateSync, inflateSync, unzipSync } from 'node:zlib';
import { FastDeflate } from '../../trail/deflate/fast-deflate.ts';

export interface LogEvent {
  /** When it happened. */
  readonly at: number;
  readonly message: string;
}

/** A chunk as it is stored. */
export interface Packed {
  readonly codec: string;
  readonly bytes: Uint8Array;
}

/** A bit more than the largest chunk that is ever written: a damaged row must not eat the memory. */
const LARGEST_CHUNK = 64 * 1024 * 1024;

const NEWLINE = 10;

let encoder: FastDeflate | undefined;

/**
 * Compresses events for storage. Always deflate, fast rather than well: every supported Node reads it, while
 * zstd is missing on some. The codec is stored with each chunk, so that another may follow.
 *
 * `texts` is a line of JSON, `[[first time, differences …], [bytes of each message …]]`, and then the messages in
 * UTF-8 with nothing between them, in gzip or zlib's format. `deflate`, as older versions wrote all chunks, is a JSON list of times and messages.
 */
export function packEvents(events: readonly LogEvent[]): Packed {
  // JSON can tell half of a surrogate pair, which UTF-8 cannot.
  if (!events.every(({ message }) => message.isWellFormed())) {
    const text = JSON.stringify(events.map(({ at, message }) => [at, message]));
    return { codec: 'deflate', bytes: deflateSync(text, FAST) };
  }
  const sizes = events.map(({ message }) => Buffer.byteLength(message));
  const times = events.map(({ at }, i) => at - (events[i - 1]?.at ?? 0));
  const head = `${JSON.stringify([times, sizes])}\n`;
  const size = sizes.reduce((sum, each) => sum + each, head.length);
  encoder ??= new FastDeflate();
  const isLarge = size > encoder.desk.length;
  const desk = isLarge ? Buffer.allocUnsafeSlow(size) : encoder.desk;
  let end = desk.write(head, 0, 'latin1');
  for (const [i, { message }] of events.entries()) {
    // ASCII, as most events are, is copied as it is.
    end += desk.write(message, end, sizes[i] === message.length ? 'latin1' : 'utf8');
  }
  return { codec: 'texts', bytes: isLarge ? deflateSync(desk, FAST) : encoder.gzip(end) };
}

const FAST = { level: constants.Z_BEST_SPEED };

/** The events of a stored chunk, in the order they were packed. */
export function unpackEvents({ codec, bytes }: Packed): LogEvent[] {
  if (codec === 'texts') return readTexts(unzipSync(bytes, INFLATED));
  if (codec === 'deflate') return readList(inflateSync(bytes, INFLATED));
  if (codec === 'plain') return readList(Buffer.from(bytes));
  throw new Error(`A log chunk is written in ${codec}, which this version cannot read`);
}

const INFLATED = { maxOutputLength: LARGEST_CHUNK };

const readList = (content: Buffer): LogEvent[] =>
  (JSON.parse(content.toString('utf8')) as [number, string][]).map(([at, message]) => ({ at, message }));

function readTexts(content: Buffer): LogEvent[] {
  const headEnd = content.indexOf(NEWLINE);
  const [times, sizes] = JSON.parse(content.toString('latin1', 0, headEnd)) as [number[], number[]];
  let at = 0;
  let place = headEnd + 1;
  return sizes.map((size, i) => {
    at += times[i] as number;
    const start = place;
    place += size;
    return { at, message: content.toString('utf8', start, place) };
  });
}
