import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import { ownTags } from './own-tags.ts';
import { keepRepeating } from './repeat-timer.ts';
import { readTimer, setTimer } from './timers.ts';

/** Rings that somebody is to acknowledge; a repeated or escalated one is about one of these. */
export const ASKING: readonly string[] = ['transition', 'session', 'delayed'];

/**
 * Sets the timers of the tags `trailbell:escalate-1` and `-2` for a ring that somebody was told of. One that
 * is set already stays: it is for an earlier ring that still waits for an answer.
 */
export async function awaitAnswer(
  tx: Tx,
  alarm: AnyAlarm,
  ring: { readonly id: string; readonly kind: string; readonly at: number },
): Promise<void> {
  if (!ASKING.includes(ring.kind)) return;
  for (const { kind, after } of ownTags(alarm.tags).escalations) {
    if (await readTimer(tx.db, alarm.id, kind)) continue;
    await setTimer(tx, alarm.id, kind, ring.at + after, { ringId: ring.id });
  }
  // An acknowledged alarm is not repeated; what is new about it has not been acknowledged.
  if (ring.kind === 'session') await keepRepeating(tx, alarm, ring.at);
}
