import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';

/**
 * What may be waiting for an alarm: its composite rule to be judged (`rule`), a look at its suppressor
 * (`suppressor`), the end of a suppression, the next repeated ring, the end of a mute window (`muted`), rings of which
 * it has become known who is behind them (`behind`), the escalation of a ring that nobody has acknowledged.
 */
export type TimerKind = 'rule' | 'suppressor' | 'suppression' | 'repeat' | 'muted' | 'behind' | EscalationKind;

export const ESCALATIONS = ['escalate-1', 'escalate-2'] as const;
export type EscalationKind = (typeof ESCALATIONS)[number];

export interface AlarmTimer<Detail> {
  /** Null while it waits for something else than time. */
  readonly dueAt: number | null;
  readonly detail: Detail;
}

/** Sets an alarm's timer of a kind, in place of one already set. It is in the store, so it survives a restart. */
export async function setTimer(
  tx: Tx,
  alarmId: number,
  kind: TimerKind,
  dueAt: number | null,
  detail: object = {},
): Promise<void> {
  const timer = { due_at: dueAt, detail: JSON.stringify(detail) };
  await tx.db
    .insertInto('alarm_timers')
    .values({ alarm_id: alarmId, kind, ...timer })
    .onConflict((conflict) => conflict.columns(['alarm_id', 'kind']).doUpdateSet(timer))
    .execute();
}

export async function clearTimer(tx: Tx, alarmId: number, kind: TimerKind): Promise<void> {
  await tx.db.deleteFrom('alarm_timers').where('alarm_id', '=', alarmId).where('kind', '=', kind).execute();
}

export async function readTimer<Detail>(
  db: Kysely<Tables>,
  alarmId: number,
  kind: TimerKind,
): Promise<AlarmTimer<Detail> | undefined> {
  const row = await db
    .selectFrom('alarm_timers')
    .selectAll()
    .where('alarm_id', '=', alarmId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row && { dueAt: row.due_at, detail: JSON.parse(row.detail) as Detail };
}
