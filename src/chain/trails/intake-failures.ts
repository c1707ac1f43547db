import type { Kysely } from 'kysely';
import { keepSetting, settingOf } from '../../store/settings.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';

/** A source of records that cannot be read at the moment. */
export interface IntakeFailure {
  /** Such as `folder /var/cloudtrail`. */
  readonly source: string;
  readonly since: number;
  readonly error: string;
}

const SETTING = 'intake-failures';

/** What brings no records at the moment although it should. */
export async function intakeFailures(db: Kysely<Tables>): Promise<readonly IntakeFailure[]> {
  return JSON.parse((await settingOf(db, SETTING)) ?? '[]') as IntakeFailure[];
}

/** Notes that a source cannot be read, or with `error` null that it can again. */
export async function noteIntake(tx: Tx, source: string, error: string | null, now: number): Promise<void> {
  const known = await intakeFailures(tx.db);
  const before = known.find((one) => one.source === source);
  const others = known.filter((one) => one.source !== source);
  const kept = error === null ? others : [...others, { source, since: before?.since ?? now, error }];
  await keepSetting(tx, SETTING, JSON.stringify(kept));
}

/** Forgets failures of sources that are not read any more, as after a start with other folders. */
export async function forgetIntakes(tx: Tx, sources: readonly string[]): Promise<void> {
  const known = await intakeFailures(tx.db);
  const kept = known.filter(({ source }) => sources.includes(source));
  if (kept.length < known.length) await keepSetting(tx, SETTING, JSON.stringify(kept));
}

/** What CloudTrail would call the latest delivery error; undefined while all can be read. */
export const deliveryErrorOf = (failures: readonly IntakeFailure[]): string | undefined =>
  failures.length === 0
    ? undefined
    : failures.map(({ source, error }) => `${source} cannot be read: ${error}`).join('; ');
