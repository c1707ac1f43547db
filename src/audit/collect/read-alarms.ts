import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { parseArn } from '../../base/scope.ts';
import type { AccountStateInput } from '../state.ts';
import type { WatchedDoor } from './watched-door.ts';

type List<Name extends keyof AccountStateInput> = NonNullable<AccountStateInput[Name]>;
type AlarmInput = List<'alarms'>[number];

const HOUR = 3_600_000;

/**
 * The alarms of a region that may take part in a chain: those on a metric named in `metricNames` or
 * whose name begins with `prefix`, all composite alarms, and what suppresses those. Accounts have thousands of others.
 */
export async function readAlarms(
  door: WatchedDoor,
  region: string,
  { metricNames, prefix }: { readonly metricNames: ReadonlySet<string>; readonly prefix?: string | undefined },
  now: number,
): Promise<AlarmInput[]> {
  const outcome = await door.askAll(
    'cloudwatch:DescribeAlarms',
    region,
    { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100 },
    {
      items: ({ MetricAlarms = [], CompositeAlarms = [] }) => [
        ...MetricAlarms.map((alarm) => metricAlarm(alarm, door.account, region, now)),
        ...CompositeAlarms.map((alarm) => compositeAlarm(alarm, door.account, region, now)),
      ],
      next: ({ NextToken }) => NextToken,
      token: 'NextToken',
    },
  );
  if (outcome.kind !== 'answer') return [];
  const suppressors = new Set(outcome.output.flatMap(({ ActionsSuppressor }) => ActionsSuppressor ?? []));
  return outcome.output.filter(
    (alarm) =>
      alarm.type === 'composite' ||
      (prefix !== undefined && alarm.AlarmName.startsWith(prefix)) ||
      watchedMetrics(alarm).some((name) => metricNames.has(name)) ||
      [...suppressors].some((named) => named === alarm.AlarmName || named.endsWith(`:alarm:${alarm.AlarmName}`)),
  );
}

const watchedMetrics = ({ MetricName, Metrics = [] }: AlarmInput): string[] =>
  [MetricName, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric.MetricName)].filter((name) => name !== undefined);

function metricAlarm(alarm: MetricAlarm, account: string, region: string, now: number): AlarmInput {
  const { StateTransitionedTimestamp, Metrics, ...rest } = alarm;
  return {
    ...(rest as Omit<AlarmInput, 'type' | 'account' | 'region' | 'AlarmName'>),
    type: 'metric',
    account,
    region,
    AlarmName: alarm.AlarmName ?? '',
    ...(Metrics?.length && { Metrics: Metrics as NonNullable<AlarmInput['Metrics']> }),
    ...hoursInState(StateTransitionedTimestamp, now),
  };
}

function compositeAlarm(alarm: CompositeAlarm, account: string, region: string, now: number): AlarmInput {
  const { StateTransitionedTimestamp, ...rest } = alarm;
  return {
    ...(rest as Omit<AlarmInput, 'type' | 'account' | 'region' | 'AlarmName'>),
    type: 'composite',
    account,
    region,
    AlarmName: alarm.AlarmName ?? '',
    ...hoursInState(StateTransitionedTimestamp, now),
  };
}

const hoursInState = (since: Date | undefined, now: number): { stateHours?: number } =>
  since ? { stateHours: Math.max(0, now - since.getTime()) / HOUR } : {};

/** The mute rules of a region. An endpoint without these operations has none. */
export async function readMuteRules(door: WatchedDoor, region: string): Promise<List<'muteRules'>> {
  const listed = await door.askAll(
    'cloudwatch:ListAlarmMuteRules',
    region,
    { Statuses: ['ACTIVE', 'SCHEDULED'] },
    {
      items: ({ AlarmMuteRuleSummaries }) => AlarmMuteRuleSummaries,
      next: ({ NextToken }) => NextToken,
      token: 'NextToken',
      most: 1_000,
    },
  );
  if (listed.kind !== 'answer') return [];
  const names = listed.output.flatMap(({ AlarmMuteRuleArn }) => {
    const resource = parseArn(AlarmMuteRuleArn ?? '')?.resource ?? '';
    return resource.startsWith('alarm-mute-rule:') ? [resource.slice('alarm-mute-rule:'.length)] : [];
  });
  const rules = await Promise.all(
    names.map((AlarmMuteRuleName) => door.ask('cloudwatch:GetAlarmMuteRule', region, { AlarmMuteRuleName })),
  );
  return rules.flatMap((rule) => {
    const schedule = rule.kind === 'answer' ? rule.output.Rule?.Schedule : undefined;
    if (rule.kind !== 'answer' || !schedule) return [];
    const { Name = '', Status, MuteTargets, StartDate, ExpireDate } = rule.output;
    const { Expression = '', Duration = '', Timezone } = schedule;
    return [
      {
        account: door.account,
        region,
        Name,
        Status,
        Rule: { Schedule: { Expression, Duration, ...(Timezone && { Timezone }) } },
        ...(MuteTargets && { MuteTargets: { AlarmNames: MuteTargets.AlarmNames ?? [] } }),
        ...(StartDate && { StartDate: StartDate.toISOString() }),
        ...(ExpireDate && { ExpireDate: ExpireDate.toISOString() }),
      },
    ];
  });
}
