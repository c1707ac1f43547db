import { createHash } from 'node:crypto';
import { MissingObject } from '../archive/bucket.ts';
import { readObjectKey } from '../archive/object-key.ts';
import type { Selection } from '../archive/selection.ts';
import type { ListedFile } from './digest.ts';
import { type DigestName, keyBelowPrefix, readDigestName } from './digest-name.ts';
import type { PublicKey } from './public-keys.ts';
import { type ChainFindings, type DigestStore, type Gap, type Problem, verifyChain } from './verify-chain.ts';

export interface VerifyOptions {
  /** Names of all digest files and record files that were found. */
  readonly digests: readonly string[];
  readonly records: Iterable<string>;
  readonly store: DigestStore;
  /** The public keys of CloudTrail in a region for a time; rejects with a message for people. */
  readonly keysOf: (region: string, from: number, to: number) => Promise<readonly PublicKey[]>;
  readonly selection: Selection;
  /** Called with the number of log files checked so far, and of those listed so far. */
  readonly onProgress?: ((done: number, listed: number) => void) | undefined;
}

export interface VerifiedChain {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly isBackfill: boolean;
  readonly digests: number;
  readonly proven: number;
  /** The time that proven digests cover; undefined without one. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly gaps: readonly Gap[];
  readonly files: { readonly listed: number; readonly intact: number };
  readonly problems: readonly Problem[];
  readonly unproven: readonly { readonly file: string; readonly why: string }[];
}

export interface Verification {
  /** `intact`: every chain is proven, and nothing speaks against it; `unproven`: of some chain nothing is proven. */
  readonly verdict: 'intact' | 'altered' | 'unproven';
  readonly chains: readonly VerifiedChain[];
  readonly problems: readonly Problem[];
  /** Why keys could not be had. */
  readonly notes: readonly string[];
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Log files that are hashed at once. */
const AT_ONCE = 16;

/**
 * Checks what CloudTrail delivered against its digests: signatures, hashes, missing files, gaps, order, and files in
 * their time that no digest lists. By AWS's rules for validators of one's own.
 */
export async function verifyArchive(options: VerifyOptions): Promise<Verification> {
  const names = options.digests.flatMap((name) => readDigestName(name) ?? []).filter((name) => isAsked(name, options));
  const { keys, notes } = await keysFor(names, options);
  const chains: VerifiedChain[] = [];
  const listed = new Set<string>();
  const counter = { done: 0, listed: 0 };
  for (const group of chainsOf(names)) {
    const findings = await verifyChain(group, options.store, keys);
    chains.push(await verifiedChain(group[0]!, findings, listed, counter, options));
  }
  const unlisted = [...unlistedFiles(chains, listed, options.records)];
  const problems = [...chains.flatMap((chain) => chain.problems), ...unlisted];
  // Backfilled digests are single ones, which folders cannot prove; a region of which nothing is proven counts.
  const regular = chains.filter(({ isBackfill }) => !isBackfill);
  const isProven = regular.length > 0 && regular.every(({ proven }) => proven > 0);
  return { verdict: problems.length > 0 ? 'altered' : isProven ? 'intact' : 'unproven', chains, problems, notes };
}

/** From a minute before the span to an hour after it, as digests end after the hour they tell of. */
function isAsked({ account, end }: DigestName, { selection: { accounts, from, to } }: VerifyOptions): boolean {
  if (accounts && !accounts.has(account)) return false;
  if (from !== undefined && end < from - MINUTE) return false;
  return to === undefined || end < to + HOUR + MINUTE;
}

function chainsOf(names: readonly DigestName[]): DigestName[][] {
  const groups = new Map<string, DigestName[]>();
  for (const name of names) groups.set(name.chain, [...(groups.get(name.chain) ?? []), name]);
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}

async function keysFor(
  names: readonly DigestName[],
  { keysOf }: VerifyOptions,
): Promise<{ keys: Map<string, PublicKey>; notes: string[] }> {
  const keys = new Map<string, PublicKey>();
  const notes: string[] = [];
  const spans = new Map<string, { from: number; to: number }>();
  for (const { region, end } of names) {
    const { from, to } = spans.get(region) ?? { from: end, to: end };
    spans.set(region, { from: Math.min(from, end), to: Math.max(to, end) });
  }
  for (const [region, { from, to }] of spans) {
    try {
      for (const key of await keysOf(region, from - 2 * HOUR, to + 2 * HOUR)) keys.set(key.fingerprint, key);
    } catch (error) {
      notes.push(`public keys of ${region}: ${(error as Error).message}`);
    }
  }
  return { keys, notes };
}

async function verifiedChain(
  { account, region, trail, isBackfill }: DigestName,
  { links, problems, gaps, unproven }: ChainFindings,
  listed: Set<string>,
  counter: { done: number; listed: number },
  { store, onProgress }: VerifyOptions,
): Promise<VerifiedChain> {
  const proven = links.filter((link) => link.proven);
  const checks = links.flatMap((link) => link.digest.files.map((file) => ({ from: link.name, file })));
  for (const { file } of checks) listed.add(keyBelowPrefix(file.object));
  counter.listed += checks.length;
  const found: Problem[] = [];
  await inParallel(checks, async ({ from, file }) => {
    const problem = await fileProblem(store, from, file);
    if (problem) found.push(problem);
    counter.done += 1;
    onProgress?.(counter.done, counter.listed);
  });
  return {
    account,
    region,
    trail,
    isBackfill,
    digests: links.length,
    proven: proven.length,
    from: proven[0]?.digest.start,
    to: proven.at(-1)?.digest.end,
    gaps,
    files: { listed: checks.length, intact: checks.length - found.length },
    problems: [...problems, ...found.sort((one, other) => (one.file < other.file ? -1 : 1))],
    unproven,
  };
}

async function fileProblem(store: DigestStore, from: string, listed: ListedFile): Promise<Problem | undefined> {
  const file = store.nameOf(from, listed.bucket, listed.object);
  const hash = createHash('sha256');
  try {
    for await (const bytes of store.content(file)) hash.update(bytes);
  } catch (error) {
    if (error instanceof MissingObject)
      return { kind: 'log-missing', file, message: 'listed by a digest, and not there' };
    return { kind: 'log-unreadable', file, message: (error as Error).message };
  }
  if (hash.digest('hex') === listed.hash) return undefined;
  return { kind: 'log-altered', file, message: 'its content is not the one that was delivered' };
}

/** Record files that bear a time covered by a digest, and are in none. The first and last hour are left out: they may be in the digest beside. */
function* unlistedFiles(
  chains: readonly VerifiedChain[],
  listed: ReadonlySet<string>,
  records: Iterable<string>,
): Generator<Problem> {
  for (const file of records) {
    const key = readObjectKey(file);
    if (key?.delivery !== 'records' || key.deliveredAt === undefined || listed.has(keyBelowPrefix(file))) continue;
    const { account, region, deliveredAt } = key;
    const isCovered = chains.some(
      (chain) =>
        chain.account === account &&
        chain.region === region &&
        chain.from !== undefined &&
        deliveredAt >= chain.from + HOUR &&
        deliveredAt < chain.to! - HOUR &&
        !chain.gaps.some((gap) => deliveredAt >= gap.from - HOUR && deliveredAt < gap.to + HOUR),
    );
    if (isCovered) yield { kind: 'log-unlisted', file, message: 'no digest of its time lists it' };
  }
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      next += 1;
      await work(items[next - 1]!);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
