import type { Alarm, Trail } from '../state.ts';
import { type AccountView, arnOfAlarm } from './account-view.ts';
import { reactionLink, restLink } from './alarm-links.ts';
import { alarmMessage } from './alarm-message.ts';
import type { Coverages } from './coverage.ts';
import { filterLinks, noFilter } from './filter-links.ts';
import { type Link, linksOf } from './link.ts';
import { type LogGroupName, logGroupNamed } from './log-group-name.ts';
import { type MetricFamily, metricFamilies, metricNameOf } from './metric-family.ts';
import { notifiersOf } from './notifiers.ts';
import { outcomeOf, type Path } from './path.ts';
import type { Target } from './target.ts';
import { topicLinks } from './topic-links.ts';
import { isMissing, trailLinks } from './trail-links.ts';
import { noWatcher, type Watcher, watchersOf } from './watchers.ts';

export interface WalkSettings {
  readonly now: number;
  readonly deliveryHours: number;
  readonly ignoreRetired: boolean;
}

/** All that a walk needs to know. */
export interface Walk {
  readonly view: AccountView;
  readonly target: Target;
  readonly proofs: Coverages;
  readonly settings: WalkSettings;
}

/** So many ways are followed from one trail; no real account has nearly as many. */
const MOST_PATHS = 2_000;

/** Every way that events of the target may take from a trail towards a subscriber. */
export function pathsFrom(walk: Walk, trail: Trail): readonly Path[] {
  const { view, target, settings } = walk;
  const group = logGroupNamed(trail.describe.CloudWatchLogsLogGroupArn);
  const head = trailLinks(view, trail, group, target, settings);
  const names = { trail: trail.describe.TrailARN, ...(group && { logGroup: group.arn }) };
  if (!group) return [{ links: head, names }];
  const tails = pathsFromGroup(walk, group);
  return tails.map((tail) => ({ ...tail, links: [...head, ...tail.links], names: { ...names, ...tail.names } }));
}

function pathsFromGroup(walk: Walk, group: LogGroupName): readonly Path[] {
  const { view, target, proofs, settings } = walk;
  const readable = groupLink(view, group);
  if (readable?.status === 'unknown') return [{ links: [readable], names: {} }];
  if (isMissing(view, group)) return [{ links: [noFilter(group, target)], names: {} }];
  const head = readable ? [readable] : [];
  if (view.denies('logs:DescribeMetricFilters', group)) {
    const unread = linksOf('logs:DescribeMetricFilters', group.arn).unknown(
      'F1',
      `the metric filters of ${group.name}`,
    );
    return [{ links: [...head, unread], names: {} }];
  }
  const paths: Path[] = [];
  for (const family of metricFamilies(group, view.filtersOn(group, group.name))) {
    const links = filterLinks(view, group, family, target, proofs, settings);
    if (links[0]?.status === 'broken') continue;
    const names = {
      filters: [...new Set(family.feeders.map(({ filter }) => filter.filterName))],
      metric: metricNameOf(family),
    };
    for (const tail of pathsFromFamily(walk, family)) {
      paths.push({ ...tail, links: [...head, ...links, ...tail.links], names: { ...names, ...tail.names } });
      if (paths.length >= MOST_PATHS) return paths;
    }
  }
  if (paths.length === 0) return [{ links: [...head, noFilter(group, target)], names: {} }];
  const together = takenTogether(walk, group, paths);
  return together ? [...paths, together] : paths;
}

