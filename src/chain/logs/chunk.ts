import { constants, deflateSync, inflateSync } from 'node:zlib';

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

/**
 * Compresses events for storage. Always deflate at level 1: every supported Node reads it, while
 * zstd is missing on some. The codec is stored with each chunk, so that another may follow.
 */
export function packEvents(events: readonly LogEvent[]): Packed {
  const text = JSON.stringify(events.map(({ at, message }) => [at, message]));
  return { codec: 'deflate', bytes: deflateSync(text, { level: constants.Z_BEST_SPEED }) };
}

/** The events of a stored chunk, in the order they were packed. */
export function unpackEvents({ codec, bytes }: Packed): LogEvent[] {
  const text = inflate(codec, bytes).toString('utf8');
  return (JSON.parse(text) as [number, string][]).map(([at, message]) => ({ at, message }));
}

function inflate(codec: string, bytes: Uint8Array): Buffer {
  if (codec === 'plain') return Buffer.from(bytes);
  if (codec === 'deflate') return inflateSync(bytes, { maxOutputLength: LARGEST_CHUNK });
  throw new Error(`A log chunk is written in ${codec}, which this version cannot read`);
}
