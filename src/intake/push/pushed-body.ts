import { Refusal } from '../../base/refusal.ts';
import { DamagedGzip, inflated } from '../../trail/inflate.ts';
import { bodyOf } from '../body-of.ts';
import type { Stay } from './push-room.ts';

/** Of a body as it is sent. Firehose sends 5 MiB unless told otherwise, the other senders far less. */
export const LARGEST_PUSH = 16 * 1024 * 1024;
/** Of a gzipped body that must be read as a whole. */
const LARGEST_INFLATED = 64 * 1024 * 1024;

/** How long a body is said to be; 0 where nothing is said. */
export function expectedBytes(headers: Headers): number {
  const length = Number(headers.get('content-length') ?? 0);
  return Number.isSafeInteger(length) && length > 0 ? Math.min(length, LARGEST_PUSH) : 0;
}

/** The whole body, still as it was sent. @throws Refusal 413 for a larger one, 503 where there is no room for it */
export async function wholeBody(request: Request, stay: Stay): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bodyOf(request)) {
    size += part.length;
    if (size > LARGEST_PUSH) {
      const said = `The body has more than ${LARGEST_PUSH} bytes: send smaller batches (for Firehose: a smaller buffer).`;
      throw new Refusal('RequestEntityTooLarge', said, { status: 413 });
    }
    stay.take(part.length);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A body without gzip. @throws Refusal 400 where it is damaged, 413 where it grows too large, 503 without room for it */
export async function inflatedBody(body: Buffer, stay: Stay): Promise<Buffer> {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of inflated(inOneChunk(body))) {
      size += part.length;
      if (size > LARGEST_INFLATED) {
        const said = `The body inflates to more than ${LARGEST_INFLATED} bytes: send smaller batches.`;
        throw new Refusal('RequestEntityTooLarge', said, { status: 413 });
      }
      stay.take(part.length);
      parts.push(part);
    }
  } catch (error) {
    if (!(error instanceof DamagedGzip)) throw error;
    throw new Refusal('ValidationException', 'The gzipped body is damaged.', { status: 400 });
  }
  return Buffer.concat(parts);
}

/** Bytes that are all there, for readers of streams. */
export async function* inOneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
