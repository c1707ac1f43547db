import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import type { Evidence } from './evidence.ts';
import { noteStateUpdate, type ToldState } from './history.ts';
import { wakeParents } from './relations.ts';
import { keepRepeating } from './repeat-timer.ts';
import { type RingDeps, type Telling, tell } from './ring.ts';
import { suppress } from './suppression.ts';

/**
 * Moves an alarm into another state: the state itself, its history, its ring and its messages in the
 * caller's transaction, where the composite alarms that depend on it are marked as due too. `path` are
 * the composite alarms, this one last, that led to the change. Resolves to the alarm as it is then.
 */
export async function changeState<A extends AnyAlarm>(
  tx: Tx,
  deps: RingDeps,
  alarm: A,
  to: ToldState,
  evidence: Evidence | undefined,
  now: number,
  path: readonly number[] = [],
): Promise<A> {
  const changed: A = { ...alarm, ...to, stateUpdatedAt: now, stateTransitionedAt: now };
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
  const { state, reason } = to;
  const telling: Telling = { kind: 'transition', from, to: state, reason, changedAt: now, at: now, evidence };
  if (changed.kind === 'composite' && changed.definition.ActionsSuppressor !== undefined)
    await suppress(tx, deps, changed, telling);
  else await tell(tx, deps, changed, telling);
  await wakeParents(tx, deps.signals, changed, path, now);
  await keepRepeating(tx, changed, now);
  return changed;
}
