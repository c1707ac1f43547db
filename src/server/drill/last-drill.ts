import type { Kysely } from 'kysely';
import { firstSetting, keepSetting, settingOf } from '../../store/settings.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { DrillReport } from './follow-drill.ts';

/** The last drill of the schedule, as the status tells of it. */
export interface LastDrill {
  readonly id: string;
  readonly at: number;
  readonly outcome: DrillReport['outcome'];
  /** Why it did not ring; null where it did. */
  readonly failed: string | null;
}

const SETTING = 'drill';
const SINCE = 'drill-schedule-since';

export async function lastDrill(db: Kysely<Tables>): Promise<LastDrill | null> {
  const kept = await settingOf(db, SETTING);
  return kept === undefined ? null : (JSON.parse(kept) as LastDrill);
}

export const saveLastDrill = (tx: Tx, drill: LastDrill): Promise<void> =>
  keepSetting(tx, SETTING, JSON.stringify(drill));

/** When a store without any drill first had a schedule, which is now unless it had one before. */
export const scheduledSince = async (tx: Tx, now: number): Promise<number> =>
  Number(await firstSetting(tx, SINCE, String(now)));
