import { BENCHMARKS, type Benchmark } from '../../src/audit/controls/benchmark.ts';
import {
  acceptedForms,
  type Control,
  canonicalPattern,
  numberIn,
  printedForms,
} from '../../src/audit/controls/control.ts';
import { CONTROLS, controlsOf } from '../../src/audit/controls/find-control.ts';
import { exampleEvents } from '../../src/audit/judge/example-events.ts';
import { type AccountState, readScenario, type Scenario } from '../../src/audit/state.ts';
import { compilePattern } from '../../src/pattern/index.ts';
import { Dice } from './dice.ts';
import { divided, isJoined, patternOf, repeated, rewritten, treeOf } from './pattern-rewrites.ts';

type Mutable<Item> = { -readonly [Key in keyof Item]: Item[Key] };
export type State = Mutable<AccountState>;

/** A whole chain for one control, ready to be changed. */
export interface World {
  readonly dice: Dice;
  readonly control: Control;
  readonly benchmark: Benchmark;
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly topic: string;
  readonly denied: string[];
  readonly readable: string[];
  readonly state: State;
  readonly trail: AccountState['trails'][number];
  readonly filter: AccountState['metricFilters'][number];
  readonly alarm: AccountState['alarms'][number];
}

export interface Expectation {
  readonly verdict: 'PASS' | 'FAIL' | 'UNKNOWN' | 'REVIEW';
  /** One of them must be the first broken link. */
  readonly links?: readonly string[];
  readonly warning?: string;
}

/** What may be done to a whole chain, and what must come of it; undefined where it does not apply. */
export type Change = (world: World) => Expectation | undefined;

export interface GeneratedState {
  readonly seed: number;
  readonly change: string;
  readonly scenario: Scenario;
  readonly expected: Expectation;
}

/** The state of a seed: a whole chain with one change. */
export function generatedState(seed: number, changes: Readonly<Record<string, Change>>): GeneratedState {
  const dice = new Dice(seed);
  for (;;) {
    const world = wholeChain(dice);
    const name = dice.one(Object.keys(changes));
    const expected = changes[name]?.(world);
    if (!expected) continue;
    const { benchmark, control, account, state, denied, readable } = world;
    const scenario = readScenario({
      id: `${seed}`,
      control: numberIn(control, benchmark),
      benchmark,
      auditedAccount: account,
      cliRegion: dice.one(['us-east-1', 'eu-west-1']),
      readableAccounts: readable,
      deniedCalls: denied,
      state: noisy(world, state),
    });
    return { seed, change: name, scenario, expected };
  }
}

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'us-gov-west-1'];

function wholeChain(dice: Dice): World {
  const benchmark = dice.one(BENCHMARKS);
  const control = dice.one(controlsOf(benchmark));
  const account = String(100_000_000_000 + dice.below(900_000_000));
  const region = dice.one(REGIONS);
  const partition = region.startsWith('us-gov') ? 'aws-us-gov' : 'aws';
  const place = { account, region };
  const group = dice.one(['CloudTrail/logs', 'aws-cloudtrail-logs', 'trail', '/aws/cloudtrail/main']);
  const topic = `arn:${partition}:sns:${region}:${account}:${dice.one(['cis', 'security-alarms', 'oncall'])}`;
  const metric = dice.one(['RootUsage', 'cis-metric', 'Events']);
  const namespace = dice.one(['CISBenchmark', 'LogMetrics', 'Security']);
  const isMisprint = (text: string) => control.misprinted?.some(({ pattern }) => pattern === text) ?? false;
  const forms = [...printedForms(control, benchmark), ...acceptedForms(control, benchmark)];
  const state = readScenario({
    auditedAccount: account,
    state: {
      trails: [
        {
          describe: {
            Name: 'main',
            TrailARN: `arn:${partition}:cloudtrail:${region}:${account}:trail/main`,
            HomeRegion: region,
            IsMultiRegionTrail: true,
            IsOrganizationTrail: false,
            CloudWatchLogsLogGroupArn: `arn:${partition}:logs:${region}:${account}:log-group:${group}:*`,
            CloudWatchLogsRoleArn: `arn:${partition}:iam::${account}:role/trail`,
          },
          status: { IsLogging: true, hoursSinceCloudWatchLogsDelivery: dice.next() * 20 },
          EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
        },
      ],
      logGroups: [{ ...place, logGroupName: group, logGroupClass: 'STANDARD' }],
      metricFilters: [
        {
          ...place,
          filterName: 'wanted',
          logGroupName: group,
          filterPattern: dice.one(forms.filter((form) => !isMisprint(form))),
          metricTransformations: [{ metricName: metric, metricNamespace: namespace, metricValue: '1' }],
        },
      ],
      alarms: [
        {
          ...place,
          type: 'metric',
          AlarmName: 'wanted',
          MetricName: metric,
          Namespace: namespace,
          Statistic: 'Sum',
          Period: 300,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          TreatMissingData: dice.one(['notBreaching', 'missing']),
          AlarmActions: [topic],
          StateValue: 'OK',
        },
      ],
      topics: [{ account, TopicArn: topic, Policy: ownPolicy(topic, account) }],
      subscriptions: [{ TopicArn: topic, Protocol: 'email', Endpoint: 'a@example.com', SubscriptionArn: `${topic}:1` }],
    },
  }).state as State;
  return {
    dice,
    control,
    benchmark,
    account,
    region,
    group,
    topic,
    denied: [],
    readable: [account],
    state,
    trail: state.trails[0]!,
    filter: state.metricFilters[0]!,
    alarm: state.alarms[0]!,
  };
}

