import { filterRule } from '../../pattern/index.ts';
import type { AccountView } from './account-view.ts';
import { isFor, type Means, missedBy } from './means.ts';
import type { Target } from './target.ts';
import { isValid } from './valid-pattern.ts';

/** Streams of events that leave one of the log groups (`account/region/name`) for something that may ring. */
export function subscriptionFilterMeans(
  view: AccountView,
  groups: ReadonlySet<string>,
  target: Target,
): readonly Means[] {
  return view.scenario.state.subscriptionFilters.flatMap((filter): Means[] => {
    const { account, region, logGroupName, filterName, filterPattern, destinationArn } = filter;
    if (!view.canRead(account) || !groups.has(`${account}/${region}/${logGroupName}`)) return [];
    const rule = isValid(filterPattern) ? filterRule(filterPattern) : undefined;
    if (!rule || !isFor(rule, target)) return [];
    const name = `Subscription filter ${filterName}`;
    const what = missedBy(rule, target);
    return [{ name, mayRing: true, says: `${name} hands events of ${logGroupName} to ${destinationArn}. ${what}` }];
  });
}
