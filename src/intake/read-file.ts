import { readRecords } from '../trail/documents.ts';
import type { Damage } from '../trail/record-item.ts';
import type { FileSystem } from './file-system.ts';
import { beginsAsBefore, digest, type Fingerprint, hashOfBeginning, LINES_HASHED, newHash } from './fingerprint.ts';
import type { ObjectMark } from './object-marks.ts';
import { type Slice, slices } from './slices.ts';
import type { FoundFile } from './walk.ts';

/** What an earlier reading left. */
export interface Known {
  readonly mark: ObjectMark;
  readonly print: Fingerprint;
}

/** Where to begin: at byte `from`, and behind `skip` records from there. */
export interface Place {
  readonly from: number;
  readonly skip: number;
  /** Nothing is new: the file was only touched or renamed. */
  readonly isRead: boolean;
}

/** Where reading goes on. Content that does not begin as before is another file of the same name. */
export async function placeToRead(files: FileSystem, file: FoundFile, known: Known | undefined): Promise<Place> {
  if (!known || !(await beginsAsBefore(files, file.path, known.print))) return { from: 0, skip: 0, isRead: false };
  const { mark, print } = known;
  const isRead = mark.status !== 'open' && print.size === file.facts.size;
  if (print.form === 'lines') return { from: mark.offset, skip: 0, isRead };
  return { from: 0, skip: mark.records, isRead };
}

/** What a look at a file found. */
export interface Look {
  readonly form: Fingerprint['form'];
  /** All there is, when it fits one slice; undefined when it must be read slice by slice. */
  readonly slice: Slice | undefined;
  /** The file ends in the middle: it may still be being written. */
  readonly isCutOff: boolean;
  /** Of the whole content, for the `whole` form. */
  readonly hashed: number;
  readonly hash: string;
}

const NOTHING: Slice = { records: [], damage: [], end: undefined };

/**
 * Looks at a file in one go and keeps what fits one slice. A longer file of the `whole` form is
 * looked through to its end, so that nothing is taken of a file that is still being written.
 */
export async function lookAt(files: FileSystem, { path }: FoundFile, from: number): Promise<Look> {
  const tap = new Tap(files.read(path, from));
  const stream = slices(readRecords(tap, from > 0 ? { resumeAt: from } : {}));
  const slice = (await nextOf(stream)) ?? NOTHING;
  const isLines = from > 0 || (slice.records[0]?.end !== undefined && tap.isPlain);
  const second = await nextOf(stream);
  let isCutOff = [slice, second].some((part) => part?.damage.some((piece) => piece.incomplete));
  if (second && !isLines) {
    for await (const { damage } of stream) isCutOff ||= damage.some((piece) => piece.incomplete);
  }
  await stream.return(undefined);
  const form = isLines ? 'lines' : 'whole';
  return { form, slice: second ? undefined : slice, isCutOff, hashed: tap.bytes, hash: tap.hash() };
}

async function nextOf(stream: AsyncGenerator<Slice>): Promise<Slice | undefined> {
  const next = await stream.next();
  return next.done ? undefined : next.value;
}

/** The slices of a file from `place` on, without the records that are stored already. */
export async function* readOn(files: FileSystem, { path }: FoundFile, { from, skip }: Place): AsyncGenerator<Slice> {
  let left = skip;
  for await (const slice of slices(readRecords(files.read(path, from), from > 0 ? { resumeAt: from } : {}))) {
    yield { ...slice, records: slice.records.slice(left) };
    left = Math.max(0, left - slice.records.length);
  }
}

/** The hash that a file of one record a line is known by, once it is read up to `offset`. */
export async function linesHash(
  files: FileSystem,
  { path }: FoundFile,
  offset: number,
): Promise<Pick<Fingerprint, 'hashed' | 'hash'>> {
  const hashed = Math.min(offset, LINES_HASHED);
  return { hashed, hash: await hashOfBeginning(files, path, hashed) };
}

/** Hashes bytes on their way and remembers how they begin. */
class Tap implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #hash = newHash();
  #head = Buffer.alloc(0);
  bytes = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#source) {
      if (this.#head.length < 3) this.#head = Buffer.concat([this.#head, chunk.subarray(0, 3)]);
      this.#hash.update(chunk);
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  /** Neither gzip nor led by a byte order mark: places in the content are places in the file. */
  get isPlain(): boolean {
    const [first, second] = this.#head;
    return !(first === 0x1f && second === 0x8b) && first !== 0xef;
  }

  hash(): string {
    return digest(this.#hash.copy());
  }
}

/** Damage in a sentence, for the mark of an object; undefined without any. */
export function damageText(damage: readonly Damage[]): string | undefined {
  const [first] = damage;
  if (!first) return undefined;
  const more = damage.length > 1 ? ` (and ${damage.length - 1} more)` : '';
  return `${first.message}, at byte ${first.offset}${more}`;
}