/** L1; undefined where nothing speaks against the group but that it is not listed. */
function groupLink(view: AccountView, group: LogGroupName): Link | undefined {
  const link = linksOf('logs:DescribeLogGroups', group.arn);
  if (!view.canRead(group.account)) {
    const whose = `log group ${group.name}, which lies in account ${group.account}`;
    return link.unknown('L1', whose);
  }
  const found = view.logGroup(group, group.name);
  const isFiltered = view.filtersOn(group, group.name).length > 0;
  if (!found && !isFiltered && view.denies('logs:DescribeLogGroups', group))
    return link.unknown('L1', `log group ${group.name}`);
  if (found?.logGroupClass !== undefined && found.logGroupClass !== 'STANDARD')
    return link.broken('L1', {
      says: `Log group ${group.name} is of class ${found.logGroupClass}, which cannot have metric filters.`,
      fix: 'Let the trail deliver to a log group of class STANDARD; the class of a group cannot be changed.',
    });
  return link.holds('L1', { says: `Log group ${group.name} (${group.region}) can be read.` });
}

function pathsFromFamily(walk: Walk, family: MetricFamily): readonly Path[] {
  const { view, target, proofs } = walk;
  const watchers = watchersOf(view, family, target, proofs);
  if (watchers.length > 0) return watchers.flatMap((watcher) => pathsFromAlarm(walk, watcher));
  if (view.denies('cloudwatch:DescribeAlarms', family)) {
    const unread = linksOf('cloudwatch:DescribeAlarms', metricNameOf(family));
    return [{ links: [unread.unknown('A1', `the alarms on ${metricNameOf(family)}`)], names: {} }];
  }
  return [{ links: [noWatcher(view, family, target)], names: {} }];
}

function pathsFromAlarm({ view, settings }: Walk, watcher: Watcher): readonly Path[] {
  const { alarm, link, patterns } = watcher;
  const reaction = reactionLink(view, watcher);
  const head = [link, ...(reaction ? [reaction] : [])];
  const names = { alarm: arnOfAlarm(alarm) };
  return notifiersOf(view, alarm, settings.now).flatMap((notifier): Path[] => {
    const [first, ...rest] = notifier.links;
    const links = [...head, ...(first ? [first] : []), restLink(alarm), ...rest];
    const told = notifier.alarm === alarm ? names : { ...names, composite: arnOfAlarm(notifier.alarm) };
    if (notifier.topics.length === 0) return [{ links, names: told, patterns }];
    return notifier.topics.map((topic) => pathToTopic(view, notifier.alarm, topic, { links, names: told, patterns }));
  });
}

function pathToTopic(view: AccountView, alarm: Alarm, topic: string, path: Path): Path {
  const publisher = {
    says: `alarm ${alarm.AlarmName}`,
    arn: arnOfAlarm(alarm),
    account: alarm.account,
    service: 'cloudwatch.amazonaws.com',
    message: alarmMessage(alarm),
  } as const;
  const { links, subscription } = topicLinks(view, publisher, topic);
  const subscriber =
    subscription && `${subscription.Protocol}:${subscription.Endpoint ?? subscription.SubscriptionArn}`;
  return {
    ...path,
    links: [...path.links, ...links],
    names: { ...path.names, topic, ...(subscriber !== undefined && { subscription: subscriber }) },
  };
}

/** Several whole chains of one group may match together what each of them matches only in part. */
function takenTogether({ target, proofs }: Walk, group: LogGroupName, paths: readonly Path[]): Path | undefined {
  const partial = paths.filter(
    (path) => outcomeOf({ ...path, links: path.links.filter(({ code }) => code !== 'F2') }) === 'whole',
  );
  if (partial.length < 2 || partial.some((path) => outcomeOf(path) === 'whole')) return undefined;
  const patterns = [...new Set(partial.flatMap((path) => path.patterns ?? []))];
  if (proofs.of(patterns, target).covers !== 'yes') return undefined;
  const filters = [...new Set(partial.flatMap(({ names }) => names.filters ?? []))];
  const [first] = partial;
  const covered = linksOf('logs:DescribeMetricFilters', group.arn).holds('F2', {
    says: `${filters.join(', ')} match every event together, each with an alarm of its own.`,
    warnings: ['split-chains'],
  });
  return (
    first && {
      ...first,
      names: { ...first.names, filters },
      links: first.links.map((link) => (link.code === 'F2' ? covered : link)),
    }
  );
}
