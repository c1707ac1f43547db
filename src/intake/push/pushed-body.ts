import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Refusal } from '../../base/refusal.ts';
import { bodyOf } from '../body-of.ts';

/** Of a body as it is sent. Firehose sends 5 MiB unless told otherwise, the other senders far less. */
export const LARGEST_PUSH = 16 * 1024 * 1024;
/** Of a gzipped body that must be read as a whole. */
const LARGEST_INFLATED = 64 * 1024 * 1024;

/** The whole body, still as it was sent. @throws Refusal 413 for a larger one */
export async function wholeBody(request: Request): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bodyOf(request)) {
    size += part.length;
    if (size > LARGEST_PUSH) {
      const said = `The body has more than ${LARGEST_PUSH} bytes: send smaller batches (for Firehose: a smaller buffer).`;
      throw new Refusal('RequestEntityTooLarge', said, { status: 413 });
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const inflate = promisify(gunzip);

/** A body without gzip. @throws Refusal 400 where it is damaged, 413 where it grows too large */
export async function inflatedBody(body: Buffer): Promise<Buffer> {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return (await inflate(body, { maxOutputLength: LARGEST_INFLATED })) as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE')
      throw new Refusal('ValidationException', 'The gzipped body is damaged.', { status: 400 });
    const said = `The body inflates to more than ${LARGEST_INFLATED} bytes: send smaller batches.`;
    throw new Refusal('RequestEntityTooLarge', said, { status: 413 });
  }
}

/** Bytes that are all there, for readers of streams. */
export async function* inOneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
