import { type BrokenLink, LINK_CODES } from '../broken-links.ts';
import type { FindingPath } from '../finding.ts';
import type { Link, LinkStatus } from './link.ts';

/** One way from a trail towards a subscriber, as far as it could be followed. */
export interface Path {
  readonly links: readonly Link[];
  readonly names: FindingPath;
  /** The patterns whose events take this way; for filters that only together match all they should. */
  readonly patterns?: readonly string[];
}

export type Outcome = 'whole' | 'review' | 'unknown' | 'broken';

/** One broken link breaks a path, whatever else could not be read. */
export function outcomeOf({ links }: Path): Outcome {
  const has = (status: LinkStatus): boolean => links.some((link) => link.status === status);
  if (has('broken')) return 'broken';
  if (has('unknown')) return 'unknown';
  return has('review') ? 'review' : 'whole';
}

export const linksThat = (path: Path, status: LinkStatus): readonly Link[] =>
  path.links.filter((link) => link.status === status);

export const codesOf = (links: readonly Link[]): readonly BrokenLink[] => {
  const codes = new Set(links.map(({ code }) => code));
  return LINK_CODES.filter((code) => codes.has(code));
};

const RANK: Readonly<Record<Outcome, number>> = { whole: 0, review: 1, unknown: 2, broken: 3 };

/** The best path: whole, or worth a review, or not known to be broken, or broken as late and as little as may be. */
export function bestOf(paths: readonly Path[]): Path | undefined {
  return paths.reduce<Path | undefined>((best, path) => (best && compare(best, path) <= 0 ? best : path), undefined);
}

function compare(a: Path, b: Path): number {
  const [keysA, keysB] = [keysOf(a), keysOf(b)];
  for (const [i, key] of keysA.entries()) if (key !== keysB[i]) return key - (keysB[i] ?? 0);
  return 0;
}

const keysOf = (path: Path): readonly number[] => {
  const outcome = outcomeOf(path);
  const faults = path.links.filter(({ status }) => status === (outcome === 'unknown' ? 'unknown' : 'broken'));
  const first = Math.min(...faults.map(({ code }) => LINK_CODES.indexOf(code)), LINK_CODES.length);
  const warnings = path.links.reduce((sum, link) => sum + (link.warnings?.length ?? 0), 0);
  return [RANK[outcome], -first, faults.length, warnings];
};
