import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import { findMetric, type MetricName } from '../metrics/metric.ts';
import { actionsOf } from './actions.ts';
import { type Alarm, type AnyAlarm, alarmFrom, anyAlarmFrom } from './alarm.ts';
import type { AlarmState } from './rule.ts';

export interface AlarmSearch {
  readonly scope: Scope;
  readonly kinds: readonly AnyAlarm['kind'][];
  readonly names?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly state?: string | undefined;
  /** The beginning of an action that it has, for whatever state. */
  readonly actionPrefix?: string | undefined;
  /** The name that the last page ended with. */
  readonly after?: string | undefined;
  readonly limit: number;
}

const ROWS_PER_READ = 500;
const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

/** Alarms by name. */
export async function listAlarms(db: Kysely<Tables>, search: AlarmSearch): Promise<AnyAlarm[]> {
  if (search.names?.length === 0 || search.kinds.length === 0) return [];
  const found: AnyAlarm[] = [];
  let after = search.after;
  // Only actions are not looked for by the database, so that more may have to be read than is found.
  const count = search.actionPrefix === undefined ? Math.min(search.limit, ROWS_PER_READ) : ROWS_PER_READ;
  for (;;) {
    const rows = await readSome(db, search, after, count);
    for (const alarm of rows.map(anyAlarmFrom)) {
      // Names are compared here, because databases do not agree on patterns.
      if (search.prefix !== undefined && !alarm.definition.AlarmName.startsWith(search.prefix)) return found;
      if (hasAction(alarm, search.actionPrefix) && found.push(alarm) === search.limit) return found;
    }
    const last = rows.at(-1);
    if (!last || rows.length < count) return found;
    after = last.name;
  }
}

function readSome(
  db: Kysely<Tables>,
  { scope, kinds, names, prefix, state }: AlarmSearch,
  after: string | undefined,
  count: number,
) {
  let query = db
    .selectFrom('alarms')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('kind', 'in', kinds);
  if (names) query = query.where('name', 'in', names);
  if (prefix !== undefined) query = query.where('name', '>=', prefix);
  if (state !== undefined) query = query.where('state', '=', state);
  if (after !== undefined) query = query.where('name', '>', after);
  return query.orderBy('name').limit(count).execute();
}

const hasAction = ({ definition }: AnyAlarm, prefix: string | undefined): boolean =>
  prefix === undefined ||
  STATES.some((state) => actionsOf(definition, state).some((action) => action.startsWith(prefix)));

/** The alarms on exactly this metric, by name; AWS leaves out those that use it in metric math. */
export async function alarmsOnMetric(db: Kysely<Tables>, metric: MetricName): Promise<Alarm[]> {
  const id = await findMetric(db, metric);
  if (id === undefined) return [];
  const rows = await db
    .selectFrom('alarms')
    .selectAll()
    .where('metric_id', '=', id)
    .where('kind', '=', 'metric')
    .orderBy('name')
    .execute();
  return rows.map(alarmFrom).filter(({ definition }) => definition.Metrics === undefined);
}
