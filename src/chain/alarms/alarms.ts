import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { type Alarm, type AnyAlarm, alarmFrom, phaseOf } from './alarm.ts';
import { changeState } from './change-state.ts';
import { type AlarmDefinition, ruleOf } from './definition.ts';
import { findAnyAlarm } from './find-alarm.ts';
import { noteCreated, noteDeleted, noteUpdated } from './history.ts';
import { INITIAL_REASON } from './reason.ts';
import { parentsOf } from './relations.ts';
import { keepRepeating } from './repeat-timer.ts';
import type { RingDeps } from './ring.ts';
import type { AlarmState } from './rule.ts';
import { firstWatched, keepWatched, type WatchedMetrics, watchMetrics } from './watched-metrics.ts';
import { nextInstant, openEnd, scheduleOf } from './window.ts';

/** What PutMetricAlarm asks for. */
export interface AlarmDraft {
  readonly definition: AlarmDefinition;
  readonly actionsEnabled: boolean;
  /** Given to a new alarm only: AWS ignores the tags of an update. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The metric alarm of a name. */
export async function findAlarm(db: Kysely<Tables>, scope: Scope, name: string): Promise<Alarm | undefined> {
  const alarm = await findAnyAlarm(db, scope, name);
  return alarm?.kind === 'metric' ? alarm : undefined;
}

/**
 * Makes an alarm, or replaces all of one but its state and tags. A new one is judged at once, a changed
 * one at its next judgement. Resolves to whether it is new.
 */
export async function putAlarm(tx: Tx, scope: Scope, draft: AlarmDraft, now: number): Promise<boolean> {
  const before = await findAnyAlarm(tx.db, scope, draft.definition.AlarmName);
  if (before?.kind === 'composite')
    throw new Refusal(
      'ValidationError',
      `${draft.definition.AlarmName} is a composite alarm; a metric alarm needs another name`,
    );
  const watched = await watchMetrics(tx, scope, draft.definition, now);
  if (before) await replaceAlarm(tx, before, draft, watched, now);
  else await createAlarm(tx, scope, draft, watched, now);
  return before === undefined;
}

/**
 * Removes those alarms of `names` that exist.
 * @throws Refusal ValidationError where a composite alarm depends on one, or more than one is composite.
 */
export async function deleteAlarms(tx: Tx, scope: Scope, names: readonly string[], now: number): Promise<void> {
  const alarms: AnyAlarm[] = [];
  for (const name of new Set(names)) {
    const alarm = await findAnyAlarm(tx.db, scope, name);
    if (alarm) alarms.push(alarm);
  }
  if (alarms.filter(({ kind }) => kind === 'composite').length > 1)
    throw new Refusal('ValidationError', 'At most one composite alarm can be deleted in one request.');
  for (const { id, definition } of alarms)
    if ((await parentsOf(tx.db, id)).length > 0)
      throw new Refusal(
        'ValidationError',
        `Cannot delete ${definition.AlarmName} as there are composite alarm(s) depending on it.`,
      );
  for (const alarm of alarms) {
    await tx.db.deleteFrom('alarms').where('id', '=', alarm.id).execute();
    await tx.db.deleteFrom('alarm_metrics').where('alarm_id', '=', alarm.id).execute();
    await tx.db.deleteFrom('ring_sessions').where('alarm_id', '=', alarm.id).execute();
    await tx.db.deleteFrom('alarm_timers').where('alarm_id', '=', alarm.id).execute();
    await tx.db.deleteFrom('alarm_children').where('parent_id', '=', alarm.id).execute();
    await noteDeleted(tx, alarm, now);
  }
}

/** Switches the actions of those alarms of `names` that exist. Nothing is told for a state already held. */
export async function enableActions(
  tx: Tx,
  scope: Scope,
  names: readonly string[],
  enabled: boolean,
  now: number,
): Promise<void> {
  for (const name of new Set(names)) {
    const before = await findAnyAlarm(tx.db, scope, name);
    if (!before) continue;
    const alarm: AnyAlarm = { ...before, actionsEnabled: enabled, configuredAt: now };
    await tx.db
      .updateTable('alarms')
      .set({ actions_enabled: enabled ? 1 : 0, configured_at: now })
      .where('id', '=', alarm.id)
      .execute();
    await noteUpdated(tx, before, alarm);
  }
}

/** A state forced by hand. */
export interface ForcedState {
  readonly state: AlarmState;
  readonly reason: string;
  /** JSON text. */
  readonly reasonData: string | null;
}

/**
 * Forces a state and runs its actions; the next judgement puts the true one back, which for a composite
 * alarm comes with the next change of a child. Does nothing at all where the alarm is in that state
 * already. Resolves to false for an unknown alarm.
 */
export async function setAlarmState(
  tx: Tx,
  deps: RingDeps,
  scope: Scope,
  name: string,
  forced: ForcedState,
  now: number,
): Promise<boolean> {
  const alarm = await findAnyAlarm(tx.db, scope, name);
  if (!alarm) return false;
  if (alarm.state === forced.state) return true;
  await changeState(tx, deps, alarm, forced, undefined, now);
  if (alarm.kind === 'metric') await judgeNext(tx, alarm, now);
  tx.onCommit(() => deps.signals.raise('alarms'));
  return true;
}

/** Replaces an alarm's tags; a repeated ring that they ask for, or no more, is seen to. */
export async function setTags(
  tx: Tx,
  alarm: AnyAlarm,
  tags: Readonly<Record<string, string>>,
  now: number,
): Promise<void> {
  await tx.db
    .updateTable('alarms')
    .set({ tags: JSON.stringify(tags) })
    .where('id', '=', alarm.id)
    .execute();
  await keepRepeating(tx, { ...alarm, tags }, now);
}

async function createAlarm(
  tx: Tx,
  scope: Scope,
  draft: AlarmDraft,
  watched: WatchedMetrics,
  now: number,
): Promise<void> {
  const row = await tx.db
    .insertInto('alarms')
    .values({
      account: scope.account,
      region: scope.region,
      name: draft.definition.AlarmName,
      kind: 'metric',
      definition: JSON.stringify(draft.definition),
      metric_id: firstWatched(watched),
      actions_enabled: draft.actionsEnabled ? 1 : 0,
      state: 'INSUFFICIENT_DATA',
      state_reason: INITIAL_REASON,
      state_reason_data: null,
      state_updated_at: now,
      state_transitioned_at: now,
      configured_at: now,
      created_at: now,
      tags: JSON.stringify(draft.tags),
      phase: phaseOf(now),
      window_end: null,
      due_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await keepWatched(tx, row.id, watched);
  await noteCreated(tx, alarmFrom(row));
}

async function replaceAlarm(
  tx: Tx,
  before: Alarm,
  draft: AlarmDraft,
  watched: WatchedMetrics,
  now: number,
): Promise<void> {
  const { definition, actionsEnabled } = draft;
  const metricId = firstWatched(watched);
  await tx.db
    .updateTable('alarms')
    .set({
      definition: JSON.stringify(definition),
      actions_enabled: actionsEnabled ? 1 : 0,
      metric_id: metricId,
      configured_at: now,
    })
    .where('id', '=', before.id)
    .execute();
  await keepWatched(tx, before.id, watched);
  const after: Alarm = { ...before, definition, actionsEnabled, metricId: metricId ?? 0, configuredAt: now };
  await judgeNext(tx, after, now);
  await noteUpdated(tx, before, after);
}

/**
 * Sees to it that the alarm's next judgement takes place, even if it was at rest, or held in ALARM by
 * late data.
 */
async function judgeNext(tx: Tx, alarm: Alarm, now: number): Promise<void> {
  const schedule = scheduleOf(ruleOf(alarm.definition), alarm.phase);
  const next = nextInstant(schedule, now + 1);
  const latest = openEnd(schedule, now);
  await tx.db
    .updateTable('alarms')
    .set({ window_end: latest })
    .where('id', '=', alarm.id)
    .where('window_end', '>', latest)
    .execute();
  await tx.db
    .updateTable('alarms')
    .set({ due_at: next })
    .where('id', '=', alarm.id)
    .where(({ eb, or }) => or([eb('due_at', 'is', null), eb('due_at', '>', next)]))
    .execute();
}
