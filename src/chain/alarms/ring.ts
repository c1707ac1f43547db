import type { Ids } from '../../base/ids.ts';
import { parseArn } from '../../base/scope.ts';
import type { Tx } from '../../store/writer.ts';
import type { Signals } from '../signals.ts';
import type { Publish } from '../topics/publication.ts';
import { actionsOf } from './actions.ts';
import type { Alarm } from './alarm.ts';
import { ringEmail } from './email-text.ts';
import type { Evidence, EvidenceFor } from './evidence.ts';
import { noteAction } from './history.ts';
import type { JsonValue } from './java-text.ts';
import { type Ring as RingStory, ringJson, ringSms, ringSubject } from './notification.ts';
import type { AlarmState } from './rule.ts';

/** What telling of an alarm needs. */
export interface RingDeps {
  readonly ids: Ids;
  readonly signals: Signals;
  readonly publish: Publish;
  readonly evidenceFor: EvidenceFor;
}

export type RingKind = 'transition' | 'session' | 'history';

/** One thing to tell. */
export interface Telling {
  readonly kind: RingKind;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  /** When the alarm entered the state; a ring while ringing keeps the first time. */
  readonly changedAt: number;
  readonly at: number;
  readonly evidence: Evidence | undefined;
}

/** SNS takes 256 kB in all. */
const LARGEST_MESSAGE = 262_144;

/**
 * Tells of an alarm: publishes to the actions of the state it enters, keeps the ring and what became of
 * each action, all in the caller's transaction. Entering ALARM is always kept as a ring, so that it
 * shows even where nobody is told; other states ring only where they have actions.
 */
export async function tell(tx: Tx, deps: RingDeps, alarm: Alarm, telling: Telling): Promise<void> {
  const actions = alarm.actionsEnabled ? [...new Set(actionsOf(alarm.definition, telling.to))] : [];
  if (telling.to !== 'ALARM' && actions.length === 0) return;
  const id = deps.ids.uuid();
  const headline = telling.evidence?.headline ?? headlineOf(alarm, telling);
  const member: JsonValue = { ring: telling.kind, id, headline, ...telling.evidence?.detail };
  const message = messageOf(alarm, telling, member, headline);
  const published: object[] = [];
  for (const arn of actions) {
    const outcome = await act(tx, deps, alarm, telling, arn, message, id);
    const failure = 'failure' in outcome ? outcome.failure : null;
    published.push({ arn, ...outcome });
    await noteAction(tx, alarm, { arn, message, failure }, telling.changedAt, telling.at);
  }
  await tx.db
    .insertInto('rings')
    .values({
      id,
      account: alarm.scope.account,
      region: alarm.scope.region,
      alarm_name: alarm.definition.AlarmName,
      kind: telling.kind,
      old_state: telling.from,
      new_state: telling.to,
      at: telling.at,
      headline,
      detail: JSON.stringify(member),
      published: JSON.stringify(published),
    })
    .execute();
  await rememberSessions(tx, alarm, telling.evidence?.sessions ?? [], id);
  tx.onCommit(() => deps.signals.raise('rings'));
}

async function act(
  tx: Tx,
  { publish }: RingDeps,
  alarm: Alarm,
  { kind, to }: Telling,
  arn: string,
  message: string,
  ringId: string,
): Promise<{ messageId: string } | { failure: string }> {
  const service = parseArn(arn)?.service;
  if (service !== 'sns')
    return { failure: `Trailbell publishes to SNS topics; it does not run actions of ${service}.` };
  const subject = ringSubject(to, alarm.definition.AlarmName, alarm.scope.region, prefixOf(kind));
  return publish(tx, { topicArn: arn, subject, message, structure: 'json', ringId });
}

/** The texts by protocol, without the events where they would not fit. */
function messageOf(alarm: Alarm, telling: Telling, member: JsonValue, headline: string): string {
  const whole = textsOf(alarm, telling, member, telling.evidence?.text ?? headline);
  if (Buffer.byteLength(whole) <= LARGEST_MESSAGE) return whole;
  const { kind } = telling;
  return textsOf(alarm, telling, { ring: kind, headline, truncated: true }, headline);
}

function textsOf(alarm: Alarm, telling: Telling, member: JsonValue, told: string): string {
  const { definition, scope, configuredAt } = alarm;
  const { from, to, reason, changedAt, kind } = telling;
  const story: RingStory = { scope, definition, configuredAt, from, to, reason, changedAt };
  const isAlarm = to === 'ALARM';
  return JSON.stringify({
    default: ringJson(story, isAlarm ? member : undefined),
    sms: ringSms(to, definition.AlarmName, scope.region, prefixOf(kind)),
    email: ringEmail(story, isAlarm ? told : undefined),
  });
}

const prefixOf = (kind: RingKind): string => (kind === 'history' ? '[history] ' : '');

function headlineOf({ definition }: Alarm, { to, reason }: Telling): string {
  return `${definition.AlarmName} is in ${to}: ${reason}`;
}

async function rememberSessions(tx: Tx, alarm: Alarm, sessions: readonly string[], ringId: string): Promise<void> {
  for (const session of sessions)
    await tx.db
      .insertInto('ring_sessions')
      .values({ alarm_id: alarm.id, session_id: session, ring_id: ringId })
      .onConflict((conflict) => conflict.columns(['alarm_id', 'session_id']).doUpdateSet({ ring_id: ringId }))
      .execute();
}
