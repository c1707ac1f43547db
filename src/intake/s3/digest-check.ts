import type { ChainContext } from '../../chain/context.ts';
import { type Bucket, MissingObject, type Patience } from '../../trail/archive/bucket.ts';
import { readObjectKey } from '../../trail/archive/object-key.ts';
import { bucketDigests } from '../../trail/digest/bucket-digests.ts';
import type { Digest, ListedFile } from '../../trail/digest/digest.ts';
import { type DigestName, readDigestName } from '../../trail/digest/digest-name.ts';
import type { PublicKey } from '../../trail/digest/public-keys.ts';
import { type DigestStore, type Problem, verifyChain } from '../../trail/digest/verify-chain.ts';
import type { ObjectBatch } from '../fetch/object-batch.ts';
import { plainEtag, printText, readPrint } from '../fetch/object-print.ts';
import type { ObjectName, Taken } from '../fetch/take-object.ts';
import { findMark, findMarks, type ObjectMark } from '../object-marks.ts';

export interface DigestCheckSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'log'>;
  readonly batch: ObjectBatch;
  readonly bucket: Bucket;
  readonly source: string;
  readonly patience: Patience;
  /** The public keys of CloudTrail in a region for a time. */
  readonly keysOf: (region: string, from: number, to: number) => Promise<readonly PublicKey[]>;
}

export interface Checked extends Omit<Taken, 'outcome'> {
  /** `later`: not all that it lists has been read yet. */
  readonly outcome: 'read' | 'set aside' | 'later';
}

const HOUR = 3_600_000;
/** Problems that are told in full. */
const TOLD = 3;

/**
 * Checks digests as they arrive: their signatures, their tie to the one before, and that every file they list was read
 * with just that content. Files are not fetched again: their hashes were noted when they were read.
 */
export class DigestCheck {
  readonly #settings: DigestCheckSettings;
  readonly #store: DigestStore;
  /** Public keys that were asked for, by region. */
  readonly #keys = new Map<string, Map<string, PublicKey>>();

  constructor(settings: DigestCheckSettings) {
    this.#settings = settings;
    this.#store = bucketDigests(async () => settings.bucket, settings.patience);
  }

  isDigest(key: string): boolean {
    return readDigestName(`s3://${this.#settings.bucket.name}/${key}`) !== undefined;
  }

  /** `first`: files of earlier days were never to be read. Rejects where keys or files cannot be had for now. */
  async check({ key, etag, mark }: ObjectName, first: number): Promise<Checked> {
    const { bucket, context, source, batch } = this.#settings;
    const name = readDigestName(`s3://${bucket.name}/${key}`) as DigestName;
    const { problems, files } = await this.#chainOf(name);
    for (const file of files) {
      const found = await this.#problemOf(file, first);
      if (found === 'later') return { outcome: 'later', newestEventAt: undefined };
      if (found) problems.push(found);
    }
    const error = problems.length === 0 ? null : told(problems);
    if (error !== null) context.log.error({ source, digest: key, error }, 'what CloudTrail delivered was changed');
    const before = mark === undefined ? await findMark(context.store.read, source, key) : (mark ?? undefined);
    await batch.add({
      records: [],
      before,
      mark: {
        source,
        object: key,
        fingerprint: printText({ etag: plainEtag(etag) ?? '', hash: undefined }),
        offset: 0,
        records: 0,
        status: error === null ? 'done' : 'damaged',
        error,
        updated_at: context.clock.now(),
      },
    });
    return { outcome: error === null ? 'read' : 'set aside', newestEventAt: undefined };
  }

  async #chainOf(name: DigestName): Promise<{ problems: Problem[]; files: readonly ListedFile[] }> {
    const keys = this.#keys.get(name.region) ?? new Map<string, PublicKey>();
    this.#keys.set(name.region, keys);
    let alone = await verifyChain([name], this.#store, keys);
    const digest: Digest | undefined = alone.links[0]?.digest;
    // A key serves for a month and all accounts: it is asked for once.
    if (digest && !keys.has(digest.fingerprint)) {
      const fresh = await this.#settings.keysOf(name.region, name.end - 2 * HOUR, name.end + 2 * HOUR);
      for (const key of fresh) keys.set(key.fingerprint, key);
      alone = await verifyChain([name], this.#store, keys);
    }
    const previous = digest?.previous;
    const before = previous && readDigestName(`s3://${previous.bucket}/${previous.object}`);
    const isHere = before && previous.bucket === this.#settings.bucket.name;
    const { problems, unproven } = isHere ? await verifyChain([before, name], this.#store, keys) : alone;
    const own = unproven
      .filter(({ file }) => file === name.name)
      .map(({ file, why }): Problem => ({ kind: 'digest-not-signed', file, message: why }));
    return { problems: [...problems, ...own], files: digest?.files ?? [] };
  }

  async #problemOf({ bucket, object, hash }: ListedFile, first: number): Promise<Problem | 'later' | undefined> {
    const { context, source, bucket: own } = this.#settings;
    if (bucket !== own.name || (readObjectKey(object)?.day ?? 0) < first) return undefined;
    const file = `s3://${bucket}/${object}`;
    const mark: ObjectMark | undefined = (await findMarks(context.store.read, source, [object])).get(object);
    const read = mark && readPrint(mark.fingerprint).hash;
    if (read !== undefined)
      return read === hash
        ? undefined
        : { kind: 'log-altered', file, message: 'its content is not the one that was delivered' };
    if (mark?.status === 'dead') return { kind: 'log-unreadable', file, message: mark.error ?? 'it was set aside' };
    try {
      await own.facts(object);
      return 'later';
    } catch (error) {
      if (error instanceof MissingObject)
        return { kind: 'log-missing', file, message: 'listed by a digest, and not there' };
      throw error;
    }
  }
}

function told(problems: readonly Problem[]): string {
  const more = problems.length - TOLD;
  const all = problems.slice(0, TOLD).map(({ kind, file, message }) => `${kind}: ${file}: ${message}`);
  return [...all, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
