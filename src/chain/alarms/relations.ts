import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { Signals } from '../signals.ts';
import { type AnyAlarm, anyAlarmFrom, type CompositeAlarm } from './alarm.ts';
import type { Cause } from './composite-cause.ts';
import { setTimer } from './timers.ts';

export type ChildRole = 'rule' | 'suppressor';

/** AWS documents in how many composite alarms one alarm may be. */
const MOST_PARENTS = 150;

/** Writes down what a composite alarm depends on, in place of what was written before. */
export async function relate(
  tx: Tx,
  parentId: number,
  children: readonly AnyAlarm[],
  suppressor: AnyAlarm | undefined,
): Promise<void> {
  await tx.db.deleteFrom('alarm_children').where('parent_id', '=', parentId).execute();
  const rows = [
    ...children.map(({ id }) => ({ parent_id: parentId, child_id: id, role: 'rule' })),
    ...(suppressor ? [{ parent_id: parentId, child_id: suppressor.id, role: 'suppressor' }] : []),
  ];
  if (rows.length === 0) return;
  await tx.db.insertInto('alarm_children').values(rows).execute();
  for (const child of children) await checkParents(tx, child);
}

async function checkParents(tx: Tx, child: AnyAlarm): Promise<void> {
  const { count } = await tx.db
    .selectFrom('alarm_children')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('child_id', '=', child.id)
    .where('role', '=', 'rule')
    .executeTakeFirstOrThrow();
  if (count > MOST_PARENTS)
    throw new Refusal(
      'LimitExceededFault',
      `${child.definition.AlarmName} is in the rules of more than ${MOST_PARENTS} composite alarms`,
    );
}

/** The alarms that a composite alarm depends on, by name. */
export async function childrenOf(db: Kysely<Tables>, parentId: number, role?: ChildRole): Promise<AnyAlarm[]> {
  let query = db
    .selectFrom('alarms')
    .selectAll()
    .where('id', 'in', (sub) => {
      const own = sub.selectFrom('alarm_children').select('child_id').where('parent_id', '=', parentId);
      return role ? own.where('role', '=', role) : own;
    });
  query = query.orderBy('name');
  return (await query.execute()).map(anyAlarmFrom);
}

/** The composite alarms that depend on an alarm, by name. */
export async function parentsOf(db: Kysely<Tables>, childId: number): Promise<AnyAlarm[]> {
  const rows = await db
    .selectFrom('alarms')
    .selectAll()
    .where('id', 'in', (sub) => sub.selectFrom('alarm_children').select('parent_id').where('child_id', '=', childId))
    .orderBy('name')
    .execute();
  return rows.map(anyAlarmFrom);
}

export async function suppressorOf(db: Kysely<Tables>, alarm: CompositeAlarm): Promise<AnyAlarm | undefined> {
  return (await childrenOf(db, alarm.id, 'suppressor'))[0];
}

/**
 * Marks what depends on an alarm as due, in the transaction that changes it. `path` are the composite
 * alarms that led to this change: none of them is judged again for it, so that a cycle comes to rest.
 */
export async function wakeParents(
  tx: Tx,
  signals: Signals,
  alarm: AnyAlarm,
  path: readonly number[],
  now: number,
): Promise<void> {
  const parents = await tx.db.selectFrom('alarm_children').selectAll().where('child_id', '=', alarm.id).execute();
  for (const { parent_id, role } of parents) {
    if (role === 'suppressor') await setTimer(tx, parent_id, 'suppressor', now);
    else if (!path.includes(parent_id)) {
      const cause: Cause = { kind: 'child', child: alarm.id, path };
      await setTimer(tx, parent_id, 'rule', now, cause);
    }
  }
  if (parents.length > 0) tx.onCommit(() => signals.raise('alarms'));
}
