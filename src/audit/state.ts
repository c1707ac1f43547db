import { z } from 'zod';

/**
 * What an account looks like to an auditor: the answers of AWS's read calls under AWS's own member
 * names. Lower-case members (`account`, `region`, `type`, `hoursSinceCloudWatchLogsDelivery`, …) are
 * ours; the form is that of `audit-scenarios.json`. Members that the judge does not use are dropped.
 */

const MOST_RESOURCES = 200_000;
const LONGEST_TEXT = 262_144;
const text = z.string().max(LONGEST_TEXT);
const texts = z.array(text).max(MOST_RESOURCES);
const account = z.string().regex(/^\d{12}$/, 'expected twelve digits');
const region = z.string().regex(/^[a-z0-9-]{1,32}$/, 'expected a region such as us-east-1');
const document = z.record(z.string(), z.unknown());
const many = <T extends z.ZodType>(item: T) => z.array(item).max(MOST_RESOURCES).default([]);
const place = { account, region };

/** A JSON document, or the text of one as AWS gives policies. */
const jsonDocument = z.preprocess((value, context) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a JSON document' });
    return z.NEVER;
  }
}, document);

const fieldSelector = z.object({
  Field: text,
  Equals: texts.optional(),
  NotEquals: texts.optional(),
  StartsWith: texts.optional(),
  NotStartsWith: texts.optional(),
  EndsWith: texts.optional(),
  NotEndsWith: texts.optional(),
});

const trail = z.object({
  /** The entry of `cloudtrail:DescribeTrails`, shadow trails included once. */
  describe: z.object({
    Name: text,
    TrailARN: text,
    HomeRegion: region.optional(),
    IncludeGlobalServiceEvents: z.boolean().optional(),
    IsMultiRegionTrail: z.boolean().optional(),
    IsOrganizationTrail: z.boolean().optional(),
    CloudWatchLogsLogGroupArn: text.optional(),
    CloudWatchLogsRoleArn: text.optional(),
  }),
  /** `cloudtrail:GetTrailStatus`; absent where it was not answered. */
  status: z
    .object({
      IsLogging: z.boolean().optional(),
      LatestCloudWatchLogsDeliveryError: text.optional(),
      /** Hours from `LatestCloudWatchLogsDeliveryTime` to when it was read; absent where there was none. */
      hoursSinceCloudWatchLogsDelivery: z.number().optional(),
    })
    .optional(),
  /** `cloudtrail:GetEventSelectors`; both absent where it was not answered. */
  EventSelectors: z
    .array(
      z.object({
        ReadWriteType: text.optional(),
        IncludeManagementEvents: z.boolean().optional(),
        ExcludeManagementEventSources: texts.optional(),
        /** Kept as they are by a repair. */
        DataResources: z.array(document).max(1_000).optional(),
      }),
    )
    .max(MOST_RESOURCES)
    .optional(),
  AdvancedEventSelectors: z
    .array(z.object({ Name: text.optional(), FieldSelectors: z.array(fieldSelector).max(1_000) }))
    .max(MOST_RESOURCES)
    .optional(),
});

const logGroup = z.object({
  ...place,
  logGroupName: text,
  logGroupClass: text.optional(),
  /** True where the group has a transformer (`logs:GetTransformer`). */
  hasTransformer: z.boolean().optional(),
});

/** AWS gives numbers of transformations as texts or as numbers. */
const numeric = z.union([z.string().max(256), z.number()]);

const metricFilter = z.object({
  ...place,
  filterName: text,
  logGroupName: text,
  filterPattern: text.default(''),
  metricTransformations: z
    .array(
      z.object({
        metricName: text,
        metricNamespace: text,
        metricValue: numeric,
        defaultValue: z.number().optional(),
        dimensions: z.record(z.string(), text).optional(),
        unit: text.optional(),
      }),
    )
    .max(10),
  applyOnTransformedLogs: z.boolean().optional(),
  fieldSelectionCriteria: text.optional(),
  emitSystemFieldDimensions: texts.optional(),
});

const dimensions = z
  .array(z.object({ Name: text, Value: text }))
  .max(100)
  .optional();

