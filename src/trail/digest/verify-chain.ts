import { createHash } from 'node:crypto';
import { type Digest, NoDigest, type PreviousDigest, readDigest } from './digest.ts';
import { type DigestName, keyBelowPrefix } from './digest-name.ts';
import { isSigned, type PublicKey } from './public-keys.ts';

/** Where digests and log files are read from. */
export interface DigestStore {
  /** The inflated content of a file. @throws MissingObject */
  content(name: string): AsyncIterable<Uint8Array>;
  /** The signature in the metadata of a digest; undefined where metadata is not kept, as in folders. */
  signature(name: string): Promise<string | undefined>;
  /** How an object that the digest `from` names is opened. */
  nameOf(from: string, bucket: string, object: string): string;
  /** False where the digest at `name` says that it belongs to another place. */
  isAt(name: string, bucket: string, object: string): boolean;
}

export type ProblemKind =
  | 'digest-missing'
  | 'digest-unreadable'
  | 'digest-moved'
  | 'digest-altered'
  | 'digest-not-signed'
  | 'digest-order'
  | 'log-missing'
  | 'log-altered'
  | 'log-unreadable'
  | 'log-unlisted';

/** Something that shows that an archive is not what CloudTrail delivered. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly file: string;
  readonly message: string;
}

/** A time of which no digest tells, without a sign that one was taken away. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** A digest of a chain. `proven`: CloudTrail's signature over it is valid. */
export interface ChainLink {
  readonly name: string;
  readonly digest: Digest;
  readonly proven: boolean;
}

export interface ChainFindings {
  /** Oldest first. */
  readonly links: readonly ChainLink[];
  readonly problems: readonly Problem[];
  readonly gaps: readonly Gap[];
  /** Digests whose signature is not at hand, and why. */
  readonly unproven: readonly { readonly file: string; readonly why: string }[];
}

/**
 * Follows one chain of digests from the newest to the oldest: each names the one before it, with its hash and
 * signature. `names` are those found; `keys` are looked up by fingerprint. Never throws for what the files hold.
 * By the rules of AWS's "Custom implementations of CloudTrail log file integrity validation".
 */
export async function verifyChain(
  names: readonly DigestName[],
  store: DigestStore,
  keys: ReadonlyMap<string, PublicKey>,
): Promise<ChainFindings> {
  const walk = new ChainWalk(store, keys);
  for (const { name } of [...names].sort((one, other) => other.end - one.end)) await walk.take(name);
  return walk.findings();
}

class ChainWalk {
  readonly #store: DigestStore;
  readonly #keys: ReadonlyMap<string, PublicKey>;
  readonly #links: ChainLink[] = [];
  readonly #problems: Problem[] = [];
  readonly #gaps: Gap[] = [];
  readonly #unproven: { file: string; why: string }[] = [];
  /** What the digest after this one said of it; null after the first digest of a chain. */
  #expected: PreviousDigest | null | undefined;
  #newer: ChainLink | undefined;

  constructor(store: DigestStore, keys: ReadonlyMap<string, PublicKey>) {
    this.#store = store;
    this.#keys = keys;
  }

  async take(name: string): Promise<void> {
    const expected = this.#expectedAt(name);
    const content = await this.#contentOf(name);
    if (!content) return;
    const { digest, hash } = content;
    if (!this.#store.isAt(name, digest.bucket, digest.object)) {
      this.#problem('digest-moved', name, `it says that it is ${digest.bucket}/${digest.object}`);
    }
    if (expected && expected.hash !== hash) {
      this.#problem('digest-altered', name, 'its content is not the one that the digest after it names');
    }
    const link = { name, digest, proven: await this.#isProven(name, digest, hash, expected?.signature) };
    this.#join(link);
    this.#links.unshift(link);
    this.#newer = link;
    this.#expected = digest.previous;
  }

  findings(): ChainFindings {
    return {
      links: this.#links,
      problems: this.#problems,
      gaps: [...this.#gaps].reverse(),
      unproven: this.#unproven,
    };
  }

  /** What the newer digest said of this one; another one that it named is not there. */
  #expectedAt(name: string): PreviousDigest | undefined {
    const expected = this.#expected;
    if (!expected || !this.#newer) return undefined;
    const named = this.#store.nameOf(this.#newer.name, expected.bucket, expected.object);
    if (keyBelowPrefix(named) === keyBelowPrefix(name)) return expected;
    this.#problem('digest-missing', named, `the digest after it, ${this.#newer.digest.endText}, names it`);
    return undefined;
  }

  async #contentOf(name: string): Promise<{ digest: Digest; hash: string } | undefined> {
    try {
      const content = await wholeContent(this.#store.content(name));
      return { digest: readDigest(content), hash: createHash('sha256').update(content).digest('hex') };
    } catch (error) {
      const why = error instanceof NoDigest ? `no digest: ${error.message}` : (error as Error).message;
      this.#problem('digest-unreadable', name, why);
      this.#expected = undefined;
      return undefined;
    }
  }

  async #isProven(name: string, digest: Digest, hash: string, known: string | undefined): Promise<boolean> {
    const signature = (await this.#store.signature(name).catch(() => undefined)) ?? known;
    if (signature === undefined) {
      this.#unproven.push({
        file: name,
        why: 'its signature lies in the metadata of the object, which is not kept here',
      });
      return false;
    }
    const key = this.#keys.get(digest.fingerprint);
    if (!key) {
      this.#unproven.push({ file: name, why: `its public key ${digest.fingerprint.slice(0, 64)} is not at hand` });
      return false;
    }
    if (isSigned(digest, hash, signature, key)) return true;
    this.#problem('digest-not-signed', name, 'its signature is not that of CloudTrail over this content');
    return false;
  }

  /** Compares the times of a digest and the one after it. */
  #join({ name, digest }: ChainLink): void {
    const newer = this.#newer?.digest;
    if (!newer) return;
    if (digest.end > newer.start) {
      this.#problem('digest-order', name, 'it overlaps the digest after it');
    } else if (digest.end < newer.start && (this.#expected === null || this.#isLinked(newer, name))) {
      // Logging was stopped, or began anew. What was taken away is told as missing.
      this.#gaps.push({ from: digest.end, to: newer.start });
    }
  }

  #isLinked({ previous }: Digest, name: string): boolean {
    return previous !== null && keyBelowPrefix(previous.object) === keyBelowPrefix(name);
  }

  #problem(kind: ProblemKind, file: string, message: string): void {
    this.#problems.push({ kind, file, message });
  }
}

/** A digest of an hour has hundreds of files; ten thousand are some four megabytes. */
const LARGEST_DIGEST = 64 * 1024 * 1024;

async function wholeContent(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of content) {
    size += part.length;
    if (size > LARGEST_DIGEST) throw new NoDigest('it is too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
