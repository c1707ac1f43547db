import type { Ids } from '../../base/ids.ts';
import { arnOf, parseArn } from '../../base/scope.ts';
import type { Tx } from '../../store/writer.ts';
import { type Silence, silenceOver } from '../answers/silences.ts';
import type { Signals } from '../signals.ts';
import type { Publish } from '../topics/publication.ts';
import { actionsOf } from './actions.ts';
import type { AnyAlarm } from './alarm.ts';
import { awaitAnswer } from './await-answer.ts';
import { compositeEmail, compositeJson } from './composite-message.ts';
import { ringEmail } from './email-text.ts';
import type { Evidence, EvidenceFor } from './evidence.ts';
import { noteAction } from './history.ts';
import type { JsonValue } from './java-text.ts';
import { mutedUntil } from './mute-rules.ts';
import { mute } from './muted.ts';
import { ringJson, ringSms, ringSubject } from './notification.ts';
import { ownTags } from './own-tags.ts';
import { noteRingChanges } from './ring-changes.ts';
import type { AlarmState } from './rule.ts';

/** What telling of an alarm needs. */
export interface RingDeps {
  readonly ids: Ids;
  readonly signals: Signals;
  readonly publish: Publish;
  readonly evidenceFor: EvidenceFor;
}

/**
 * `repeat`: by the tag `trailbell:repeat`. `delayed`: what a mute window or a suppressor had held back. `update`: an
 * earlier ring once more, as more of its story has become known. `escalation`: what nobody has acknowledged, for the next topic.
 */
export type RingKind = 'transition' | 'session' | 'history' | 'repeat' | 'delayed' | 'update' | 'escalation';

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
  /** Kept as a ring, told to nobody: the alarm's suppressor holds it back. */
  readonly isSuppressed?: boolean;
  /** Of an update: the ring that it brings up to date. */
  readonly updates?: { readonly id: string; readonly kind: RingKind };
  /** The end of the mute window that had held it back. */
  readonly muteWindowEnd?: number;
  /** These are told, and not those of the alarm's actions. */
  readonly topics?: readonly string[];
}

/** The `Trailbell` member of a message. */
type Member = { readonly [name: string]: JsonValue | undefined };

/** SNS takes 256 kB in all. */
const LARGEST_MESSAGE = 262_144;

/**
 * Tells of an alarm: publishes to the actions of the state it enters, keeps the ring and what became of
 * each action, all in the caller's transaction. Entering ALARM is always kept as a ring, so that it
 * shows even where nobody is told, as in a mute window; other states ring only where they have actions.
 */
export async function tell(tx: Tx, deps: RingDeps, alarm: AnyAlarm, telling: Telling): Promise<void> {
  const wanted = await actionsToRun(tx, alarm, telling);
  if (telling.to !== 'ALARM' && wanted.length === 0) return;
  const id = telling.updates?.id ?? deps.ids.uuid();
  const headline = telling.evidence?.headline ?? headlineOf(alarm, telling);
  const { severity, runbook } = ownTags(alarm.tags);
  const updates = telling.updates?.kind;
  const member: Member = {
    ring: telling.kind,
    id,
    updates,
    headline,
    severity,
    runbook,
    ...telling.evidence?.detail,
  };
  const silence = await silenceOf(tx, alarm, telling, { severity, detail: member });
  const actions = silence ? [] : wanted;
  const message = messageOf(alarm, telling, member, headline);
  const published: object[] = [];
  for (const arn of actions) {
    const outcome = await act(tx, deps, alarm, telling, arn, message, id);
    const failure = 'failure' in outcome ? outcome.failure : null;
    published.push({ arn, ...outcome });
    const { changedAt, at, muteWindowEnd } = telling;
    await noteAction(tx, alarm, { arn, message, failure, muteWindowEnd }, changedAt, at);
  }
  if (telling.updates) await bringUpToDate(tx, id, headline, member, published);
  else await keep(tx, alarm, telling, { id, headline, member, published, silencedBy: silence?.id ?? null });
  await noteRingChanges(tx, [id], telling.at);
  await rememberSessions(tx, alarm, telling.evidence?.sessions ?? [], id);
  if (telling.to === 'ALARM' && actions.length > 0) await awaitAnswer(tx, alarm, { id, ...telling });
  tx.onCommit(() => deps.signals.raise('rings'));
}

interface Told {
  readonly id: string;
  readonly headline: string;
  readonly member: Member;
  readonly published: readonly object[];
  readonly silencedBy: string | null;
}

async function keep(
  tx: Tx,
  alarm: AnyAlarm,
  telling: Telling,
  { id, headline, member, published, silencedBy }: Told,
): Promise<void> {
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
      silenced_by: silencedBy,
    })
    .execute();
}

/** The ring keeps its time and kind; what it tells is now the newest, and the new messages belong to it too. */
async function bringUpToDate(tx: Tx, id: string, headline: string, member: JsonValue, published: readonly object[]) {
  const row = await tx.db.selectFrom('rings').select('published').where('id', '=', id).executeTakeFirst();
  const before = row ? (JSON.parse(row.published) as object[]) : [];
  await tx.db
    .updateTable('rings')
    .set({ headline, detail: JSON.stringify(member), published: JSON.stringify([...before, ...published]) })
    .where('id', '=', id)
    .execute();
}

