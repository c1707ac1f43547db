import type { Clock } from '../../base/clock.ts';
import type { ArchiveFile, ListingReport } from './archive-file.ts';
import { isOtherService, readObjectKey } from './object-key.ts';
import type { S3Failure } from './s3-failure.ts';
import { isWhollySelected, mayLieBelow, reasonToSkip, type Selection } from './selection.ts';

export interface BucketObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string | undefined;
}

export interface BucketPage {
  readonly objects: readonly BucketObject[];
  /** Prefixes up to the next slash, where the listing stops at slashes. */
  readonly prefixes: readonly string[];
  /** Where the next page begins. */
  readonly next: string | undefined;
}

/** A bucket of any store that speaks S3. Calls reject with an error whose message is for people. */
export interface Bucket {
  readonly name: string;
  list(prefix: string, isFlat: boolean, page: string | undefined): Promise<BucketPage>;
  /** One page of the objects below `prefix` whose keys come after `after`, in the order of keys (UTF-8). */
  listAfter(prefix: string, after: string): Promise<BucketPage>;
  /** Content from byte `from` on; fails where the object is not the version `etag` any more. */
  read(key: string, from: number, etag: string | undefined): AsyncIterable<Uint8Array>;
  /** What was said of an object when it was stored, by its name without `x-amz-meta-`. */
  metadata(key: string): Promise<Readonly<Record<string, string>>>;
  facts(key: string): Promise<BucketObject>;
}

/** Listings that are under way at once. */
const LISTINGS = 16;
/** Found objects that wait while more are listed. */
const WAITING = 20_000;

interface Listing {
  readonly prefix: string;
  readonly page: string | undefined;
}

/**
 * The files below a prefix, in no order. The layout of trails is listed folder by folder down to months (days, where
 * only part of a month is asked for), many at once; folders that hold nothing of the selection are not listed.
 */
export async function* bucketFiles(
  bucket: Bucket,
  prefix: string,
  selection: Selection,
  report: ListingReport,
): AsyncGenerator<ArchiveFile> {
  const todo: Listing[] = [{ prefix, page: undefined }];
  const underWay = new Set<Promise<void>>();
  let found: BucketObject[] = [];

  async function list({ prefix: below, page }: Listing): Promise<void> {
    const answer = await bucket.list(below, isWhollySelected(below, selection), page);
    found.push(...answer.objects);
    if (answer.next !== undefined) todo.push({ prefix: below, page: answer.next });
    for (const each of answer.prefixes) {
      if (mayLieBelow(each.replace(/\/$/, ''), selection)) todo.push({ prefix: each, page: undefined });
      else report.skipped(`s3://${bucket.name}/${each}`, isOtherService(each) ? 'other service' : 'not selected');
    }
  }

  while (todo.length > 0 || underWay.size > 0 || found.length > 0) {
    while (todo.length > 0 && underWay.size < LISTINGS && found.length < WAITING) {
      const listing = todo.pop()!;
      const work = list(listing)
        .catch((error: Error) => report.failed(`s3://${bucket.name}/${listing.prefix}`, error.message))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    }
    const ready = found;
    found = [];
    for (const object of ready) yield* fileOf(bucket, object, selection, report);
    if (ready.length === 0 && underWay.size > 0) await Promise.race(underWay);
  }
}

function* fileOf(
  bucket: Bucket,
  { key, size, etag }: BucketObject,
  selection: Selection,
  report: ListingReport,
): Generator<ArchiveFile> {
  const name = `s3://${bucket.name}/${key}`;
  const reason = size === 0 && key.endsWith('/') ? 'empty' : reasonToSkip(key, selection);
  if (reason) report.skipped(name, reason);
  else yield { name, size, version: etag, key: readObjectKey(key) };
}

/** How patient a reading is. Milliseconds. */
export interface Patience {
  readonly clock: Clock;
  /** The longest silence of a connection. */
  readonly silence: number;
  /** The first pause before another attempt; it doubles. */
  readonly pause: number;
  /** Attempts in a row that may fail without a byte. */
  readonly attempts: number;
}

/** The content of an object; where its connection breaks or falls silent, reading goes on at the same byte. */
export async function* readObject(
  bucket: Bucket,
  key: string,
  object: { readonly size: number | undefined; readonly etag: string | undefined },
  patience: Patience,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let failures = 0;
  while (object.size === undefined || at < object.size) {
    const before = at;
    try {
      for await (const bytes of inTime(bucket.read(key, at, object.etag), patience)) {
        at += bytes.length;
        yield bytes;
      }
      if (object.size === undefined || at >= object.size) return;
      throw new Error(`the connection ended after ${at} of ${object.size} bytes`);
    } catch (error) {
      failures = at > before ? 1 : failures + 1;
      if (failures >= patience.attempts || isFinal(error)) throw error;
      await new Promise<void>((resolve) => patience.clock.after(patience.pause * 2 ** (failures - 1), resolve));
    }
  }
}

/** Errors that no other attempt mends. */
export class FinalError extends Error {
  readonly failure: S3Failure | undefined;

  constructor(message: string, failure?: S3Failure) {
    super(message);
    this.failure = failure;
  }
}

/** An object or file that is not there. */
export class MissingObject extends FinalError {}

const isFinal = (error: unknown): boolean => error instanceof FinalError;

/** Fails once nothing comes for too long. */
async function* inTime(source: AsyncIterable<Uint8Array>, { clock, silence }: Patience): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    while (true) {
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        const timer = clock.after(silence, () => reject(new Error(`nothing came for ${silence / 1_000} s`)));
        iterator
          .next()
          .then(resolve, reject)
          .finally(() => timer.cancel());
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: what is silent may not answer to this either.
    void iterator.return?.().catch(() => undefined);
  }
}
