import type { LiteralVerdict } from '../finding.ts';
import type { Trail } from '../state.ts';
import type { AccountView } from './account-view.ts';
import { folded } from './folded-text.ts';
import { logGroupNamed } from './log-group-name.ts';
import type { Target } from './target.ts';
import { homeOf } from './trail-links.ts';

/** What the audit text of the benchmark, followed word for word by hand, would say. */
export function literalVerdict(view: AccountView, target: Target): LiteralVerdict {
  if (!view.canRead(view.account) || view.denies('cloudtrail:DescribeTrails', homeOfAccount(view)))
    return 'UNADDRESSED';
  const verdicts = view.trails.map((trail) => literalOf(view, trail, target));
  if (verdicts.includes('PASS')) return 'PASS';
  return verdicts.includes('UNADDRESSED') ? 'UNADDRESSED' : 'FAIL';
}

const homeOfAccount = ({ account, scenario }: AccountView) => ({ account, region: scenario.cliRegion });

function literalOf(view: AccountView, trail: Trail, target: Target): LiteralVerdict {
  const { describe, status, EventSelectors, AdvancedEventSelectors } = trail;
  const group = logGroupNamed(describe.CloudWatchLogsLogGroupArn);
  if (describe.IsMultiRegionTrail !== true) return 'FAIL';
  // The text knows neither organizations nor selectors of the advanced kind.
  if (describe.IsOrganizationTrail === true && homeOf(trail).account !== view.account) return 'UNADDRESSED';
  if (!status || isDenied(view, trail)) return 'UNADDRESSED';
  if (status.IsLogging !== true) return 'FAIL';
  if (AdvancedEventSelectors) return 'UNADDRESSED';
  const isAll = (EventSelectors ?? []).some(
    ({ IncludeManagementEvents, ReadWriteType }) =>
      IncludeManagementEvents !== false && (ReadWriteType ?? 'All') === 'All',
  );
  if (!isAll || !group) return 'FAIL';
  if (!view.canRead(group.account) || view.denies('logs:DescribeMetricFilters', group)) return 'UNADDRESSED';
  const wanted = new Set(target.printed.map(folded));
  const metrics = view
    .filtersOn(group, group.name)
    .filter(({ filterPattern }) => wanted.has(folded(filterPattern)))
    .flatMap(({ metricTransformations }) => metricTransformations.slice(0, 1).map(({ metricName }) => metricName));
  if (metrics.length === 0) return 'FAIL';
  if (view.denies('cloudwatch:DescribeAlarms', group)) return 'UNADDRESSED';
  // Its command selects alarms by the metric's name alone.
  const topics = metrics
    .flatMap((name) => view.alarmsOn(name).filter((alarm) => alarm.MetricName === name))
    .filter((alarm) => alarm.account === group.account && alarm.region === group.region)
    .flatMap(({ AlarmActions }) => AlarmActions)
    .filter((action) => /^arn:[^:]+:sns:/.test(action));
  const verdicts = topics.map((topic) => subscribed(view, topic));
  if (verdicts.includes('PASS')) return 'PASS';
  return verdicts.includes('UNADDRESSED') ? 'UNADDRESSED' : 'FAIL';
}

const isDenied = (view: AccountView, trail: Trail): boolean =>
  ['cloudtrail:GetTrailStatus', 'cloudtrail:GetEventSelectors'].some((call) => view.denies(call, homeOf(trail)));

function subscribed(view: AccountView, topic: string): LiteralVerdict {
  const [, , , region = '', account = ''] = topic.split(':');
  if (!view.canRead(account) || view.denies('sns:ListSubscriptionsByTopic', { account, region })) return 'UNADDRESSED';
  const isConfirmed = view.subscriptions(topic).some(({ SubscriptionArn }) => SubscriptionArn.startsWith('arn:'));
  return isConfirmed ? 'PASS' : 'FAIL';
}
