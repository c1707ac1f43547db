import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import { evidenceSoFar } from './evidence-so-far.ts';
import { mutedUntil } from './mute-rules.ts';
import type { Muted } from './muted.ts';
import { type RingDeps, tell } from './ring.ts';
import { clearTimer, readTimer, setTimer } from './timers.ts';

/**
 * A mute window of an alarm is over: what it hid is told, if it still is so. An alarm that is back in the
 * state it had before the window tells nothing; its history has all of it.
 */
export async function unmute(tx: Tx, deps: RingDeps, alarm: AnyAlarm, now: number): Promise<void> {
  const muted = await readTimer<Muted>(tx.db, alarm.id, 'muted');
  if (!muted) return;
  const until = await mutedUntil(tx.db, alarm.scope, alarm.definition.AlarmName, now);
  if (until !== undefined) return setTimer(tx, alarm.id, 'muted', until, muted.detail);
  await clearTimer(tx, alarm.id, 'muted');
  const { from, again } = muted.detail;
  // A suppressor that took over in the meantime tells when it lets go.
  if (await readTimer(tx.db, alarm.id, 'suppression')) return;
  if (alarm.state === from && !(again && alarm.state === 'ALARM')) return;
  await tell(tx, deps, alarm, {
    kind: 'delayed',
    from,
    to: alarm.state,
    reason: alarm.reason,
    changedAt: alarm.stateTransitionedAt,
    at: now,
    evidence: await evidenceSoFar(tx, deps, alarm, now),
    muteWindowEnd: muted.dueAt ?? now,
  });
}
