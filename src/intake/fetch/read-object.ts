import { inflated, inOnePiece, wholeContent } from '../../trail/inflate.ts';
import { readContent, readWhole } from '../../trail/reader/read-content.ts';
import type { TrailItem } from '../../trail/record-item.ts';
import type { ContentHash } from './content-hash.ts';

/** Objects up to this size are read as a whole; CloudTrail's are seldom larger. */
const WHOLE = 1024 * 1024;
/** How much the content of an object takes as text, for each of its bytes; CloudTrail's inflate some ten-fold. */
const INFLATED = 12;
/** What the content of larger objects takes, of which a piece at a time is read. */
const PIECES = 4 * 1024 * 1024;

/** Bytes of memory that an object of this size will take while it is read. */
export const roomFor = (size: number | undefined): number =>
  size === undefined || size > WHOLE ? PIECES : size * INFLATED;

/** The items of an object, in groups. All of its content is added to `hash`. */
export async function* itemsOf(
  bytes: AsyncIterable<Uint8Array>,
  size: number | undefined,
  hash: ContentHash,
): AsyncGenerator<readonly TrailItem[]> {
  if (size === undefined || size > WHOLE) {
    yield* readContent(hashed(inflated(bytes), hash));
    return;
  }
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  const all = Buffer.concat(parts);
  const whole = await wholeContent(all);
  if (whole) {
    hash.addWhole(whole);
    yield readWhole(whole);
  } else yield* readContent(hashed(inflated(inOnePiece(all)), hash));
}

async function* hashed(content: AsyncIterable<Buffer>, hash: ContentHash): AsyncGenerator<Buffer> {
  for await (const bytes of content) {
    hash.add(bytes);
    yield bytes;
  }
}
