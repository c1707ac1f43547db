import { constants, deflateSync, inflateSync, unzipSync } from 'node:zlib';
import { DeflateThread } from '../../trail/deflate/deflate-thread.ts';
import { FastDeflate, LARGEST_DESK } from '../../trail/deflate/fast-deflate.ts';

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

/** From here on a thread compresses a part of the chunk while the program goes on. */
const WORTH_A_THREAD = 128 * 1024;
/** The thread takes all but this share: the program has other things to do meanwhile. */
const OWN_SHARE = 1 / 4;

let encoder: FastDeflate | undefined;
const thread = new DeflateThread();

/**
 * Compresses events for storage. Always deflate, fast rather than well: every supported Node reads it, while
 * zstd is missing on some. The codec is stored with each chunk, so that another may follow.
 *
 * `texts` is a line of JSON, `[[first time, differences …], [bytes of each message …]]`, and then the messages in
 * UTF-8 with nothing between them, in zlib's format or in one or two members of gzip. `deflate`, as older versions
 * wrote all chunks, is a JSON list of times and messages.
 */
export const packEvents = (events: readonly LogEvent[]): Packed => packed(events, layOut(events));

function packed(events: readonly LogEvent[], texts: Texts | undefined): Packed {
  if (texts) return { codec: 'texts', bytes: compressed(texts, events.length) };
  const text = JSON.stringify(events.map(({ at, message }) => [at, message]));
  return { codec: 'deflate', bytes: deflateSync(text, FAST) };
}

/** Begins to compress events, and gives what ends it. In between others may be done: a thread goes on meanwhile. */
export function beginPacking(events: readonly LogEvent[], helper: DeflateThread = thread): () => Promise<Packed> {
  const texts = layOut(events);
  if (!texts || texts.size < WORTH_A_THREAD || texts.size > LARGEST_DESK || !helper.isFree)
    return async () => packed(events, texts);
  let own = 0;
  let left = texts.size * OWN_SHARE;
  for (; left > 0 && own < events.length; own += 1) left -= texts.sizes[own] as number;
  const room = helper.room();
  const member = helper.gzip(room, write(texts, own, events.length, room, 0));
  return async () => {
    const first = compressed(texts, own);
    const second = await member;
    return second ? { codec: 'texts', bytes: Buffer.concat([first, second]) } : packed(events, texts);
  };
}

interface Texts {
  readonly events: readonly LogEvent[];
  readonly sizes: readonly number[];
  readonly head: string;
  /** Of all of it. */
  readonly size: number;
}

/** Undefined for half of a surrogate pair, which JSON can tell and UTF-8 cannot. */
function layOut(events: readonly LogEvent[]): Texts | undefined {
  const sizes = events.map(({ message }) => Buffer.byteLength(message));
  if (!events.every(({ message }, i) => sizes[i] === message.length || message.isWellFormed())) return undefined;
  const times = events.map(({ at }, i) => at - (events[i - 1]?.at ?? 0));
  const head = `${JSON.stringify([times, sizes])}\n`;
  return { events, sizes, head, size: sizes.reduce((sum, each) => sum + each, head.length) };
}

/** The head and the first events. */
function compressed(texts: Texts, count: number): Buffer {
  const { sizes, head } = texts;
  const size = sizes.slice(0, count).reduce((sum, each) => sum + each, head.length);
  encoder ??= new FastDeflate();
  const isLarge = size > encoder.desk.length;
  const desk = isLarge ? Buffer.allocUnsafeSlow(size) : encoder.desk;
  write(texts, 0, count, desk, desk.write(head, 0, 'latin1'));
  return isLarge ? deflateSync(desk, FAST) : encoder.gzip(size);
}

/** Gives the place behind what was written. */
function write({ events, sizes }: Texts, from: number, to: number, desk: Buffer, start: number): number {
  let at = start;
  for (let i = from; i < to; i += 1) {
    const { message } = events[i] as LogEvent;
    // ASCII, as most events are, is copied as it is.
    at += desk.write(message, at, sizes[i] === message.length ? 'latin1' : 'utf8');
  }
  return at;
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
