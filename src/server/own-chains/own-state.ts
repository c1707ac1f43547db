import { type Kysely, sql } from 'kysely';
import { arnOf, type Scope } from '../../base/scope.ts';
import { cannotDeliver, failingSentence } from '../../chain/health/failing-endpoints.ts';
import { metricFilterFrom } from '../../chain/logs/metric-filter.ts';
import { shownEndpoint, subscriptionOf } from '../../chain/topics/subscription.ts';
import { topicOf } from '../../chain/topics/topic.ts';
import { DEFAULT_SELECTORS } from '../../chain/trails/event-selectors.ts';
import { deliveryErrorOf, intakeFailures } from '../../chain/trails/intake-failures.ts';
import type { Fallback } from '../../chain/trails/routes.ts';
import { type Trail, trailArn } from '../../chain/trails/trail.ts';
import { allTrails } from '../../chain/trails/trails.ts';
import type { Tables } from '../../store/tables.ts';

const HOUR = 3_600_000;
/** Ages are told in steps of six minutes, so that time alone makes no new state all the time. */
const hoursFrom = (at: number, now: number): number => Math.floor(Math.max(0, now - at) / (HOUR / 10)) / 10;

/** The resources of all accounts, for the reader of states to check, and whose they are. */
export interface OwnState {
  readonly accounts: readonly string[];
  readonly state: Readonly<Record<string, readonly object[]>>;
}

/**
 * What the engine's own resources look like to an auditor, all accounts together: the same as its API
 * answers, read in one go. Where no trail leads to the log group of records that no trail claims, what
 * reaches it is shown as a trail of the name `intake`.
 */
export async function ownState(db: Kysely<Tables>, fallback: Fallback, now: number): Promise<OwnState> {
  const [trails, groups, filters, topics, subscriptions, mutes, forwards, failures] = await Promise.all([
    allTrails(db),
    db.selectFrom('log_groups').select(['account', 'region', 'name', 'class']).execute(),
    db
      .selectFrom('metric_filters')
      .innerJoin('log_groups', 'log_groups.id', 'metric_filters.group_id')
      .selectAll('metric_filters')
      .select(['log_groups.account', 'log_groups.region', 'log_groups.name as group'])
      .execute(),
    db.selectFrom('topics').selectAll().execute(),
    db.selectFrom('subscriptions').selectAll().execute(),
    db.selectFrom('mute_rules').selectAll().execute(),
    db
      .selectFrom('subscription_filters')
      .innerJoin('log_groups', 'log_groups.id', 'subscription_filters.group_id')
      .select(['subscription_filters.name', 'pattern', 'destination', 'log_groups.account', 'log_groups.region'])
      .select('log_groups.name as group')
      .execute(),
    intakeFailures(db),
  ]);
  const alarms = await alarmsFed(db, filters);
  const home = `${arnOf('logs', fallback.scope, `log-group:${fallback.group}`)}:*`;
  const intake: Intake = { home, last: await lastEventIn(db, fallback), error: deliveryErrorOf(failures), now };
  const isClaimed = trails.some(({ logGroupArn }) => logGroupArn === home);
  const state = {
    trails: [
      ...trails.map((trail) => trailState(trail, intake)),
      ...(isClaimed ? [] : [intakeState(fallback, intake)]),
    ],
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
      stateHours: hoursFrom(row.state_transitioned_at, now),
    })),
    topics: topics.map((row) => {
      const { account, arn, attributes } = topicOf(row);
      return { account, TopicArn: arn, ...(attributes.Policy !== undefined && { Policy: attributes.Policy }) };
    }),
    subscriptions: subscriptions.map((row) => {
      const subscription = subscriptionOf(row);
      const { topicArn, protocol, endpoint, status, arn, attributes } = subscription;
      const { FilterPolicy, FilterPolicyScope } = attributes;
      return {
        TopicArn: topicArn,
        Protocol: protocol,
        Endpoint: shownEndpoint(endpoint),
        SubscriptionArn: status === 'confirmed' ? arn : status === 'pending' ? 'PendingConfirmation' : 'Deleted',
        ...(FilterPolicy !== undefined && { FilterPolicy }),
        ...(FilterPolicyScope !== undefined && { FilterPolicyScope }),
        ...(cannotDeliver(subscription, now) && { undeliverable: failingSentence(subscription) }),
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

/** Names that one query is given. */
const MOST_NAMES = 5_000;

/**
 * The alarms that a log event can reach: those on a metric of the name that a metric filter publishes, however
 * it is written, composite alarms and what these depend on. An engine may have thousands of others.
 */
function alarmsFed(db: Kysely<Tables>, filters: readonly { readonly transformation: string }[]) {
  const published = filters.map(({ transformation }) =>
    (JSON.parse(transformation) as { metricName: string }).metricName.toLowerCase(),
  );
  const names = [...new Set(published)];
  const alarms = db.selectFrom('alarms').selectAll();
  if (names.length > MOST_NAMES) return alarms.execute();
  return alarms
    .where(({ or, eb, exists, selectFrom }) =>
      or([
        eb('kind', '=', 'composite'),
        exists(selectFrom('alarm_children').select('child_id').whereRef('child_id', '=', 'alarms.id')),
        exists(
          selectFrom('alarm_metrics')
            .innerJoin('metrics', 'metrics.id', 'alarm_metrics.metric_id')
            .select('alarm_metrics.alarm_id')
            .whereRef('alarm_metrics.alarm_id', '=', 'alarms.id')
            .where(sql<string>`lower(metrics.name)`, 'in', names.length > 0 ? names : ['']),
        ),
      ]),
    )
    .execute();
}

interface MuteDocument {
  readonly StartDate?: number;
  readonly ExpireDate?: number;
}

const iso = (at: number): string => new Date(at).toISOString();

/** What is known of where records go that no trail claims. */
interface Intake {
  /** ARN of the log group, ending in `:*`. */
  readonly home: string;
  /** When an event last came into it. */
  readonly last: number | null;
  readonly error: string | undefined;
  readonly now: number;
}

function trailState(trail: Trail, { home, last, error, now }: Intake): object {
  const { definition, logGroupArn, isLogging, selectors } = trail;
  // What PutLogEvents brings into the group shows as well that it is fed.
  const deliveredAt = logGroupArn === home ? Math.max(trail.deliveredAt ?? 0, last ?? 0) || null : trail.deliveredAt;
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
    status: { IsLogging: isLogging, ...sinceHours(deliveredAt, now), ...(logGroupArn !== null && failing(error)) },
    EventSelectors: (selectors ?? DEFAULT_SELECTORS).map(
      ({ ReadWriteType = 'All', IncludeManagementEvents = true, ExcludeManagementEventSources = [] }) => ({
        ReadWriteType,
        IncludeManagementEvents,
        ExcludeManagementEventSources: [...ExcludeManagementEventSources],
      }),
    ),
  };
}

const failing = (error: string | undefined) =>
  error === undefined ? {} : { LatestCloudWatchLogsDeliveryError: error };

const sinceHours = (at: number | null, now: number) =>
  at === null ? {} : { hoursSinceCloudWatchLogsDelivery: hoursFrom(at, now) };

function intakeState({ scope }: Fallback, { home, last, error, now }: Intake): object {
  return {
    describe: {
      Name: 'intake',
      TrailARN: trailArn({ ...scope, name: 'intake' }),
      HomeRegion: scope.region,
      IsMultiRegionTrail: true,
      IsOrganizationTrail: false,
      CloudWatchLogsLogGroupArn: home,
    },
    status: { IsLogging: true, ...sinceHours(last, now), ...failing(error) },
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
