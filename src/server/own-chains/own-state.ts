import type { Kysely } from 'kysely';
import { arnOf, type Scope } from '../../base/scope.ts';
import { metricFilterFrom } from '../../chain/logs/metric-filter.ts';
import { shownEndpoint, subscriptionOf } from '../../chain/topics/subscription.ts';
import { topicOf } from '../../chain/topics/topic.ts';
import { DEFAULT_SELECTORS } from '../../chain/trails/event-selectors.ts';
import type { Fallback } from '../../chain/trails/routes.ts';
import { type Trail, trailArn } from '../../chain/trails/trail.ts';
import { allTrails } from '../../chain/trails/trails.ts';
import type { Tables } from '../../store/tables.ts';

const HOUR = 3_600_000;

/** The resources of all accounts, for the reader of states to check, and whose they are. */
export interface OwnState {
  readonly accounts: readonly string[];
  readonly state: Readonly<Record<string, readonly object[]>>;
}

/**
 * What the engine's own resources look like to an auditor, all accounts together: the same as its API
 * answers, read in one go. What reaches the log group of records that no trail claims is shown as a trail
 * of the name `intake`.
 */
export async function ownState(db: Kysely<Tables>, fallback: Fallback, now: number): Promise<OwnState> {
  const [trails, groups, filters, alarms, topics, subscriptions, mutes, forwards] = await Promise.all([
    allTrails(db),
    db.selectFrom('log_groups').select(['account', 'region', 'name', 'class']).execute(),
    db
      .selectFrom('metric_filters')
      .innerJoin('log_groups', 'log_groups.id', 'metric_filters.group_id')
      .selectAll('metric_filters')
      .select(['log_groups.account', 'log_groups.region', 'log_groups.name as group'])
      .execute(),
    db.selectFrom('alarms').selectAll().execute(),
    db.selectFrom('topics').selectAll().execute(),
    db.selectFrom('subscriptions').selectAll().execute(),
    db.selectFrom('mute_rules').selectAll().execute(),
    db
      .selectFrom('subscription_filters')
      .innerJoin('log_groups', 'log_groups.id', 'subscription_filters.group_id')
      .select(['subscription_filters.name', 'pattern', 'destination', 'log_groups.account', 'log_groups.region'])
      .select('log_groups.name as group')
      .execute(),
  ]);
  const last = await lastEventIn(db, fallback);
  const state = {
    trails: [...trails.map((trail) => trailState(trail, now)), intakeState(fallback, last, now)],
    logGroups: groups.map(({ account, region, name, class: logGroupClass }) => ({
      account,
      region,
      logGroupName: name,
      logGroupClass,
      hasTransformer: false,
    })),
    metricFilters: filters.map((row) => {
      const { name, pattern, transformation, options } = metricFilterFrom(row);
      const place = { account: row.account, region: row.region, logGroupName: row.group };
      return {
        ...place,
        filterName: name,
        filterPattern: pattern,
        metricTransformations: [transformation],
        ...options,
      };
    }),
    alarms: alarms.map((row) => ({
      ...(JSON.parse(row.definition) as object),
      account: row.account,
      region: row.region,
      type: row.kind === 'composite' ? 'composite' : 'metric',
      AlarmName: row.name,
      ActionsEnabled: row.actions_enabled === 1,
      StateValue: row.state,
      stateHours: Math.max(0, now - row.state_transitioned_at) / HOUR,
    })),
    topics: topics.map((row) => {
      const { account, arn, attributes } = topicOf(row);
      return { account, TopicArn: arn, ...(attributes.Policy !== undefined && { Policy: attributes.Policy }) };
    }),
    subscriptions: subscriptions.map((row) => {
      const { topicArn, protocol, endpoint, status, arn, attributes } = subscriptionOf(row);
      const { FilterPolicy, FilterPolicyScope } = attributes;
      return {
        TopicArn: topicArn,
        Protocol: protocol,
        Endpoint: shownEndpoint(endpoint),
        SubscriptionArn: status === 'confirmed' ? arn : status === 'pending' ? 'PendingConfirmation' : 'Deleted',
        ...(FilterPolicy !== undefined && { FilterPolicy }),
        ...(FilterPolicyScope !== undefined && { FilterPolicyScope }),
      };
    }),
    muteRules: mutes.map(({ account, region, definition }) => {
      const { StartDate, ExpireDate, ...rest } = JSON.parse(definition) as MuteDocument;
      const dates = {
        ...(StartDate !== undefined && { StartDate: iso(StartDate) }),
        ...(ExpireDate !== undefined && { ExpireDate: iso(ExpireDate) }),
      };
      return { ...rest, account, region, ...dates };
    }),
    subscriptionFilters: forwards.map(({ account, region, group, name, pattern, destination }) => ({
      account,
      region,
      logGroupName: group,
      filterName: name,
      filterPattern: pattern,
      destinationArn: destination,
    })),
  };
  const accounts = new Set([fallback.scope, ...trails, ...groups].map(({ account }) => account));
  return { accounts: [...accounts].sort(), state };
}

