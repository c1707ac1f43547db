import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import { ownTags } from './own-tags.ts';
import { clearTimer, setTimer } from './timers.ts';

/**
 * Sets or takes back the timer of the tag `trailbell:repeat`, after the alarm's state or tags have
 * changed or somebody has acknowledged it. Repeats keep their distance from the entry into ALARM; those
 * missed are not made up for.
 */
export async function keepRepeating(tx: Tx, alarm: AnyAlarm, now: number): Promise<void> {
  const { repeat } = ownTags(alarm.tags);
  if (alarm.state !== 'ALARM' || repeat === undefined || (await isAcknowledged(tx, alarm))) {
    return clearTimer(tx, alarm.id, 'repeat');
  }
  const passed = Math.floor(Math.max(0, now - alarm.stateTransitionedAt) / repeat);
  await setTimer(tx, alarm.id, 'repeat', alarm.stateTransitionedAt + (passed + 1) * repeat);
}

/** Whether somebody has taken on the last that this alarm had to say since it entered its state. */
async function isAcknowledged(tx: Tx, { scope, definition, stateTransitionedAt }: AnyAlarm): Promise<boolean> {
  const last = await tx.db
    .selectFrom('rings')
    .select('acknowledged_at')
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('alarm_name', '=', definition.AlarmName)
    .where('at', '>=', stateTransitionedAt)
    .where('kind', '!=', 'history')
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last !== undefined && last.acknowledged_at !== null;
}
