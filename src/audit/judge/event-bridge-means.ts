import { arnOf } from '../../base/scope.ts';
import { eventBridgeRule, type Rule, RuleError } from '../../pattern/index.ts';
import type { EventBridgeRule } from '../state.ts';
import type { AccountView } from './account-view.ts';
import { isFor, type Means, missedBy } from './means.ts';
import type { Target } from './target.ts';
import { topicLinks } from './topic-links.ts';

/** Console sign-ins of root are events of this region, wherever the person is. */
const SIGN_IN_REGION = 'us-east-1';

/** The account's EventBridge rules that look for events of the target, judged by what they mean. */
export function eventBridgeMeans(view: AccountView, target: Target): readonly Means[] {
  const own = view.scenario.state.eventBridgeRules.filter(({ account }) => view.canRead(account));
  const read = own.map((given) => ({ given, rule: ruleOf(given) }));
  const live = read.flatMap(({ given, rule }) => (rule && reaches(view, given).mayRing ? [{ given, rule }] : []));
  return read.flatMap(({ given, rule }): Means[] => {
    const name = `EventBridge rule ${given.Name} (${given.region})`;
    if (!rule) return [{ name, mayRing: false, says: `${name} cannot be read as an event pattern.` }];
    const asIfOn = ruleOf({ ...given, State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' }) ?? rule;
    if (!isFor(asIfOn, target)) return [];
    if (given.State === 'DISABLED') return [{ name, mayRing: false, says: `${name} is disabled.` }];
    const { mayRing, says } = reaches(view, given);
    if (!mayRing) return [{ name, mayRing, says: `${name} ${says}` }];
    const told = [says, missedBy(rule, target), whereOnly(live, view, target)].filter((text) => text !== '');
    return [{ name, mayRing, says: `${name} ${told.join(' ')}` }];
  });
}

function ruleOf({ State, EventPattern }: EventBridgeRule): Rule | undefined {
  try {
    return EventPattern && eventBridgeRule(JSON.stringify({ State, EventPattern }));
  } catch (error) {
    if (error instanceof RuleError) return undefined;
    throw error;
  }
}

/** Rules are regional: an event reaches only the rules of the region that it happened in. */
function whereOnly(
  live: readonly { readonly given: EventBridgeRule; readonly rule: Rule }[],
  view: AccountView,
  target: Target,
): string {
  const regions = new Set(live.filter(({ rule }) => isFor(rule, target)).map(({ given }) => given.region));
  const signIns = target.examples.some((event) => event.eventName === 'ConsoleLogin');
  const missing = (view.scenario.state.enabledRegions ?? []).filter((region) => !regions.has(region));
  if (signIns && !regions.has(SIGN_IN_REGION))
    return `No rule of the kind is in ${SIGN_IN_REGION}, where root signs in.`;
  if (missing.length > 0) return `No rule of the kind is in ${missing.join(', ')}.`;
  return view.scenario.state.enabledRegions ? '' : 'A rule sees the events of its own region only.';
}

/** Whether anybody can hear of it. */
function reaches(view: AccountView, given: EventBridgeRule): { readonly mayRing: boolean; readonly says: string } {
  if (given.Targets.length === 0) return { mayRing: false, says: 'has no target: it tells nobody.' };
  const publisher = {
    says: `EventBridge rule ${given.Name}`,
    arn: arnOf('events', given, `rule/${given.Name}`),
    account: given.account,
    service: 'events.amazonaws.com',
    message: undefined,
  } as const;
  const topics = given.Targets.filter((arn) => /^arn:[^:]+:sns:/.test(arn));
  const others = given.Targets.filter((arn) => !topics.includes(arn));
  const judged = topics.map((topic) => topicLinks(view, publisher, topic).links);
  const faults = judged.map((links) => links.filter(({ status }) => status === 'broken').map(({ says }) => says));
  if (others.length > 0)
    return { mayRing: true, says: `tells ${given.Targets.join(', ')}; what becomes of it there is not seen here.` };
  if (faults.every((each) => each.length > 0))
    return { mayRing: false, says: `reaches nobody. ${faults.flat().join(' ')}` };
  return { mayRing: true, says: `tells ${topics.join(', ')}.` };
}
