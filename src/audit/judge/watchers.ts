import type { Alarm } from '../state.ts';
import { type AccountView, arnOfAlarm } from './account-view.ts';
import { awsCommand } from './command.ts';
import type { Coverages } from './coverage.ts';
import { namesOf } from './filter-links.ts';
import { type Link, linksOf } from './link.ts';
import { type Feeder, type MetricFamily, metricNameOf, patternUnder } from './metric-family.ts';
import type { Target } from './target.ts';

/** An alarm that looks at a metric of a family, with what of the family reaches it. */
export interface Watcher {
  readonly alarm: Alarm;
  /** Under which Ids of its metric math it looks at the metric; empty for an alarm on the metric alone. */
  readonly inputs: readonly string[];
  readonly feeders: readonly Feeder[];
  /** The patterns of the events that reach the alarm. */
  readonly patterns: readonly string[];
  readonly link: Link;
}

interface Look {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly dimensions: ReadonlyMap<string, string>;
  readonly unit: string | undefined;
  /** Where the metric is looked for. */
  readonly account: string;
  readonly input: string | undefined;
}

/** The alarms that look at the family's metric, each with its link A1. */
export function watchersOf(
  view: AccountView,
  family: MetricFamily,
  target: Target,
  proofs: Coverages,
): readonly Watcher[] {
  return view.alarmsOn(family.name).flatMap((alarm) => {
    if (alarm.region !== family.region) return [];
    const looks = looksOf(alarm).filter((look) => mismatch(look, family) === undefined);
    const [look] = looks;
    if (!look) return [];
    return [
      watcherOf(
        alarm,
        looks.flatMap(({ input }) => input ?? []),
        look,
        family,
        target,
        proofs,
      ),
    ];
  });
}

function watcherOf(
  alarm: Alarm,
  inputs: readonly string[],
  look: Look,
  family: MetricFamily,
  target: Target,
  proofs: Coverages,
): Watcher {
  const reaching = family.feeders.flatMap((feeder) => {
    if (look.unit !== undefined && look.unit !== feeder.unit) return [];
    const pattern = patternUnder(feeder, look.dimensions, family);
    return pattern === undefined ? [] : [{ feeder, pattern }];
  });
  const feeders = reaching.map(({ feeder }) => feeder);
  const seen = reaching.filter(({ feeder }) => feeder.isSelected !== false);
  const patterns = seen.map(({ pattern }) => pattern);
  const link = linksOf('cloudwatch:DescribeAlarms', arnOfAlarm(alarm));
  const whole = family.feeders.filter(({ isSelected }) => isSelected !== false).map(({ pattern }) => pattern);
  const sees = proofs.of(patterns, target).covers === proofs.of(whole, target).covers;
  const told = sees
    ? link.holds('A1', { says: `Alarm ${alarm.AlarmName} watches ${metricNameOf(family)}.` })
    : link.broken('A1', {
        says: `Alarm ${alarm.AlarmName} sees only part of ${metricNameOf(family)}: ${[...look.dimensions].map((pair) => pair.join('=')).join(', ') || `unit ${look.unit}`}.`,
        ...counter(proofs.of(patterns, target).missed ?? target.examples[0]),
      });
  return { alarm, inputs, feeders, patterns, link: told };
}

const counter = (event: Link['counterexample']) => (event ? { counterexample: event } : {});

/** A1 where no alarm looks at the metric, with the alarm that comes nearest. */
export function noWatcher(view: AccountView, family: MetricFamily, target: Target): Link {
  const link = linksOf('cloudwatch:DescribeAlarms', metricNameOf(family));
  return link.broken('A1', {
    says: `No alarm watches ${metricNameOf(family)} in ${family.region}${nearMiss(view, family)}.`,
    fix:
      family.dimensionNames.length === 0
        ? `Create one: ${putAlarm(family, target)}`
        : `Publish without the dimensions ${family.dimensionNames.join(', ')}, which make a metric of its own for each value, and then: ${putAlarm(family, target)}`,
    ...counter(target.examples[0]),
  });
}

const putAlarm = (family: MetricFamily, { control }: Target): string =>
  awsCommand(
    family.region,
    'cloudwatch',
    'put-metric-alarm',
    '--alarm-name',
    `cis-4.${control.place}`,
    '--namespace',
    family.namespace,
    '--metric-name',
    family.name,
    ...'--statistic Sum --period 300 --evaluation-periods 1 --threshold 1'.split(' '),
    ...'--comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching'.split(' '),
    '--alarm-actions',
    'TOPIC_ARN',
  );

function nearMiss(view: AccountView, family: MetricFamily): string {
  const near = view.alarmsOn(family.name).find((alarm) => looksOf(alarm).some(({ name }) => name === family.name));
  if (!near) return '';
  const [look] = looksOf(near).filter(({ name }) => name === family.name);
  const why =
    near.region !== family.region
      ? `is in ${near.region}, and metrics are regional`
      : ((look && mismatch(look, family)) ?? 'does not see it');
  return `; alarm ${near.AlarmName} ${why} (filter: ${namesOf(family)})`;
}

/** Why a look misses the family's metric, to go behind the alarm's name; undefined where it sees it. */
function mismatch(look: Look, family: MetricFamily): string | undefined {
  if (look.name !== family.name) return `watches metric ${look.name}`;
  if (look.account !== family.account) return `looks in account ${look.account}`;
  if (look.namespace !== family.namespace) return `watches namespace ${look.namespace}`;
  const names = [...look.dimensions.keys()].sort();
  if (names.join() !== family.dimensionNames.join())
    return names.length === 0
      ? `watches the metric without the dimensions ${family.dimensionNames.join(', ')} that it is published with`
      : `watches the metric by ${names.join(', ')}, as it is not published`;
  if (look.unit !== undefined && !family.feeders.some(({ unit }) => unit === look.unit))
    return `asks for unit ${look.unit}, and the filter publishes ${family.feeders[0]?.unit === 'None' ? 'without a unit' : family.feeders[0]?.unit}`;
  return undefined;
}

function looksOf(alarm: Alarm): readonly Look[] {
  if (alarm.Metrics && alarm.Metrics.length > 0)
    return alarm.Metrics.flatMap(({ Id, MetricStat: stat, AccountId }) =>
      stat
        ? [
            {
              namespace: stat.Metric.Namespace,
              name: stat.Metric.MetricName,
              dimensions: dimensionsOf(stat.Metric.Dimensions),
              unit: stat.Unit,
              account: AccountId ?? alarm.account,
              input: Id,
            },
          ]
        : [],
    );
  const { Namespace: namespace, MetricName: name, Dimensions, Unit: unit, account } = alarm;
  return [{ namespace, name, dimensions: dimensionsOf(Dimensions), unit, account, input: undefined }];
}

const dimensionsOf = (given: Alarm['Dimensions'] = []): ReadonlyMap<string, string> =>
  new Map(given.map(({ Name, Value }) => [Name, Value]));
