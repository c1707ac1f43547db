import { canonicalPattern } from '../controls/control.ts';
import type { MetricFilter } from '../state.ts';
import { OWN_NAMESPACE, ownFilter, ownMetric } from './own-names.ts';
import type { Situation } from './situation.ts';
import { blocked, type Mend } from './step.ts';

/** A group holds so many filters. */
const MOST_FILTERS = 100;

/**
 * F1, F3, F4: a filter of our own with the benchmark's pattern, on a metric of our own. Somebody else's
 * filter stays as it is, whatever it counts.
 */
export const mendFilter = (situation: Situation): Mend => put(situation, ownTarget(situation));

/** F2: the missing events are added to the metric that the chain's filters feed, where that one counts right. */
export function mendCoverage(situation: Situation): Mend {
  const fed = situation.filters.find(countsPlainly)?.metricTransformations[0];
  return put(situation, fed ? { namespace: fed.metricNamespace, name: fed.metricName } : ownTarget(situation));
}

interface Target {
  readonly namespace: string;
  readonly name: string;
}

const ownTarget = ({ control }: Situation): Target => ({ namespace: OWN_NAMESPACE, name: ownMetric(control) });

/** True for a filter of which one match is one in the metric, and none is none. */
export function countsPlainly({ metricTransformations, emitSystemFieldDimensions }: MetricFilter): boolean {
  const [first] = metricTransformations;
  if (!first || emitSystemFieldDimensions?.length) return false;
  const value = Number(first.metricValue);
  return value >= 1 && !first.defaultValue && !first.unit && Object.keys(first.dimensions ?? {}).length === 0;
}

function put(situation: Situation, target: Target): Mend {
  const { control, options, scope, logGroup, ownFilter: existing, scenario } = situation;
  const input = {
    logGroupName: logGroup,
    filterName: ownFilter(control),
    filterPattern: canonicalPattern(control, options.benchmark),
    metricTransformations: [{ metricName: target.name, metricNamespace: target.namespace, metricValue: '1' }],
  };
  const before = existing && {
    filterPattern: existing.filterPattern,
    metricTransformations: existing.metricTransformations,
  };
  const count = scenario.state.metricFilters.filter(
    (one) => one.account === scope.account && one.region === scope.region && one.logGroupName === logGroup,
  ).length;
  if (!existing && count >= MOST_FILTERS) {
    return blocked(
      `The log group ${logGroup} has ${count} metric filters, and AWS allows ${MOST_FILTERS}.`,
      'Delete one that is not needed.',
    );
  }
  return {
    steps: [
      {
        service: 'logs',
        operation: 'PutMetricFilter',
        scope,
        input,
        why: existing ? 'our filter was changed' : 'no filter counts all of these events, and only these',
        change: before
          ? {
              resource: input.filterName,
              before,
              after: { filterPattern: input.filterPattern, metricTransformations: input.metricTransformations },
            }
          : null,
        foreign: false,
      },
    ],
  };
}