/** None where they are switched off, held back by a suppressor, or muted, which is kept in mind. */
async function actionsToRun(tx: Tx, alarm: AnyAlarm, telling: Telling): Promise<string[]> {
  const actions = wantedActions(alarm, telling);
  if (!alarm.actionsEnabled || telling.isSuppressed || actions.length === 0) return [];
  const until = await mutedUntil(tx.db, alarm.scope, alarm.definition.AlarmName, telling.at);
  if (until === undefined) return actions;
  await mute(tx, alarm, telling, actions, until);
  return [];
}

function wantedActions({ definition, tags }: AnyAlarm, { from, to, topics }: Telling): string[] {
  if (topics) return [...topics];
  const ended = from === 'ALARM' && to === 'OK' && ownTags(tags).tellsEnd === true;
  return [...new Set([...actionsOf(definition, to), ...(ended ? actionsOf(definition, 'ALARM') : [])])];
}

/** Somebody's word that nobody is to be told of this. The ring is kept and shown all the same. */
function silenceOf(
  tx: Tx,
  { scope, definition }: AnyAlarm,
  { at }: Telling,
  { severity, detail }: { readonly severity: string | undefined; readonly detail: Member },
): Promise<Silence | undefined> {
  return silenceOver(tx.db, { ...scope, alarm: definition.AlarmName, severity, detail }, at);
}

async function act(
  tx: Tx,
  { publish }: RingDeps,
  alarm: AnyAlarm,
  { kind, to }: Telling,
  arn: string,
  message: string,
  ringId: string,
): Promise<{ messageId: string } | { failure: string }> {
  const service = parseArn(arn)?.service;
  if (service !== 'sns')
    return { failure: `Trailbell publishes to SNS topics; it does not run actions of ${service}.` };
  const subject = ringSubject(to, alarm.definition.AlarmName, alarm.scope.region, prefixOf(kind));
  const source = {
    account: alarm.scope.account,
    arn: arnOf('cloudwatch', alarm.scope, `alarm:${alarm.definition.AlarmName}`),
  };
  return publish(tx, { topicArn: arn, subject, message, structure: 'json', ringId, source });
}

/** The texts by protocol, without the events where they would not fit. */
function messageOf(alarm: AnyAlarm, telling: Telling, member: Member, headline: string): string {
  const whole = textsOf(alarm, telling, member, telling.evidence?.text ?? headline);
  if (Buffer.byteLength(whole) <= LARGEST_MESSAGE) return whole;
  const { ring, id, updates, severity, runbook, total, sessionTotal } = member;
  // Whoever gets it must still find the whole, and be able to take it on.
  const rest = { ring, id, updates, headline, severity, runbook, total, sessionTotal, truncated: true };
  return textsOf(alarm, telling, rest, headline);
}

function textsOf(alarm: AnyAlarm, telling: Telling, member: JsonValue, told: string): string {
  const { definition, scope } = alarm;
  const { to, kind } = telling;
  return JSON.stringify({
    default: jsonOf(alarm, telling, to === 'ALARM' ? member : undefined),
    sms: ringSms(to, definition.AlarmName, scope.region, prefixOf(kind)),
    email: emailOf(alarm, telling, to === 'ALARM' ? [told, ...advice(alarm)].join('\n') : undefined),
  });
}

function jsonOf(alarm: AnyAlarm, telling: Telling, member: JsonValue | undefined): string {
  const afterMuteWindow = telling.muteWindowEnd !== undefined;
  return alarm.kind === 'composite'
    ? compositeJson({ ...alarm, ...telling, afterMuteWindow }, member)
    : ringJson({ ...alarm, ...telling, afterMuteWindow }, member);
}

function emailOf(alarm: AnyAlarm, telling: Telling, told: string | undefined): string {
  return alarm.kind === 'composite'
    ? compositeEmail({ ...alarm, ...telling, afterMuteWindow: false }, told)
    : ringEmail({ ...alarm, ...telling }, told);
}

/** What the alarm's tags have to say to the people it wakes. */
function advice({ tags }: AnyAlarm): string[] {
  const { severity, runbook } = ownTags(tags);
  return [
    ...(severity === undefined ? [] : [`Severity: ${severity}`]),
    ...(runbook === undefined ? [] : [`What to do: ${runbook}`]),
  ];
}

const PREFIXES: Readonly<Partial<Record<RingKind, string>>> = {
  history: '[history] ',
  update: '[update] ',
  escalation: '[escalation] ',
};

const prefixOf = (kind: RingKind): string => PREFIXES[kind] ?? '';

function headlineOf({ definition }: AnyAlarm, { to, reason }: Telling): string {
  return `${definition.AlarmName} is in ${to}: ${reason}`;
}

async function rememberSessions(tx: Tx, alarm: AnyAlarm, sessions: readonly string[], ringId: string): Promise<void> {
  for (const session of sessions)
    await tx.db
      .insertInto('ring_sessions')
      .values({ alarm_id: alarm.id, session_id: session, ring_id: ringId })
      .onConflict((conflict) => conflict.columns(['alarm_id', 'session_id']).doUpdateSet({ ring_id: ringId }))
      .execute();
}
