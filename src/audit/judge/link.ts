import { parseArn } from '../../base/scope.ts';
import type { JsonObject } from '../../pattern/index.ts';
import { type BrokenLink, LINKS } from '../broken-links.ts';

/** Whether a condition holds; `unknown` where it could not be read, `review` where it cannot be told from what was read. */
export type LinkStatus = 'holds' | 'broken' | 'unknown' | 'review';

/** One condition of the chain, as it was found. */
export interface Link {
  readonly code: BrokenLink;
  readonly status: LinkStatus;
  /** A sentence. */
  readonly says: string;
  /** ARN or name of what was looked at. */
  readonly about: string;
  /** The call that tells it. */
  readonly source: string;
  /** What mends it, with the command; only where it does not hold. */
  readonly fix?: string;
  readonly warnings?: readonly string[];
  /** An event that is lost here. */
  readonly counterexample?: JsonObject;
}

type Told = Partial<Pick<Link, 'says' | 'fix' | 'warnings' | 'counterexample'>>;

/** Whose resource it is: the chain of an organization often lies in another account than the audited one. */
function placeOf(about: string): string {
  const account = parseArn(about)?.account ?? about;
  return /^\d{12}$/.test(account) ? ` in account ${account}` : '';
}

/** Makes the links of one resource that one call tells of. */
export const linksOf = (source: string, about: string) => ({
  holds: (code: BrokenLink, told: Told = {}): Link => ({
    code,
    status: 'holds',
    says: LINKS[code].holds,
    about,
    source,
    ...told,
  }),
  broken: (code: BrokenLink, told: Told = {}): Link => ({
    code,
    status: 'broken',
    says: LINKS[code].broken,
    fix: LINKS[code].fix,
    about,
    source,
    ...told,
  }),
  /** `what` completes "could not read …". */
  unknown: (code: BrokenLink, what: string): Link => ({
    code,
    status: 'unknown',
    says: `Could not read ${what}.`,
    fix: `Let the auditor call ${source}${placeOf(about)}, and audit again.`,
    about,
    source,
  }),
  review: (code: BrokenLink, says: string, told: Told = {}): Link => ({
    code,
    status: 'review',
    says,
    fix: 'Prove by a drill that it rings: trailbell drill.',
    about,
    source,
    ...told,
  }),
});
