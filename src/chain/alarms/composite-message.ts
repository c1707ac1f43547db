import type { Scope } from '../../base/scope.ts';
import type { CompositeDefinition } from './composite-definition.ts';
import { actions, detail } from './email-text.ts';
import { type JsonValue, longTime, offsetTime, writeJson } from './java-text.ts';
import { alarmArn } from './notification.ts';
import { regionName } from './region-name.ts';
import type { AlarmState } from './rule.ts';

/** A change of state of a composite alarm, as a notification tells it. */
export interface CompositeRing {
  readonly scope: Scope;
  readonly definition: CompositeDefinition;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  /** JSON text; the children that decided are in it, unless somebody forced the state. */
  readonly reasonData: string | null;
  readonly changedAt: number;
  readonly afterMuteWindow: boolean;
}

interface Child {
  readonly arn: string;
  readonly value: string;
  readonly timestamp: string;
}

const MOST_CHILDREN_IN_MAIL = 10;

/** The JSON that CloudWatch publishes for a composite alarm, members in AWS's order. */
export function compositeJson(ring: CompositeRing, trailbell?: JsonValue): string {
  const { definition, scope } = ring;
  return writeJson({
    AlarmName: definition.AlarmName,
    AlarmDescription: definition.AlarmDescription ?? null,
    AWSAccountId: scope.account,
    NewStateValue: ring.to,
    NewStateReason: ring.reason,
    StateChangeTime: offsetTime(ring.changedAt),
    Region: regionName(scope.region),
    AlarmArn: alarmArn(scope, definition.AlarmName),
    OldStateValue: ring.from,
    ActionExecutedAfterMuteWindow: ring.afterMuteWindow,
    OKActions: definition.OKActions ?? [],
    AlarmActions: definition.AlarmActions ?? [],
    InsufficientDataActions: definition.InsufficientDataActions ?? [],
    AlarmRule: definition.AlarmRule,
    TriggeringChildren: childrenOf(ring).map(({ arn, value, timestamp }) => ({
      Arn: arn,
      State: { Value: value, Timestamp: timestamp },
    })),
    Trailbell: trailbell,
  });
}

/** The text of CloudWatch's mail for a composite alarm, as recorded on AWS; `told` (who did what) comes first. */
export function compositeEmail(ring: CompositeRing, told?: string): string {
  const { definition, scope } = ring;
  const time = longTime(ring.changedAt);
  const name = definition.AlarmName;
  const children = childrenOf(ring).slice(0, MOST_CHILDREN_IN_MAIL);
  return [
    ...(told ? [told, ''] : []),
    `You are receiving this email because your Amazon CloudWatch Alarm "${name}" in the ${regionName(scope.region)} region has transitioned to ${ring.to} state on ${time}, because "${ring.reason}".`,
    '',
    'View this alarm in the AWS Management Console:',
    `https://${scope.region}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${scope.region}#alarmsV2:alarm/${encodeURIComponent(name)}`,
    '',
    'Alarm Details:',
    detail('Name', name),
    detail('Description', definition.AlarmDescription ?? ''),
    detail('State Change', `${ring.from} -> ${ring.to}`),
    detail('Alarm Rule', definition.AlarmRule),
    detail('Reason for State Change', ring.reason),
    detail('Timestamp', time),
    detail('AWS Account', scope.account),
    detail('Alarm Arn', alarmArn(scope, name)),
    '',
    `Triggering children (max. ${MOST_CHILDREN_IN_MAIL}):`,
    ...children.map(({ arn, value, timestamp }) => `- ${arn}: ${value} at ${timestamp}`),
    '',
    'State Change Actions:',
    `- OK: ${actions(definition.OKActions)}`,
    `- ALARM: ${actions(definition.AlarmActions)}`,
    `- INSUFFICIENT_DATA: ${actions(definition.InsufficientDataActions)}`,
    '',
  ].join('\n');
}

/** A forced state brings reason data of any shape: what is no list of alarms names no children. */
function childrenOf({ reasonData }: CompositeRing): Child[] {
  if (reasonData === null) return [];
  const { triggeringAlarms } = (JSON.parse(reasonData) ?? {}) as { triggeringAlarms?: unknown };
  if (!Array.isArray(triggeringAlarms)) return [];
  return triggeringAlarms.flatMap(
    (child: { arn?: unknown; state?: { value?: unknown; timestamp?: unknown } } | null) => {
      const { arn, state } = child ?? {};
      const known = [arn, state?.value, state?.timestamp].every((part) => typeof part === 'string');
      return known ? { arn: String(arn), value: String(state?.value), timestamp: String(state?.timestamp) } : [];
    },
  );
}
