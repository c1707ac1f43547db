import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import { evidenceSoFar } from './evidence-so-far.ts';
import { isHeld } from './held.ts';
import { ownTags } from './own-tags.ts';
import { type RingDeps, tell } from './ring.ts';
import { clearTimer, setTimer } from './timers.ts';

/**
 * Sets or takes back the timer of the tag `trailbell:repeat`, after the alarm's state or tags have
 * changed. Repeats keep their distance from the entry into ALARM; those missed are not made up for.
 */
export async function keepRepeating(tx: Tx, alarm: AnyAlarm, now: number): Promise<void> {
  const { repeat } = ownTags(alarm.tags);
  if (alarm.state !== 'ALARM' || repeat === undefined) return clearTimer(tx, alarm.id, 'repeat');
  const passed = Math.floor(Math.max(0, now - alarm.stateTransitionedAt) / repeat);
  await setTimer(tx, alarm.id, 'repeat', alarm.stateTransitionedAt + (passed + 1) * repeat);
}

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
