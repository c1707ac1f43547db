import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { watchMetric } from '../metrics/metric.ts';
import { type Alarm, alarmFrom, phaseOf } from './alarm.ts';
import { changeState } from './change-state.ts';
import { type AlarmDefinition, ruleOf } from './definition.ts';
import { noteCreated, noteDeleted, noteUpdated } from './history.ts';
import { INITIAL_REASON } from './reason.ts';
import type { RingDeps } from './ring.ts';
import type { AlarmState } from './rule.ts';
import { nextInstant, openEnd, scheduleOf } from './window.ts';

/** What PutMetricAlarm asks for. */
export interface AlarmDraft {
  readonly definition: AlarmDefinition;
  readonly actionsEnabled: boolean;
  /** Given to a new alarm only: AWS ignores the tags of an update. */
  readonly tags: Readonly<Record<string, string>>;
}

export async function findAlarm(db: Kysely<Tables>, scope: Scope, name: string): Promise<Alarm | undefined> {
  const row = await db
    .selectFrom('alarms')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && alarmFrom(row);
}

/**
 * Makes an alarm, or replaces all of one but its state and tags. A new one is judged at once, a changed
 * one at its next judgement. Resolves to whether it is new.
 */
export async function putAlarm(tx: Tx, scope: Scope, draft: AlarmDraft, now: number): Promise<boolean> {
  const before = await findAlarm(tx.db, scope, draft.definition.AlarmName);
  const metricId = await watchMetric(tx, metricOf(scope, draft.definition), now);
  if (before) await replaceAlarm(tx, before, draft, metricId, now);
  else await createAlarm(tx, scope, draft, metricId, now);
  return before === undefined;
}

/** Removes those alarms of `names` that exist. */
export async function deleteAlarms(tx: Tx, scope: Scope, names: readonly string[], now: number): Promise<void> {
  for (const name of new Set(names)) {
    const alarm = await findAlarm(tx.db, scope, name);
    if (!alarm) continue;
    await tx.db.deleteFrom('alarms').where('id', '=', alarm.id).execute();
    await tx.db.deleteFrom('ring_sessions').where('alarm_id', '=', alarm.id).execute();
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
    const before = await findAlarm(tx.db, scope, name);
    if (!before) continue;
    const alarm: Alarm = { ...before, actionsEnabled: enabled, configuredAt: now };
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
 * Forces a state and runs its actions; the next judgement puts the true one back. Does nothing at all
 * where the alarm is in that state already. Resolves to false for an unknown alarm.
 */
export async function setAlarmState(
  tx: Tx,
  deps: RingDeps,
  scope: Scope,
  name: string,
  forced: ForcedState,
  now: number,
): Promise<boolean> {
  const alarm = await findAlarm(tx.db, scope, name);
  if (!alarm) return false;
  if (alarm.state === forced.state) return true;
  await changeState(tx, deps, alarm, forced, undefined, now);
  await judgeNext(tx, alarm, now);
  tx.onCommit(() => deps.signals.raise('alarms'));
  return true;
}

export async function setTags(tx: Tx, alarm: Alarm, tags: Readonly<Record<string, string>>): Promise<void> {
  await tx.db
    .updateTable('alarms')
    .set({ tags: JSON.stringify(tags) })
    .where('id', '=', alarm.id)
    .execute();
}

const metricOf = (scope: Scope, { Namespace, MetricName, Dimensions }: AlarmDefinition) => ({
  scope,
  namespace: Namespace,
  name: MetricName,
  dimensions: (Dimensions ?? []).map(({ Name, Value }) => [Name, Value] as const),
});

async function createAlarm(tx: Tx, scope: Scope, draft: AlarmDraft, metricId: number, now: number): Promise<void> {
  const row = await tx.db
    .insertInto('alarms')
    .values({
      account: scope.account,
      region: scope.region,
      name: draft.definition.AlarmName,
      kind: 'metric',
      definition: JSON.stringify(draft.definition),
      metric_id: metricId,
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
  await noteCreated(tx, alarmFrom(row));
}

async function replaceAlarm(tx: Tx, before: Alarm, draft: AlarmDraft, metricId: number, now: number): Promise<void> {
  const { definition, actionsEnabled } = draft;
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
  const after: Alarm = { ...before, definition, actionsEnabled, metricId, configuredAt: now };
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