const alarm = z.object({
  ...place,
  type: z.enum(['metric', 'composite']),
  AlarmName: text,
  ActionsEnabled: z.boolean().default(true),
  AlarmActions: texts.default([]),
  OKActions: texts.default([]),
  InsufficientDataActions: texts.default([]),
  StateValue: text.optional(),
  /** For how many hours it has been in that state, from `StateTransitionedTimestamp`. */
  stateHours: z.number().optional(),
  MetricName: text.optional(),
  Namespace: text.optional(),
  Dimensions: dimensions,
  Unit: text.optional(),
  Statistic: text.optional(),
  ExtendedStatistic: text.optional(),
  Period: z.number().optional(),
  EvaluationPeriods: z.number().optional(),
  DatapointsToAlarm: z.number().optional(),
  Threshold: z.number().optional(),
  ComparisonOperator: text.optional(),
  TreatMissingData: text.optional(),
  EvaluateLowSampleCountPercentile: text.optional(),
  ThresholdMetricId: text.optional(),
  Metrics: z
    .array(
      z.object({
        Id: text,
        Expression: text.optional(),
        MetricStat: z
          .object({
            Metric: z.object({ Namespace: text.optional(), MetricName: text.optional(), Dimensions: dimensions }),
            Period: z.number(),
            Stat: text,
            Unit: text.optional(),
          })
          .optional(),
        ReturnData: z.boolean().optional(),
        Period: z.number().optional(),
        AccountId: text.optional(),
      }),
    )
    .max(500)
    .optional(),
  AlarmRule: text.optional(),
  ActionsSuppressor: text.optional(),
});

const topic = z.object({
  account,
  TopicArn: text,
  /** Absent where none was set: then the owner alone may use it. */
  Policy: jsonDocument.optional(),
  KmsMasterKeyId: text.optional(),
  /** Whether the key's policy lets `cloudwatch.amazonaws.com` use it; absent where that was not read. */
  kmsKeyPolicyAllowsCloudWatch: z.boolean().optional(),
});

const subscription = z.object({
  TopicArn: text,
  Protocol: text,
  Endpoint: text.optional(),
  /** An ARN, `PendingConfirmation` or `Deleted`. */
  SubscriptionArn: text,
  FilterPolicy: jsonDocument.optional(),
  FilterPolicyScope: text.optional(),
  /** Why its endpoint takes nothing, in a sentence; only an engine of Trailbell tells it. */
  undeliverable: text.optional(),
});

const muteRule = z.object({
  ...place,
  Name: text,
  Status: text.optional(),
  Rule: z.object({
    Schedule: z.object({ Expression: text, Duration: text, Timezone: text.optional() }),
  }),
  MuteTargets: z.object({ AlarmNames: texts }).optional(),
  StartDate: text.optional(),
  ExpireDate: text.optional(),
});

const eventBridgeRule = z.object({
  ...place,
  Name: text,
  EventBusName: text.optional(),
  /** `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`. */
  State: text.optional(),
  EventPattern: jsonDocument.optional(),
  /** ARNs of the targets. */
  Targets: texts.default([]),
});

const subscriptionFilter = z.object({
  ...place,
  filterName: text,
  logGroupName: text,
  filterPattern: text.default(''),
  destinationArn: text,
});

const accountState = z.object({
  trails: many(trail),
  logGroups: many(logGroup),
  metricFilters: many(metricFilter),
  alarms: many(alarm),
  topics: many(topic),
  subscriptions: many(subscription),
  muteRules: many(muteRule),
  eventBridgeRules: many(eventBridgeRule),
  subscriptionFilters: many(subscriptionFilter),
  /** Regions of the account that are switched on; absent where that was not read. */
  enabledRegions: z.array(region).max(1_000).optional(),
  /** The answer of `securityhub:DescribeHub` by region; a region without one has no hub. */
  securityHub: z.record(region, z.object({ SubscribedAt: text.optional() })).optional(),
});

/** `service:Operation`, everywhere or in one account or region: `logs:DescribeMetricFilters@111122223333/eu-west-1`. */
const deniedCall = z
  .string()
  .regex(
    /^[a-z0-9-]+:[A-Za-z0-9]+(@\d{12}(\/[a-z0-9-]+)?)?$/,
    'expected service:Operation, such as sns:GetTopicAttributes',
  );