interface MuteDocument {
  readonly StartDate?: number;
  readonly ExpireDate?: number;
}

const iso = (at: number): string => new Date(at).toISOString();

function trailState(trail: Trail, now: number): object {
  const { definition, logGroupArn, isLogging, deliveredAt, selectors } = trail;
  return {
    describe: {
      Name: trail.name,
      TrailARN: trailArn(trail),
      HomeRegion: trail.region,
      IncludeGlobalServiceEvents: definition.IncludeGlobalServiceEvents,
      IsMultiRegionTrail: definition.IsMultiRegionTrail,
      IsOrganizationTrail: definition.IsOrganizationTrail,
      ...(logGroupArn !== null && { CloudWatchLogsLogGroupArn: logGroupArn }),
      ...(definition.CloudWatchLogsRoleArn !== undefined && {
        CloudWatchLogsRoleArn: definition.CloudWatchLogsRoleArn,
      }),
    },
    status: { IsLogging: isLogging, ...sinceHours(deliveredAt, now) },
    EventSelectors: (selectors ?? DEFAULT_SELECTORS).map(
      ({ ReadWriteType = 'All', IncludeManagementEvents = true, ExcludeManagementEventSources = [] }) => ({
        ReadWriteType,
        IncludeManagementEvents,
        ExcludeManagementEventSources: [...ExcludeManagementEventSources],
      }),
    ),
  };
}

const sinceHours = (at: number | null, now: number) =>
  at === null ? {} : { hoursSinceCloudWatchLogsDelivery: Math.max(0, now - at) / HOUR };

function intakeState({ scope, group }: Fallback, last: number | null, now: number): object {
  return {
    describe: {
      Name: 'intake',
      TrailARN: trailArn({ ...scope, name: 'intake' }),
      HomeRegion: scope.region,
      IsMultiRegionTrail: true,
      IsOrganizationTrail: false,
      CloudWatchLogsLogGroupArn: `${arnOf('logs', scope, `log-group:${group}`)}:*`,
    },
    status: { IsLogging: true, ...sinceHours(last, now) },
    EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
  };
}

async function lastEventIn(
  db: Kysely<Tables>,
  { scope, group }: { scope: Scope; group: string },
): Promise<number | null> {
  const row = await db
    .selectFrom('log_streams')
    .innerJoin('log_groups', 'log_groups.id', 'log_streams.group_id')
    .where('log_groups.account', '=', scope.account)
    .where('log_groups.region', '=', scope.region)
    .where('log_groups.name', '=', group)
    .select(({ fn }) => fn.max<number | null>('log_streams.last_ingested_at').as('last'))
    .executeTakeFirst();
  return row?.last ?? null;
}
