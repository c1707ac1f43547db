import { arnOf, parseArn } from '../../base/scope.ts';
import type { Alarm } from '../state.ts';
import { countsPlainly, mendFilter } from './mend-filters.ts';
import { OWN_NAMESPACE, OWN_TOPIC, ownAlarm, ownMetric } from './own-names.ts';
import { ringingAlarm } from './ringing-alarm.ts';
import type { Situation } from './situation.ts';
import type { Mend, Step } from './step.ts';

/**
 * A1 to A4: an alarm of our own on the metric that counts the events. Somebody else's alarm stays as it
 * is. Missing data are notBreaching, unlike in the benchmark's command, so that the alarm returns to OK
 * and can ring again.
 */
export function mendAlarm(situation: Situation): Mend {
  const unmute = unmuteSteps(situation);
  if (unmute.length > 0) return { steps: unmute };
  // A metric by dimensions, or of a unit, is one that an alarm may well miss: ours has neither.
  const filter = hasPlainMetric(situation) ? undefined : mendFilter(situation);
  if (filter && 'blocker' in filter) return filter;
  const { steps, arn } = topicFor(situation);
  return { steps: [...(filter?.steps ?? []), ...steps, putAlarm(situation, arn)] };
}

/** A3 where our own alarm would tell, and mute rules keep it silent: these are somebody's, who must name them. */
function unmuteSteps({ finding, ownAlarm: own, scenario, scope }: Situation): Step[] {
  if (finding.brokenLink !== 'A3' || !own?.ActionsEnabled || own.AlarmActions.length === 0) return [];
  const rules = scenario.state.muteRules.filter(
    ({ account, region, MuteTargets }) =>
      account === scope.account && region === scope.region && MuteTargets?.AlarmNames.includes(own.AlarmName),
  );
  return rules.map(({ Name, Rule }) => ({
    service: 'cloudwatch',
    operation: 'DeleteAlarmMuteRule',
    scope,
    input: { AlarmMuteRuleName: Name },
    why: `mute rule ${Name} silences our alarm`,
    change: { resource: Name, before: { Schedule: Rule.Schedule }, after: { Schedule: null } },
    foreign: true,
  }));
}

const hasPlainMetric = ({ filters, ownFilter }: Situation): boolean =>
  [ownFilter, ...filters].some((filter) => filter && countsPlainly(filter));

/** Our own alarm, telling `topicArn`. */
export function putAlarm(situation: Situation, topicArn: string): Step {
  const { control, scope, ownAlarm: existing } = situation;
  const metric = metricOf(situation);
  const wanted = ringingAlarm(metric.namespace, metric.name, topicArn);
  const before = existing && differing(existing, wanted);
  return {
    service: 'cloudwatch',
    operation: 'PutMetricAlarm',
    scope,
    input: { AlarmName: ownAlarm(control), AlarmDescription: control.title, ...wanted },
    why: existing ? 'our alarm was changed' : 'no alarm rings for one of these events',
    change: before ? { resource: ownAlarm(control), ...before } : null,
    foreign: false,
  };
}

/** The members that are to change, as they are and as they shall be. */
function differing(existing: Alarm, wanted: Record<string, unknown>) {
  const now = existing as unknown as Record<string, unknown>;
  const names = Object.keys(wanted).filter((name) => JSON.stringify(now[name]) !== JSON.stringify(wanted[name]));
  return {
    before: Object.fromEntries(names.map((name) => [name, now[name] ?? null])),
    after: Object.fromEntries(names.map((name) => [name, wanted[name]])),
  };
}

/** That of our own filter, else of the chain's. */
function metricOf({ control, filters, ownFilter }: Situation): { namespace: string; name: string } {
  const fed = [ownFilter, ...filters].find((filter) => filter && countsPlainly(filter))?.metricTransformations[0];
  if (!fed) return { namespace: OWN_NAMESPACE, name: ownMetric(control) };
  return { namespace: fed.metricNamespace, name: fed.metricName };
}

/** The topic to tell: the one asked for, one that alarms of the account tell and somebody hears, or our own. */
function topicFor({ options, alarm, scenario, scope }: Situation): { steps: Step[]; arn: string } {
  const { topics, alarms, subscriptions } = scenario.state;
  const isUsable = (arn: string): boolean => {
    const place = parseArn(arn);
    return place?.region === scope.region && topics.some(({ TopicArn }) => TopicArn === arn);
  };
  const isHeard = (arn: string): boolean =>
    subscriptions.some(({ TopicArn, SubscriptionArn }) => TopicArn === arn && SubscriptionArn.startsWith('arn:'));
  const told = [alarm, ...alarms].flatMap((one) => one?.AlarmActions ?? []).filter(isUsable);
  const own = arnOf('sns', scope, OWN_TOPIC);
  const asked = options.topicArn && isUsable(options.topicArn) ? options.topicArn : undefined;
  const found = asked ?? told.find(isHeard) ?? (isUsable(own) ? own : undefined);
  return found ? { steps: [], arn: found } : { steps: [newTopic(scope)], arn: own };
}

export const newTopic = (scope: Step['scope']): Step => ({
  service: 'sns',
  operation: 'CreateTopic',
  scope,
  input: { Name: OWN_TOPIC },
  why: 'there is no topic to tell',
  change: null,
  foreign: false,
});