const ownPolicy = (topic: string, account: string) => ({
  Statement: [
    {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['SNS:Publish', 'SNS:Subscribe'],
      Resource: topic,
      Condition: { StringEquals: { 'AWS:SourceOwner': account } },
    },
  ],
});

/** Things of every account that have nothing to do with the chain. */
function noisy({ dice, account, region, group, control, benchmark }: World, state: State): State {
  const place = { account, region };
  const noise = { ...state };
  if (dice.chance(0.4) && state.logGroups.length > 0) {
    const others = CONTROLS.filter(({ slug }) => slug !== control.slug).slice(0, 1 + dice.below(6));
    noise.metricFilters = dice.shuffled([
      ...state.metricFilters,
      ...others
        .filter((other) => !overlaps(other, control))
        .map((other) => ({
          ...place,
          filterName: `other-${other.slug}`,
          logGroupName: group,
          filterPattern: canonicalPattern(other, benchmark),
          metricTransformations: [{ metricName: `other-${other.slug}`, metricNamespace: 'Other', metricValue: '1' }],
        })),
    ]);
  }
  if (dice.chance(0.3)) {
    noise.logGroups = dice.shuffled([
      ...state.logGroups,
      { ...place, logGroupName: '/app/api', logGroupClass: 'INFREQUENT_ACCESS' },
    ]);
    noise.alarms = dice.shuffled([...state.alarms, { ...unrelated, ...place }]);
  }
  if (dice.chance(0.2)) {
    const [trail] = state.trails;
    if (trail) {
      const { CloudWatchLogsLogGroupArn: _, ...describe } = trail.describe;
      const regional = {
        ...describe,
        Name: 'other',
        TrailARN: `${describe.TrailARN}-other`,
        IsMultiRegionTrail: false,
      };
      noise.trails = dice.shuffled([...state.trails, { ...trail, describe: regional }]);
    }
  }
  return noise;
}

const unrelated: Omit<World['alarm'], 'account' | 'region'> = {
  type: 'metric',
  AlarmName: 'cpu',
  MetricName: 'CPUUtilization',
  Namespace: 'AWS/EC2',
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 80,
  ComparisonOperator: 'GreaterThanThreshold',
  ActionsEnabled: true,
  AlarmActions: [],
  OKActions: [],
  InsufficientDataActions: [],
};

/** Whether some event is for both controls, so that a filter of one may cover part of the other. */
const overlaps = (a: Control, b: Control): boolean =>
  exampleEvents(a, '111122223333').some((event) =>
    compilePattern(canonicalPattern(b, '5.0.0')).matches(JSON.stringify(event)),
  );

export { divided, isJoined, patternOf, repeated, rewritten, treeOf };
