import type { MetricFilter as AwsMetricFilter } from '@aws-sdk/client-cloudwatch-logs';
import type { AccountStateInput } from '../state.ts';
import type { WatchedDoor } from './watched-door.ts';

type List<Name extends keyof AccountStateInput> = NonNullable<AccountStateInput[Name]>;

export interface LogGroupFacts {
  readonly logGroups: List<'logGroups'>;
  readonly metricFilters: List<'metricFilters'>;
  readonly subscriptionFilters: List<'subscriptionFilters'>;
}

/** A log group with what hangs on it. All lists are empty where the group is not there. */
export async function readLogGroup(door: WatchedDoor, region: string, name: string): Promise<LogGroupFacts> {
  const place = { account: door.account, region };
  const [groups, filters, forwards] = await Promise.all([
    door.askAll(
      'logs:DescribeLogGroups',
      region,
      { logGroupNamePrefix: name },
      {
        items: ({ logGroups }) => logGroups,
        next: ({ nextToken }) => nextToken,
        token: 'nextToken',
        // The group itself sorts before all that its name begins.
        enough: (found) => found.some(({ logGroupName }) => logGroupName === name),
      },
    ),
    door.askAll(
      'logs:DescribeMetricFilters',
      region,
      { logGroupName: name },
      {
        items: ({ metricFilters }) => metricFilters,
        next: ({ nextToken }) => nextToken,
        token: 'nextToken',
      },
    ),
    door.askAll(
      'logs:DescribeSubscriptionFilters',
      region,
      { logGroupName: name },
      {
        items: ({ subscriptionFilters }) => subscriptionFilters,
        next: ({ nextToken }) => nextToken,
        token: 'nextToken',
      },
    ),
  ]);
  const group = groups.kind === 'answer' ? groups.output.find(({ logGroupName }) => logGroupName === name) : undefined;
  const metricFilters = filters.kind === 'answer' ? filters.output.map((filter) => filterOf(filter, place, name)) : [];
  const isTransformed = metricFilters.some(({ applyOnTransformedLogs }) => applyOnTransformedLogs);
  const hasTransformer = isTransformed && (await hasTransformerOn(door, region, name));
  return {
    logGroups: group
      ? [
          {
            ...place,
            logGroupName: name,
            logGroupClass: group.logGroupClass,
            ...(hasTransformer && { hasTransformer }),
          },
        ]
      : // A group whose filters were answered is there, even if its description was denied.
        groups.kind === 'denied' && filters.kind === 'answer'
        ? [{ ...place, logGroupName: name }]
        : [],
    metricFilters,
    subscriptionFilters:
      forwards.kind === 'answer'
        ? forwards.output.map(({ filterName = '', filterPattern = '', destinationArn = '' }) => ({
            ...place,
            logGroupName: name,
            filterName,
            filterPattern,
            destinationArn,
          }))
        : [],
  };
}

function filterOf(
  filter: AwsMetricFilter,
  place: { account: string; region: string },
  logGroupName: string,
): List<'metricFilters'>[number] {
  const { filterName = '', filterPattern = '', applyOnTransformedLogs, metricTransformations = [] } = filter;
  const { fieldSelectionCriteria, emitSystemFieldDimensions } = filter;
  return {
    ...place,
    logGroupName,
    filterName,
    filterPattern,
    metricTransformations: metricTransformations.map((given) => ({
      metricName: given.metricName ?? '',
      metricNamespace: given.metricNamespace ?? '',
      metricValue: given.metricValue ?? '',
      ...(typeof given.defaultValue === 'number' && { defaultValue: given.defaultValue }),
      ...(given.dimensions && { dimensions: given.dimensions }),
      ...(given.unit && given.unit !== 'None' && { unit: given.unit }),
    })),
    ...(applyOnTransformedLogs && { applyOnTransformedLogs }),
    ...(fieldSelectionCriteria && { fieldSelectionCriteria }),
    ...(emitSystemFieldDimensions?.length && { emitSystemFieldDimensions }),
  };
}

/** Denied is as good as yes: the judge then does not trust a pattern that runs on changed events. */
async function hasTransformerOn(door: WatchedDoor, region: string, logGroupIdentifier: string): Promise<boolean> {
  const outcome = await door.ask('logs:GetTransformer', region, { logGroupIdentifier });
  if (outcome.kind === 'answer') return (outcome.output.transformerConfig?.length ?? 0) > 0;
  return outcome.kind === 'denied';
}
