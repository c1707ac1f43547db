import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { CompositeAlarm } from './alarm.ts';
import { evidenceSoFar } from './evidence-so-far.ts';
import { suppressorOf } from './relations.ts';
import { type RingDeps, type Telling, tell } from './ring.ts';
import type { AlarmState } from './rule.ts';
import { clearTimer, readTimer, setTimer } from './timers.ts';

export type SuppressedBy = 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod';

/** Actions held back. */
export interface Suppression {
  readonly by: SuppressedBy;
  /** The state before the first change that nobody was told of. */
  readonly from: AlarmState;
}

const SECOND = 1_000;

/**
 * Holds back what a composite alarm with a suppressor would tell: as long as the suppressor is in ALARM,
 * else for the wait period, in which it may yet come to be. A running wait or extension starts anew.
 */
export async function suppress(tx: Tx, deps: RingDeps, alarm: CompositeAlarm, telling: Telling): Promise<void> {
  const before = await readTimer<Suppression>(tx.db, alarm.id, 'suppression');
  const from = before?.detail.from ?? telling.from;
  const suppressor = await suppressorOf(tx.db, alarm);
  if (suppressor?.state === 'ALARM') await hold(tx, alarm, { by: 'Alarm', from }, null);
  else {
    const wait = (alarm.definition.ActionsSuppressorWaitPeriod ?? 0) * SECOND;
    await hold(tx, alarm, { by: 'WaitPeriod', from }, telling.at + wait);
  }
  await tell(tx, deps, alarm, { ...telling, isSuppressed: true });
  tx.onCommit(() => deps.signals.raise('alarms'));
}

/** Follows a change of the suppressor, while actions are held back. */
export async function followSuppressor(tx: Tx, alarm: CompositeAlarm, now: number): Promise<void> {
  const held = await readTimer<Suppression>(tx.db, alarm.id, 'suppression');
  if (!held) return;
  const { by, from } = held.detail;
  const suppressor = await suppressorOf(tx.db, alarm);
  if (suppressor?.state === 'ALARM') {
    if (by !== 'Alarm') await hold(tx, alarm, { by: 'Alarm', from }, null);
  } else if (by === 'Alarm') {
    const extension = (alarm.definition.ActionsSuppressorExtensionPeriod ?? 0) * SECOND;
    const left = suppressor?.stateTransitionedAt ?? now;
    await hold(tx, alarm, { by: 'ExtensionPeriod', from }, left + extension);
  }
}

/** The wait or the extension is over: the actions of the state that the alarm is in now are run. */
export async function endSuppression(tx: Tx, deps: RingDeps, alarm: CompositeAlarm, now: number): Promise<void> {
  const held = await readTimer<Suppression>(tx.db, alarm.id, 'suppression');
  if (!held) return;
  const suppressor = await suppressorOf(tx.db, alarm);
  if (suppressor?.state === 'ALARM') return hold(tx, alarm, { by: 'Alarm', from: held.detail.from }, null);
  await clearTimer(tx, alarm.id, 'suppression');
  await tell(tx, deps, alarm, {
    kind: 'delayed',
    from: held.detail.from,
    to: alarm.state,
    reason: alarm.reason,
    changedAt: alarm.stateTransitionedAt,
    at: now,
    evidence: await evidenceSoFar(tx, deps, alarm, now),
  });
}

/** What holds back the actions of these alarms at the moment, by the ids of those that are held back. */
export async function suppressions(
  db: Kysely<Tables>,
  alarms: readonly CompositeAlarm[],
): Promise<Map<number, SuppressedBy>> {
  if (alarms.length === 0) return new Map();
  const ids = alarms.map(({ id }) => id);
  const rows = await db
    .selectFrom('alarm_timers')
    .selectAll()
    .where('kind', '=', 'suppression')
    .where('alarm_id', 'in', ids)
    .execute();
  return new Map(rows.map(({ alarm_id, detail }) => [alarm_id, (JSON.parse(detail) as Suppression).by]));
}

const hold = (tx: Tx, alarm: CompositeAlarm, suppression: Suppression, until: number | null): Promise<void> =>
  setTimer(tx, alarm.id, 'suppression', until, suppression);
