import { canonicalPattern } from '../controls/control.ts';
import { logGroupNamed } from '../judge/log-group-name.ts';
import type { Target } from '../judge/target.ts';
import { comeInOrder, literally, ownAlarms, ownFilters, type Scanner } from './scanner.ts';

/** Joins trail, filter, alarm and topic by names, and compares the filter's text in the printed order with the printed quotes. */
export const turbot: Scanner = {
  tool: 'Turbot (Powerpipe, Steampipe)',
  as: 'turbot/steampipe-mod-aws-compliance, December 2025',
  opinion(view, target) {
    const { trails, subscriptions } = view.scenario.state;
    const place = { account: view.account, region: view.scenario.cliRegion };
    if (view.denies('logs:DescribeMetricFilters', place))
      return { says: 'UNKNOWN', why: 'A denied call is an error of the query.' };
    const recording = trails.filter(
      ({ describe, status, EventSelectors = [] }) =>
        describe.IsMultiRegionTrail === true &&
        status?.IsLogging === true &&
        EventSelectors.some(({ ReadWriteType }) => ReadWriteType === 'All'),
    );
    if (recording.length === 0)
      return {
        says: 'FAIL',
        why: 'No multi-region trail is logging with a basic selector for All; advanced selectors are not read.',
      };
    const groups = new Set(
      recording.flatMap(({ describe }) => logGroupNamed(describe.CloudWatchLogsLogGroupArn)?.name ?? []),
    );
    const wanted = printedTerms(target);
    const metrics = new Set(
      ownFilters(view)
        .filter(({ logGroupName, filterPattern }) => groups.has(logGroupName) && comeInOrder(filterPattern, wanted))
        .flatMap(({ metricTransformations: [first] }) => first?.metricName ?? []),
    );
    if (metrics.size === 0)
      return { says: 'FAIL', why: 'No filter has the printed terms in the printed order with the printed quotes.' };
    const topics = new Set(
      ownAlarms(view)
        .filter(({ MetricName }) => MetricName !== undefined && metrics.has(MetricName))
        .flatMap(({ AlarmActions }) => AlarmActions),
    );
    const own = subscriptions.filter(({ TopicArn }) => TopicArn.split(':')[4] === view.account);
    return own.some(({ TopicArn }) => topics.has(TopicArn))
      ? {
          says: 'PASS',
          why: 'Names of group, metric and topic fit together. It reads no region, namespace, threshold or confirmation.',
        }
      : {
          says: 'FAIL',
          why: 'No alarm with a metric of that name has an action on a topic with a subscription, pending or not.',
        };
  },
};

/** Every comparison of the printed pattern, in its order. */
function printedTerms({ control }: Target): readonly RegExp[] {
  // Its text for route tables is that of the remediation.
  const printed = canonicalPattern(control, control.slug === 'route-table-changes' ? '2.0.0' : '5.0.0');
  const terms = printed.matchAll(/(\$\.[A-Za-z.]+)\s*(!=|=|NOT EXISTS)\s*("[^"]*"|[^\s()"]+)?/g);
  return [...terms].map(([, selector = '', operator = '', value = '']) => {
    const wanted = operator === 'NOT EXISTS' ? ' NOT EXISTS' : `\\s*${operator}\\s*${literally(value)}`;
    return new RegExp(`${literally(selector)}${wanted}`);
  });
}
