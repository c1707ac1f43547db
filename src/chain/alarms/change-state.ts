import type { Tx } from '../../store/writer.ts';
import type { Alarm } from './alarm.ts';
import type { Evidence } from './evidence.ts';
import { noteStateUpdate, type ToldState } from './history.ts';
import { type RingDeps, tell } from './ring.ts';

/**
 * Moves an alarm into another state: the state itself, its history, its ring and its messages in the
 * caller's transaction. Resolves to the alarm as it is then.
 */
export async function changeState(
  tx: Tx,
  deps: RingDeps,
  alarm: Alarm,
  to: ToldState,
  evidence: Evidence | undefined,
  now: number,
): Promise<Alarm> {
  const changed: Alarm = { ...alarm, ...to, stateUpdatedAt: now, stateTransitionedAt: now };
  await tx.db
    .updateTable('alarms')
    .set({
      state: to.state,
      state_reason: to.reason,
      state_reason_data: to.reasonData,
      state_updated_at: now,
      state_transitioned_at: now,
    })
    .where('id', '=', alarm.id)
    .execute();
  await noteStateUpdate(tx, alarm, alarm, to, now);
  const { state: from } = alarm;
  await tell(tx, deps, changed, {
    kind: 'transition',
    from,
    to: to.state,
    reason: to.reason,
    changedAt: now,
    at: now,
    evidence,
  });
  return changed;
}
