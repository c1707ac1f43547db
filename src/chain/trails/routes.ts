import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import { parseLogGroupArn } from '../logs/log-group-arn.ts';
import { findLogGroup } from '../logs/log-groups.ts';
import { isSelected, type SelectedFacts } from './event-selectors.ts';
import { isSeenIn, records, type Trail } from './trail.ts';
import { allTrails } from './trails.ts';

/** What decides where a record goes. */
export interface RecordFacts extends SelectedFacts {
  /** recipientAccountId. */
  readonly account: string;
  /** awsRegion. */
  readonly region: string;
}

/** A stream that a record enters. */
export interface Destination {
  /** Of the log group. */
  readonly scope: Scope;
  readonly group: string;
  readonly stream: string;
  /** The trail that brings it there; undefined for the log group of records that no trail claims. */
  readonly trailId: number | undefined;
}

/** Where records go that no trail claims. */
export interface Fallback {
  readonly scope: Scope;
  readonly group: string;
}

interface Line {
  readonly trail: Trail;
  readonly scope: Scope;
  readonly group: string;
}

/** Global services record in us-east-1, and only trails that ask for them see them there. */
const GLOBAL_REGION = 'us-east-1';
const GLOBAL_SOURCES: ReadonlySet<string> = new Set([
  'cloudfront.amazonaws.com',
  'iam.amazonaws.com',
  'sts.amazonaws.com',
]);

/**
 * Which log groups the trails of a moment lead to. A record enters the log group of every logging
 * trail that records its account and region, but the same group only once. Without such a trail it
 * enters the fallback: what an archive holds is never dropped because nobody made a trail for it.
 */
export class Routes {
  readonly #lines: readonly Line[];
  readonly #fallback: Fallback;
  /** The ways of records of an account and region, for which nothing else counts. */
  readonly #known = new Map<string, readonly Destination[]>();

  constructor(lines: readonly Line[], fallback: Fallback) {
    this.#lines = lines;
    this.#fallback = fallback;
  }

  /** Empty when trails claim the record and the event selectors of all of them keep it out. */
  of(record: RecordFacts): readonly Destination[] {
    const key = `${record.account} ${record.region} ${GLOBAL_SOURCES.has(record.source)}`;
    const known = this.#known.get(key);
    if (known) return known;
    const claims = this.#lines.filter(({ trail }) => records(trail, record.account) && isSeenIn(trail, record.region));
    const destinations = claims.length === 0 ? [this.#unclaimed(record)] : this.#destinations(claims, record);
    if (claims.every(({ trail }) => trail.selectors === null)) this.#known.set(key, destinations);
    return destinations;
  }

  #unclaimed({ account, region }: RecordFacts): Destination {
    return { ...this.#fallback, stream: streamName(account, region), trailId: undefined };
  }

  #destinations(claims: readonly Line[], record: RecordFacts): Destination[] {
    const destinations = new Map<string, Destination>();
    for (const { trail, scope, group } of claims) {
      const key = `${scope.account} ${scope.region} ${group}`;
      if (destinations.has(key) || !isLetIn(trail, record)) continue;
      // AWS names the stream by the trail's home; where it happened stands in the record.
      const stream = streamName(record.account, trail.region);
      destinations.set(key, { scope, group, stream, trailId: trail.id });
    }
    return [...destinations.values()];
  }
}

/** The routes as committed, or as `db` sees them in a transaction. */
export async function routesNow(db: Kysely<Tables>, fallback: Fallback): Promise<Routes> {
  const lines: Line[] = [];
  for (const trail of await allTrails(db)) {
    if (!trail.isLogging || trail.logGroupArn === null) continue;
    const target = parseLogGroupArn(trail.logGroupArn);
    // A group that was deleted is not made anew: without its filters nothing would ring.
    if (!target || !(await findLogGroup(db, target, target.name))) continue;
    lines.push({ trail, scope: { account: target.account, region: target.region }, group: target.name });
  }
  return new Routes(lines, fallback);
}

function isLetIn(trail: Trail, record: RecordFacts): boolean {
  const isGlobal = record.region === GLOBAL_REGION && GLOBAL_SOURCES.has(record.source);
  if (isGlobal && !trail.definition.IncludeGlobalServiceEvents) return false;
  // While nobody has set selectors, whatever the archive holds was recorded on purpose.
  return trail.selectors === null || isSelected(trail.selectors, record);
}

/** `111122223333_CloudTrail_us-east-1`. */
export const streamName = (account: string, region: string): string => `${account}_CloudTrail_${region}`;