const scenario = z.object({
  id: text.optional(),
  title: text.optional(),
  /** A number of `benchmark`, a 4.x number of 5.0.0, a slug or a Security Hub id; absent for all controls. */
  control: text.optional(),
  benchmark: text.optional(),
  auditedAccount: account,
  cliRegion: region.default('us-east-1'),
  /** Accounts whose resources could be read. What lies in any other is unknown, not absent. */
  readableAccounts: z.array(account).max(100_000).optional(),
  deniedCalls: z.array(deniedCall).max(100_000).default([]),
  state: accountState,
});

export type AccountState = z.output<typeof accountState>;
export type Trail = AccountState['trails'][number];
export type FieldSelector = z.output<typeof fieldSelector>;
export type LogGroup = AccountState['logGroups'][number];
export type MetricFilter = AccountState['metricFilters'][number];
export type Alarm = AccountState['alarms'][number];
export type Topic = AccountState['topics'][number];
export type Subscription = AccountState['subscriptions'][number];
export type MuteRule = AccountState['muteRules'][number];
export type EventBridgeRule = AccountState['eventBridgeRules'][number];
export type SubscriptionFilter = AccountState['subscriptionFilters'][number];
/** What may be left out stands at its default after reading. */
export type AccountStateInput = z.input<typeof accountState>;

type Read = z.output<typeof scenario>;
/** A state with who looks at it: whose account is judged, and what could not be read. */
export type Scenario = Omit<Read, 'readableAccounts'> & { readonly readableAccounts: readonly string[] };
export type ScenarioInput = z.input<typeof scenario>;

/** A file that is no scenario: says where and what was expected. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/**
 * Reads a scenario (`{"auditedAccount", "state", …}`) or a bare state (`{"trails": […], …}`), whose
 * account is taken from a trail's ARN, with nothing denied and every account that occurs readable.
 * @throws StateError with up to five places that are wrong
 */
export function readScenario(value: unknown): Scenario {
  const given = isObject(value) && !('state' in value) ? scenarioOf(value) : value;
  const read = scenario.safeParse(given);
  if (!read.success) throw new StateError(problemsIn(read.error));
  return { ...read.data, readableAccounts: read.data.readableAccounts ?? [read.data.auditedAccount] };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MEMBERS = Object.keys(accountState.shape);

function scenarioOf(state: Record<string, unknown>): unknown {
  if (!MEMBERS.some((name) => name in state)) {
    throw new StateError(`expected a scenario with "state", or a state with ${MEMBERS.slice(0, 4).join(', ')}, …`);
  }
  const accounts = accountsIn(state);
  const own = accounts[0];
  if (own === undefined) {
    throw new StateError('the state names no account: wrap it as {"auditedAccount": "111122223333", "state": …}');
  }
  return { auditedAccount: own, readableAccounts: accounts, state };
}

/** Twelve-digit accounts of the state, that of a trail's ARN first. */
function accountsIn(state: Record<string, unknown>): string[] {
  const found = new Set<string>();
  const lists = MEMBERS.map((name) => state[name]).filter((list): list is unknown[] => Array.isArray(list));
  for (const resource of lists.flat()) {
    if (!isObject(resource)) continue;
    const arn = isObject(resource.describe) ? resource.describe.TrailARN : undefined;
    const owner = typeof arn === 'string' ? arn.split(':')[4] : resource.account;
    if (typeof owner === 'string' && /^\d{12}$/.test(owner)) found.add(owner);
  }
  return [...found];
}

function problemsIn({ issues }: z.ZodError): string {
  const told = issues.slice(0, 5).map(({ path, message }) => `${placeOf(path)}: ${message}`);
  const rest = issues.length - told.length;
  return rest > 0 ? `${told.join('; ')}; and ${rest} more` : told.join('; ');
}

/** `state.trails[0].describe.TrailARN` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((place, step) => {
    if (typeof step === 'number') return `${place}[${step}]`;
    return place === '' ? String(step) : `${place}.${String(step)}`;
  }, '') || 'the file';
