import type { AccountView } from './account-view.ts';
import { awsCommand } from './command.ts';
import type { Coverage, Coverages } from './coverage.ts';
import { type Link, linksOf } from './link.ts';
import type { LogGroupName } from './log-group-name.ts';
import { type Feeder, type MetricFamily, metricNameOf } from './metric-family.ts';
import { isRelated } from './related.ts';
import type { Target } from './target.ts';
import { isValid } from './valid-pattern.ts';

export interface FilterSettings {
  readonly ignoreRetired: boolean;
}

/** F1 to F4 for the filters of a log group that feed one metric. */
export function filterLinks(
  view: AccountView,
  group: LogGroupName,
  family: MetricFamily,
  target: Target,
  proofs: Coverages,
  settings: FilterSettings,
): readonly Link[] {
  const names = namesOf(family);
  const link = linksOf('logs:DescribeMetricFilters', names);
  if (!family.feeders.some(({ pattern }) => isRelated(pattern, target))) return [noFilter(group, target)];
  return [
    link.holds('F1', { says: `Metric ${metricNameOf(family)} is fed by ${names}.` }),
    covers(view, group, family, target, proofs, settings),
    counts(view, family, target, proofs),
    rests(family, target, proofs),
  ];
}

/** `Filter a`, or `Filters a, b`, to begin a sentence whose verb follows in the singular or plural. */
const subject = (family: MetricFamily, one: string, many: string): string => {
  const names = namesOf(family);
  return names.includes(', ') ? `Filters ${names} ${many}` : `Filter ${names} ${one}`;
};

export const namesOf = ({ feeders }: MetricFamily): string =>
  [...new Set(feeders.map(({ filter }) => filter.filterName))].join(', ');

/** F1 where no filter of the group is for these events. */
export function noFilter(group: LogGroupName, target: Target): Link {
  const link = linksOf('logs:DescribeMetricFilters', group.arn);
  return link.broken('F1', {
    says: `No metric filter on log group ${group.name} (${group.region}) looks for these events.`,
    fix: `Create one: ${putFilter(group, target)}`,
    ...exampleOf(target),
  });
}

const exampleOf = ({ examples }: Target) => (examples[0] ? { counterexample: examples[0] } : {});

/** The command that makes the benchmark's filter, for a metric of ours or for one that an alarm watches already. */
function putFilter(group: LogGroupName, target: Target, family?: MetricFamily): string {
  const name = family?.name ?? `CIS-4.${target.control.place}`;
  const namespace = family?.namespace ?? 'CISBenchmark';
  return awsCommand(
    group.region,
    'logs',
    'put-metric-filter',
    '--log-group-name',
    group.name,
    '--filter-name',
    `cis-4.${target.control.place}`,
    '--filter-pattern',
    target.pattern,
    '--metric-transformations',
    `metricName=${name},metricNamespace=${namespace},metricValue=1`,
  );
}

/** What the feeders that see the group's own events match. */
const patternsOf = (feeders: readonly Feeder[]): readonly string[] =>
  feeders.filter(({ isSelected }) => isSelected !== false).map(({ pattern }) => pattern);

function covers(
  view: AccountView,
  group: LogGroupName,
  family: MetricFamily,
  target: Target,
  proofs: Coverages,
  { ignoreRetired }: FilterSettings,
): Link {
  const names = namesOf(family);
  const link = linksOf('logs:DescribeMetricFilters', names);
  const coverage = proofs.of(patternsOf(family.feeders), target);
  const fix = `Add a filter on the same metric: ${putFilter(group, target, family)}`;
  const warnings = warningsOf(coverage);
  if (coverage.covers === 'yes') {
    const doubt = doubtAbout(view, group, family);
    if (doubt !== undefined) return link.review('F2', doubt, { warnings });
    return link.holds('F2', { says: `${subject(family, 'matches', 'match')} every event that should ring.`, warnings });
  }
  if (coverage.covers === 'unsure')
    return link.review(
      'F2',
      `Whether ${names} match all that should ring cannot be proved: ${coverage.reasons.join('; ')}.`,
      { fix },
    );
  if (coverage.missesRetiredOnly && ignoreRetired)
    return link.holds('F2', {
      says: `${subject(family, 'misses', 'miss')} nothing but calls that AWS has retired.`,
      warnings: ['retired-api-only'],
    });
  const missed = coverage.missed ?? target.examples[0];
  return link.broken('F2', {
    says: whyMissed(family, target, coverage),
    fix,
    ...(missed && { counterexample: missed }),
    warnings: coverage.missesRetiredOnly ? ['retired-api-only'] : [],
  });
}

const warningsOf = ({ isOverBroad, newerNames, floodedBy }: Coverage): readonly string[] => [
  ...(isOverBroad && !floodedBy ? ['over-broad'] : []),
  ...newerNames.map((name) => `newer-benchmark-needs-${name}`),
];

