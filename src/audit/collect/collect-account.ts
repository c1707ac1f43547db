import { arnOf, parseArn } from '../../base/scope.ts';
import type { AccountStateInput } from '../state.ts';
import { logGroupOf } from './arn.ts';
import { readAlarms, readMuteRules } from './read-alarms.ts';
import { readLogGroup } from './read-log-group.ts';
import { readRegions, readSecurityHub } from './read-regions.ts';
import { readRules } from './read-rules.ts';
import { readTopic } from './read-topic.ts';
import { readTrails } from './read-trails.ts';
import type { WatchedDoor } from './watched-door.ts';

/** What is looked for in an account. */
export interface Look {
  /** Where the account is asked first: trails, regions. */
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Security Hub costs a call in every region, and only one control asks for it. */
  readonly withSecurityHub: boolean;
  /** Log groups of this account that trails of other accounts deliver to: `region/name`. */
  readonly alsoLogGroups?: readonly string[];
  /** What a repair may have made and no filter leads to: alarms whose names begin so, and a topic of that name. */
  readonly alsoOwn?: { readonly alarmPrefix: string; readonly topic: string };
}

/** The parts of a state that one account's own resources make. */
export type Part = {
  [List in Exclude<keyof AccountStateInput, Optional>]: NonNullable<AccountStateInput[List]>;
} & Pick<AccountStateInput, Optional>;

type Optional = 'enabledRegions' | 'securityHub';

export interface Collected {
  readonly account: string;
  readonly part: Part;
  /** Other accounts whose topics answered this account's caller. */
  readonly topicOwners: readonly string[];
}

/**
 * Reads what one account has of chains: its trails, its own log groups with filters, the alarms beside
 * them, the topics that those alarms and rules name. Read-only calls, all through `door`.
 */
export async function collectAccount(door: WatchedDoor, look: Look): Promise<Collected> {
  const part = emptyPart();
  const regions = await readRegions(door, look.region);
  const others = (regions ?? []).filter((region) => region !== look.region);
  part.trails = await readTrails(door, look.region, others, look.now);
  if (regions) part.enabledRegions = regions;
  const groups = ownLogGroups(door.account, part.trails, look.alsoLogGroups);
  const ruleRegions = new Set([look.region, 'us-east-1', ...(regions ?? []), ...groups.map(({ region }) => region)]);
  const [rules, hub] = await Promise.all([
    Promise.all([...ruleRegions].map((region) => readRules(door, region))),
    look.withSecurityHub && regions ? readSecurityHub(door, regions) : undefined,
    readChains(door, groups, part, look),
  ]);
  part.eventBridgeRules = rules.flat();
  if (hub) part.securityHub = hub;
  const topicOwners = await readTopics(door, part, ownTopics(door.account, look, groups));
  return { account: door.account, part, topicOwners };
}

export const emptyPart = (): Part => ({
  trails: [],
  logGroups: [],
  metricFilters: [],
  alarms: [],
  topics: [],
  subscriptions: [],
  muteRules: [],
  eventBridgeRules: [],
  subscriptionFilters: [],
});

interface GroupPlace {
  readonly region: string;
  readonly name: string;
}

function ownLogGroups(account: string, trails: Part['trails'], also: readonly string[] = []): GroupPlace[] {
  const places = new Set(also);
  for (const { describe } of trails) {
    const target = logGroupOf(describe.CloudWatchLogsLogGroupArn);
    if (target?.account === account) places.add(`${target.region}/${target.name}`);
  }
  return [...places].map((place) => {
    const slash = place.indexOf('/');
    return { region: place.slice(0, slash), name: place.slice(slash + 1) };
  });
}

function ownTopics(account: string, { alsoOwn, region: home }: Look, groups: readonly GroupPlace[]): string[] {
  if (!alsoOwn) return [];
  const regions = new Set([home, ...groups.map(({ region }) => region)]);
  return [...regions].map((region) => arnOf('sns', { account, region }, alsoOwn.topic));
}

/** Log groups with their filters, then the alarms and mute rules of their regions. */
async function readChains(
  door: WatchedDoor,
  groups: readonly GroupPlace[],
  part: Part,
  { now, region: home, alsoOwn }: Look,
): Promise<void> {
  const read = await Promise.all(groups.map(({ region, name }) => readLogGroup(door, region, name)));
  for (const facts of read) {
    part.logGroups.push(...facts.logGroups);
    part.metricFilters.push(...facts.metricFilters);
    part.subscriptionFilters.push(...facts.subscriptionFilters);
  }
  // Of a repair's own alarms all that is known is that they stand beside the log group.
  const own = alsoOwn ? [home, ...groups.map(({ region }) => region)] : [];
  const regions = [...new Set([...part.metricFilters.map(({ region }) => region), ...own])];
  const beside = await Promise.all(
    regions.map(async (region) => {
      const names = part.metricFilters
        .filter((filter) => filter.region === region)
        .flatMap(({ metricTransformations }) => metricTransformations.map(({ metricName }) => metricName));
      return [
        await readAlarms(door, region, { metricNames: new Set(names), prefix: alsoOwn?.alarmPrefix }, now),
        await readMuteRules(door, region),
      ] as const;
    }),
  );
  part.alarms = beside.flatMap(([alarms]) => alarms);
  part.muteRules = beside.flatMap(([, rules]) => rules);
}

/** The topics that alarms and rules name, wherever they are; answers whose foreign topics could be read. */
async function readTopics(door: WatchedDoor, part: Part, own: readonly string[]): Promise<string[]> {
  const named = new Set([
    ...own,
    ...part.alarms.flatMap(({ AlarmActions = [] }) => AlarmActions),
    ...part.eventBridgeRules.flatMap(({ Targets = [] }) => Targets),
  ]);
  const arns = [...named].filter((arn) => parseArn(arn)?.service === 'sns');
  const read = await Promise.all(
    arns.map(async (arn) => [parseArn(arn)!.account, await readTopic(door, arn)] as const),
  );
  const [readable, unreadable] = [new Set<string>(), new Set<string>()];
  for (const [owner, { topics, subscriptions, isDenied }] of read) {
    part.topics.push(...topics);
    part.subscriptions.push(...subscriptions);
    (isDenied ? unreadable : readable).add(owner);
  }
  return [...readable].filter((owner) => owner !== door.account && !unreadable.has(owner));
}
