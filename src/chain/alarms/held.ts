import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { AnyAlarm } from './alarm.ts';
import { mutedUntil } from './mute-rules.ts';
import { readTimer } from './timers.ts';

/** Whether an alarm's actions are held back now, by a mute rule or by its suppressor. */
export async function isHeld(db: Kysely<Tables>, alarm: AnyAlarm, now: number): Promise<boolean> {
  if (await readTimer(db, alarm.id, 'suppression')) return true;
  return (await mutedUntil(db, alarm.scope, alarm.definition.AlarmName, now)) !== undefined;
}