function whyMissed(family: MetricFamily, target: Target, { missed, missesRetiredOnly }: Coverage): string {
  const [other] = family.feeders.filter(({ isSelected }) => isSelected === false);
  if (other)
    return `Filter ${other.filter.filterName} looks at other accounts or regions only (${other.filter.fieldSelectionCriteria}).`;
  const invalid = family.feeders.find(({ pattern }) => !isValid(pattern));
  if (invalid) return `The pattern of filter ${invalid.filter.filterName} is not valid, so it matches nothing.`;
  if (missesRetiredOnly)
    return `${subject(family, 'misses', 'miss')} events that the benchmark lists, all of retired calls: there is no practical risk.`;
  const example = missed ?? target.examples[0];
  const what = example
    ? `, such as ${String(example.eventName)} by ${whoIn(example)} in ${String(example.awsRegion)}`
    : '';
  return `${subject(family, 'misses', 'miss')} events that should ring${what}.`;
}

const whoIn = (event: Readonly<Record<string, unknown>>): string => {
  const { type } = (event.userIdentity ?? {}) as { type?: unknown };
  const address = typeof event.sourceIPAddress === 'string' ? ` from ${event.sourceIPAddress}` : '';
  return `${type === 'Root' ? 'root' : String(type)}${address}`;
};

/** Why good patterns may still not see the events; undefined where they do. */
function doubtAbout(view: AccountView, group: LogGroupName, { feeders }: MetricFamily): string | undefined {
  const transformed = feeders.find(({ filter }) => filter.applyOnTransformedLogs === true);
  if (transformed && view.logGroup(group, group.name)?.hasTransformer !== false)
    return `Filter ${transformed.filter.filterName} looks at transformed events, of which the pattern says nothing certain.`;
  const selected = feeders.find(({ isSelected }) => isSelected === undefined);
  if (selected)
    return `The field selection of filter ${selected.filter.filterName} is not understood: ${selected.filter.fieldSelectionCriteria}.`;
  return undefined;
}

/** Feeders of which one match counts. */
export const countingFeeders = (feeders: readonly Feeder[]): readonly Feeder[] =>
  feeders.filter(({ value, isSelected }) => value !== undefined && value > 0 && isSelected !== false);

function counts(view: AccountView, family: MetricFamily, target: Target, proofs: Coverages): Link {
  const link = linksOf('logs:DescribeMetricFilters', namesOf(family));
  const raised = feedersBeside(view, family).find(
    ({ defaultValue }) => defaultValue !== undefined && defaultValue !== 0,
  );
  if (raised)
    return link.broken('F3', {
      says: `Filter ${raised.filterName} publishes ${raised.defaultValue} where nothing matches, so the alarm is always on.`,
      fix: `Take the default value out of filter ${raised.filterName}.`,
    });
  const counting = countingFeeders(family.feeders);
  const idle = family.feeders.find((feeder) => !counting.includes(feeder) && feeder.isSelected !== false);
  if (!idle || proofs.of(patternsOf(counting), target).covers === proofs.of(patternsOf(family.feeders), target).covers)
    return link.holds('F3');
  const { filterName, metricTransformations } = idle.filter;
  return link.broken('F3', {
    says: `A match of filter ${filterName} adds ${metricTransformations[0]?.metricValue}: it does not count.`,
    fix: `Let filter ${filterName} publish 1 for each match.`,
  });
}

/** Default values of all filters that publish the very metric, on whatever log group. */
function feedersBeside(view: AccountView, family: MetricFamily) {
  return view.feedersOf(family.name).flatMap((filter) => {
    if (filter.account !== family.account || filter.region !== family.region) return [];
    return filter.metricTransformations
      .filter(({ metricName, metricNamespace, dimensions = {} }) => {
        const isPlain = Object.keys(dimensions).length + (filter.emitSystemFieldDimensions ?? []).length === 0;
        return metricName === family.name && metricNamespace === family.namespace && isPlain;
      })
      .map(({ defaultValue }) => ({ filterName: filter.filterName, defaultValue }));
  });
}

function rests(family: MetricFamily, target: Target, proofs: Coverages): Link {
  const names = namesOf(family);
  const link = linksOf('logs:DescribeMetricFilters', names);
  const { floodedBy } = proofs.of(patternsOf(family.feeders), target);
  if (!floodedBy) return link.holds('F4');
  return link.broken('F4', {
    says: `${subject(family, 'matches', 'match')} nearly every event, such as ${String(floodedBy.eventName)} by ${whoIn(floodedBy)}: the alarm never rests, so no ring marks what matters.`,
    fix: `Replace the pattern by the benchmark's: ${target.pattern}`,
  });
}
