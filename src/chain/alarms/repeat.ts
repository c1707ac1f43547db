import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import { evidenceSoFar } from './evidence-so-far.ts';
import { isHeld } from './held.ts';
import { ownTags } from './own-tags.ts';
import { keepRepeating } from './repeat-timer.ts';
import { type RingDeps, tell } from './ring.ts';

/** Rings again for an alarm that is still in ALARM. While its actions are held back, it only waits on. */
export async function ringRepeatedly(tx: Tx, deps: RingDeps, alarm: AnyAlarm, now: number): Promise<void> {
  await keepRepeating(tx, alarm, now);
  if (alarm.state !== 'ALARM' || ownTags(alarm.tags).repeat === undefined) return;
  if (!alarm.actionsEnabled || (await isHeld(tx.db, alarm, now))) return;
  await tell(tx, deps, alarm, {
    kind: 'repeat',
    from: 'ALARM',
    to: 'ALARM',
    reason: alarm.reason,
    changedAt: alarm.stateTransitionedAt,
    at: now,
    evidence: await evidenceSoFar(tx, deps, alarm, now),
  });
}
