import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import { type AnyAlarm, anyAlarmFrom } from './alarm.ts';

/** The alarm of a name, of whatever kind: names are unique within account and region. */
export async function findAnyAlarm(db: Kysely<Tables>, scope: Scope, name: string): Promise<AnyAlarm | undefined> {
  const row = await db
    .selectFrom('alarms')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && anyAlarmFrom(row);
}
