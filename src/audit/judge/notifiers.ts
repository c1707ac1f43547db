import { Refusal } from '../../base/refusal.ts';
import { type CompositeRule, childrenIn, holds } from '../../chain/alarms/composite-rule.ts';
import { parseCompositeRule } from '../../chain/alarms/composite-syntax.ts';
import type { AlarmState } from '../../chain/alarms/rule.ts';
import type { Alarm } from '../state.ts';
import { type AccountView, arnOfAlarm } from './account-view.ts';
import { putAlarmAgain } from './alarm-command.ts';
import { restLink } from './alarm-links.ts';
import { awsCommand } from './command.ts';
import { type Link, linksOf } from './link.ts';
import { mutingBy } from './mute-windows.ts';

/** Composite alarms within composite alarms are followed so deep. */
const DEEPEST = 8;

/** An alarm that tells somebody once the watching alarm enters ALARM: itself, or a composite alarm above it. */
export interface Notifier {
  readonly alarm: Alarm;
  /** Links A3 and A4. */
  readonly links: readonly Link[];
  readonly topics: readonly string[];
}

/** All alarms that may tell of the alarm's change, itself first. */
export function notifiersOf(view: AccountView, alarm: Alarm, now: number): readonly Notifier[] {
  const found = [ownNotifier(view, alarm, now)];
  const seen = new Set([alarm.AlarmName]);
  let level = [alarm];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth += 1) {
    const above = level.flatMap((child) => compositesOver(view, child)).filter(({ AlarmName }) => !seen.has(AlarmName));
    for (const composite of above) {
      seen.add(composite.AlarmName);
      found.push(ownNotifier(view, composite, now));
    }
    level = above;
  }
  return found;
}

const isTopic = (action: string): boolean => /^arn:[^:]+:sns:/.test(action);

function ownNotifier(view: AccountView, alarm: Alarm, now: number): Notifier {
  const topics = [...new Set(alarm.AlarmActions.filter(isTopic))];
  const rest = alarm.type === 'composite' ? [restLink(alarm)] : [];
  return { alarm, topics, links: [notifies(view, alarm, topics, now), ...rest] };
}

function notifies(view: AccountView, alarm: Alarm, topics: readonly string[], now: number): Link {
  const name = alarm.AlarmName;
  const link = linksOf('cloudwatch:DescribeAlarms', arnOfAlarm(alarm));
  if (topics.length === 0 && alarm.AlarmActions.length > 0 && alarm.ActionsEnabled)
    return link.review('A3', `Alarm ${name} notifies no topic, but starts ${alarm.AlarmActions.join(', ')}.`);
  if (topics.length === 0) {
    const elsewhere = alarm.OKActions.some(isTopic) ? ' (it has one for OK, not for ALARM)' : '';
    return link.broken('A3', {
      says: `Alarm ${name} has no topic to tell when it enters ALARM${elsewhere}.`,
      fix: `Give it one as its alarm action (its description must be given again): ${putAlarmAgain(alarm, { AlarmActions: [...alarm.AlarmActions, 'TOPIC_ARN'] })}`,
    });
  }
  if (!alarm.ActionsEnabled)
    return link.broken('A3', {
      says: `The actions of alarm ${name} are switched off.`,
      fix: `Switch them on: ${awsCommand(alarm.region, 'cloudwatch', 'enable-alarm-actions', '--alarm-names', name)}`,
    });
  return suppressed(view, alarm) ?? muted(view, alarm, topics, now);
}

/** A3 where an actions suppressor keeps the alarm silent. */
function suppressed(view: AccountView, alarm: Alarm): Link | undefined {
  if (!alarm.ActionsSuppressor) return undefined;
  const link = linksOf('cloudwatch:DescribeAlarms', arnOfAlarm(alarm));
  const suppressor = view.alarmNamed(
    alarm,
    alarm.ActionsSuppressor.replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, ''),
  );
  if (suppressor?.StateValue !== 'ALARM') return undefined;
  const since = suppressor.stateHours;
  if (since !== undefined && since < 24)
    return link.holds('A3', {
      says: `Alarm ${alarm.AlarmName} is silenced now by its suppressor ${suppressor.AlarmName}.`,
      warnings: ['suppressed-now'],
    });
  return link.broken('A3', {
    says: `Alarm ${alarm.AlarmName} is silenced by its suppressor ${suppressor.AlarmName}, which stays in ALARM.`,
    fix: `Bring alarm ${suppressor.AlarmName} to rest, or take it away as the suppressor of ${alarm.AlarmName}.`,
  });
}

function muted(view: AccountView, alarm: Alarm, topics: readonly string[], now: number): Link {
  const name = alarm.AlarmName;
  const says = `Alarm ${name} tells ${topics.map(topicName).join(', ')} when it enters ALARM.`;
  const call = ['cloudwatch:ListAlarmMuteRules', 'cloudwatch:GetAlarmMuteRule'].find((each) =>
    view.denies(each, alarm),
  );
  if (call) return linksOf(call, arnOfAlarm(alarm)).unknown('A3', `which mute rules silence alarm ${name}`);
  const link = linksOf('cloudwatch:GetAlarmMuteRule', arnOfAlarm(alarm));
  const rules = view.muteRulesOn(alarm);
  const names = rules.map(({ Name }) => Name).join(', ');
  switch (mutingBy(rules, now)) {
    case 'never':
      return linksOf('cloudwatch:DescribeAlarms', arnOfAlarm(alarm)).holds('A3', { says });
    case 'at-times':
      return link.holds('A3', { says: `${says} Mute rule ${names} silences it at times.`, warnings: ['muted-window'] });
    case 'always':
      return link.broken('A3', {
        says: `Mute rule ${names} silences alarm ${name} all the time.`,
        fix: `Remove it: ${awsCommand(alarm.region, 'cloudwatch', 'delete-alarm-mute-rule', '--alarm-mute-rule-name', rules[0]?.Name ?? '')}`,
      });
    case 'unclear':
      return link.review('A3', `When mute rule ${names} silences alarm ${name} is not understood.`);
  }
}

const topicName = (arn: string): string => arn.split(':').at(-1) ?? arn;

/** The composite alarms that enter ALARM because this alarm does, while all others are at rest. */
const compositesOver = (view: AccountView, child: Alarm): readonly Alarm[] =>
  view.composites(child).filter((composite) => {
    const rule = ruleIn(composite);
    return rule !== undefined && followsAlone(rule, child);
  });

function ruleIn({ AlarmRule = '' }: Alarm): CompositeRule | undefined {
  try {
    return parseCompositeRule(AlarmRule.trim());
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function followsAlone(rule: CompositeRule, child: Alarm): boolean {
  const arn = arnOfAlarm(child);
  const isChild = (name: string): boolean => name === child.AlarmName || name === arn;
  if (!childrenIn(rule).some(isChild)) return false;
  return (['OK', 'INSUFFICIENT_DATA'] as const).every((others: AlarmState) => {
    const after = (state: AlarmState): boolean => holds(rule, (name) => (isChild(name) ? state : others));
    return after('ALARM') && !after('OK');
  });
}
