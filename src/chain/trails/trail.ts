import type { Insertable, Selectable } from 'kysely';
import { arnOf, parseArn, type Scope } from '../../base/scope.ts';
import type { TrailsTable } from '../../store/tables.ts';
import type { EventSelector } from './event-selectors.ts';

/** What the maker of a trail says of it, spelt as AWS spells it. */
export interface TrailDefinition {
  readonly S3BucketName: string;
  readonly S3KeyPrefix?: string;
  readonly SnsTopicName?: string;
  readonly SnsTopicARN?: string;
  readonly IncludeGlobalServiceEvents: boolean;
  readonly IsMultiRegionTrail: boolean;
  readonly IsOrganizationTrail: boolean;
  readonly LogFileValidationEnabled: boolean;
  readonly CloudWatchLogsRoleArn?: string;
  readonly KmsKeyId?: string;
}

/** A trail in its home region. */
export interface Trail extends Scope {
  readonly id: number;
  readonly name: string;
  readonly definition: TrailDefinition;
  /** Ends in `:*`, as AWS wants it. */
  readonly logGroupArn: string | null;
  readonly isLogging: boolean;
  readonly startedAt: number | null;
  readonly stoppedAt: number | null;
  /** Null until somebody sets some. */
  readonly selectors: readonly EventSelector[] | null;
  readonly tags: ReadonlyMap<string, string>;
  readonly deliveredAt: number | null;
}

export function trailOf(row: Selectable<TrailsTable>): Trail {
  return {
    id: row.id,
    account: row.account,
    region: row.region,
    name: row.name,
    definition: JSON.parse(row.definition) as TrailDefinition,
    logGroupArn: row.log_group_arn,
    isLogging: row.logging === 1,
    startedAt: row.started_at,
    stoppedAt: row.stopped_at,
    selectors: row.selectors === null ? null : (JSON.parse(row.selectors) as EventSelector[]),
    tags: new Map(JSON.parse(row.tags) as [string, string][]),
    deliveredAt: row.delivered_at,
  };
}

/** Tags as they are stored: a list of pairs keeps any name harmless. */
export const storedTags = (tags: ReadonlyMap<string, string>): Insertable<TrailsTable>['tags'] =>
  JSON.stringify([...tags]);

/** `arn:aws:cloudtrail:us-east-1:111122223333:trail/name`. */
export const trailArn = ({ account, region, name }: Scope & { readonly name: string }): string =>
  arnOf('cloudtrail', { account, region }, `trail/${name}`);

/** Account, home region and name in a trail's ARN; undefined for anything else. */
export function parseTrailArn(text: string): (Scope & { readonly name: string }) | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'cloudtrail' || !arn.resource.startsWith('trail/')) return undefined;
  const name = arn.resource.slice('trail/'.length);
  return name === '' ? undefined : { account: arn.account, region: arn.region, name };
}

/** A trail is seen in its home region; one for all regions casts a shadow into the others. */
export const isSeenIn = (trail: Trail, region: string): boolean =>
  trail.region === region || trail.definition.IsMultiRegionTrail;

/** A trail records its own account; that of an organization records every account. */
export const records = (trail: Trail, account: string): boolean =>
  trail.account === account || trail.definition.IsOrganizationTrail;
