import type { ScenarioInput } from '../state.ts';
import { readScenario, type Scenario } from '../state.ts';
import { logGroupOf } from './arn.ts';
import type { Collected, Part } from './collect-account.ts';
import type { Denial } from './watched-door.ts';

/** What the judge asks of an account whose topics alone are known. */
const NOT_ASKED = ['logs:DescribeLogGroups', 'logs:DescribeMetricFilters', 'cloudwatch:DescribeAlarms'] as const;

/**
 * The scenario of one account: what it has itself, and the chains of the accounts that its trails
 * deliver to, where those were collected too.
 * @param others by account
 * @param isEntered false where the account itself could not be asked at all
 */
export function scenarioOf(
  own: Collected,
  others: ReadonlyMap<string, Collected>,
  denials: readonly Denial[],
  region: string,
  isEntered = true,
): Scenario {
  const owners = new Set(
    own.part.trails.flatMap(({ describe }) => logGroupOf(describe.CloudWatchLogsLogGroupArn)?.account ?? []),
  );
  const chains = [...owners].flatMap((owner) => (owner === own.account ? [] : (others.get(owner) ?? [])));
  const collected = [own, ...chains];
  const readable = new Set(collected.map(({ account }) => account));
  if (!isEntered) readable.delete(own.account);
  const topicOwners = new Set(collected.flatMap(({ topicOwners: named }) => named));
  const onlyTopics = [...topicOwners].filter((owner) => !readable.has(owner));
  const denied = new Set([
    ...denials.map(({ permission, account, region: where }) => `${permission}@${account}/${where}`),
    ...onlyTopics.flatMap((owner) => NOT_ASKED.map((call) => `${call}@${owner}`)),
  ]);
  const input: ScenarioInput = {
    auditedAccount: own.account,
    cliRegion: region,
    readableAccounts: [...readable, ...onlyTopics],
    deniedCalls: [...denied],
    state: merged(
      own.part,
      chains.map(({ part }) => part),
    ),
  };
  return readScenario(JSON.parse(JSON.stringify(input)));
}

/** Trails, regions and Security Hub are the audited account's own; the chains may lie elsewhere. */
function merged(own: Part, chains: readonly Part[]): Part {
  const all = <Name extends 'logGroups' | 'metricFilters' | 'alarms' | 'topics' | 'subscriptions' | 'muteRules'>(
    name: Name,
  ): Part[Name] => [own, ...chains].flatMap((part) => part[name] as never[]) as unknown as Part[Name];
  return {
    ...own,
    logGroups: all('logGroups'),
    metricFilters: all('metricFilters'),
    alarms: all('alarms'),
    topics: distinct(all('topics'), ({ TopicArn }) => TopicArn),
    subscriptions: distinct(all('subscriptions'), (one) => `${one.TopicArn} ${one.SubscriptionArn} ${one.Endpoint}`),
    muteRules: all('muteRules'),
    subscriptionFilters: [own, ...chains].flatMap(({ subscriptionFilters }) => subscriptionFilters),
  };
}

const distinct = <Item>(items: readonly Item[], key: (item: Item) => string): Item[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
];
