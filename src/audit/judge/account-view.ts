import type { Scope } from '../../base/scope.ts';
import { arnOf, parseArn } from '../../base/scope.ts';
import type { Alarm, LogGroup, MetricFilter, MuteRule, Scenario, Subscription, Topic, Trail } from '../state.ts';

/** A scenario with its resources found by what refers to them, and with what may be read. */
export class AccountView {
  readonly scenario: Scenario;
  readonly #readable: ReadonlySet<string>;
  readonly #denied: ReadonlySet<string>;
  readonly #groups: ReadonlyMap<string, readonly LogGroup[]>;
  readonly #filters: ReadonlyMap<string, readonly MetricFilter[]>;
  readonly #feeders: ReadonlyMap<string, readonly MetricFilter[]>;
  readonly #watchers: ReadonlyMap<string, readonly Alarm[]>;
  readonly #alarms: ReadonlyMap<string, readonly Alarm[]>;
  readonly #composites: ReadonlyMap<string, readonly Alarm[]>;
  readonly #topics: ReadonlyMap<string, readonly Topic[]>;
  readonly #subscriptions: ReadonlyMap<string, readonly Subscription[]>;
  readonly #mutes: ReadonlyMap<string, readonly MuteRule[]>;

  constructor(scenario: Scenario) {
    const { state } = scenario;
    this.scenario = scenario;
    this.#readable = new Set(scenario.readableAccounts);
    this.#denied = new Set(scenario.deniedCalls);
    this.#groups = grouped(state.logGroups, (group) => [keyOf(group, group.logGroupName)]);
    this.#filters = grouped(state.metricFilters, (filter) => [keyOf(filter, filter.logGroupName)]);
    this.#feeders = grouped(state.metricFilters, (filter) =>
      filter.metricTransformations.map(({ metricName }) => metricName),
    );
    this.#watchers = grouped(state.alarms, metricNamesOf);
    this.#alarms = grouped(state.alarms, (alarm) => [keyOf(alarm, alarm.AlarmName)]);
    const composites = state.alarms.filter(({ type }) => type === 'composite');
    this.#composites = grouped(composites, (alarm) => [keyOf(alarm, '')]);
    this.#topics = grouped(state.topics, ({ TopicArn }) => [TopicArn]);
    this.#subscriptions = grouped(state.subscriptions, ({ TopicArn }) => [TopicArn]);
    this.#mutes = grouped(state.muteRules, (rule) =>
      (rule.MuteTargets?.AlarmNames ?? []).map((name) => keyOf(rule, name)),
    );
  }

  get account(): string {
    return this.scenario.auditedAccount;
  }

  canRead(account: string): boolean {
    return this.#readable.has(account);
  }

  /** Whether the answer of a call is missing, everywhere or in that place. */
  denies(call: string, { account, region }: Scope): boolean {
    const denied = this.#denied;
    return denied.has(call) || denied.has(`${call}@${account}`) || denied.has(`${call}@${account}/${region}`);
  }

  /** Trails that record the audited account: its own, and those of its organization. */
  get trails(): readonly Trail[] {
    return this.scenario.state.trails.filter(
      ({ describe }) => parseArn(describe.TrailARN)?.account === this.account || describe.IsOrganizationTrail === true,
    );
  }

  logGroup(scope: Scope, name: string): LogGroup | undefined {
    return this.#groups.get(keyOf(scope, name))?.[0];
  }

  filtersOn(scope: Scope, logGroup: string): readonly MetricFilter[] {
    return this.#filters.get(keyOf(scope, logGroup)) ?? [];
  }

  /** Filters of any group, account and region that publish under this metric name. */
  feedersOf(metricName: string): readonly MetricFilter[] {
    return this.#feeders.get(metricName) ?? [];
  }

  /** Metric alarms of any account and region that look at a metric of this name. */
  alarmsOn(metricName: string): readonly Alarm[] {
    return this.#watchers.get(metricName) ?? [];
  }

  alarmNamed(scope: Scope, name: string): Alarm | undefined {
    return this.#alarms.get(keyOf(scope, name))?.[0];
  }

  composites(scope: Scope): readonly Alarm[] {
    return this.#composites.get(keyOf(scope, '')) ?? [];
  }

  topic(arn: string): Topic | undefined {
    return this.#topics.get(arn)?.[0];
  }

  subscriptions(topicArn: string): readonly Subscription[] {
    return this.#subscriptions.get(topicArn) ?? [];
  }

  muteRulesOn(alarm: Alarm): readonly MuteRule[] {
    return this.#mutes.get(keyOf(alarm, alarm.AlarmName)) ?? [];
  }
}

export const arnOfAlarm = (alarm: Alarm): string => arnOf('cloudwatch', alarm, `alarm:${alarm.AlarmName}`);

/** The names of all metrics that an alarm looks at; none for a composite alarm. */
function metricNamesOf({ MetricName, Metrics = [] }: Alarm): string[] {
  const named = Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []);
  return [...new Set(MetricName === undefined ? named : [...named, MetricName])];
}

const keyOf = ({ account, region }: Scope, name: string): string => `${account}/${region}/${name}`;

function grouped<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const known = groups.get(key);
      if (known) known.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}
