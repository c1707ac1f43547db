import type { ChainContext } from '../context.ts';

const DAY = 86_400_000;
/** Days that AWS keeps alarm history. */
export const USUAL_HISTORY_DAYS = 30;
/** Rings are evidence: kept as long as metrics are. */
const RINGS_KEPT = 455 * DAY;
const ROWS_PER_SWEEP = 500;

/**
 * Removes alarm history older than `historyDays` and old rings, a bounded part per call. Resolves to
 * whether there is more to do at once.
 */
export async function sweepAlarmHistory(context: ChainContext, historyDays = USUAL_HISTORY_DAYS): Promise<boolean> {
  const history = await sweep(context, 'alarm_history', historyDays * DAY);
  const rings = await sweep(context, 'rings', RINGS_KEPT);
  const sessions = await sweepToldSessions(context);
  return history || rings || sessions;
}

async function sweep({ store, clock }: ChainContext, table: 'alarm_history' | 'rings', kept: number): Promise<boolean> {
  const due = await store.read
    .selectFrom(table)
    .select('id')
    .where('at', '<', clock.now() - kept)
    .orderBy('at')
    .limit(ROWS_PER_SWEEP)
    .execute();
  if (due.length === 0) return false;
  const ids = due.map(({ id }) => id) as never[];
  await store.write(async ({ db }) => {
    await db.deleteFrom(table).where('id', 'in', ids).execute();
  });
  return due.length === ROWS_PER_SWEEP;
}

/** Which sessions were told of is forgotten with the sessions. */
async function sweepToldSessions({ store }: ChainContext): Promise<boolean> {
  const due = await store.read
    .selectFrom('ring_sessions as told')
    .leftJoin('sessions as session', 'session.id', 'told.session_id')
    .select('told.session_id')
    .distinct()
    .where('session.id', 'is', null)
    .limit(ROWS_PER_SWEEP)
    .execute();
  if (due.length === 0) return false;
  const ids = due.map(({ session_id }) => session_id);
  await store.write(async ({ db }) => {
    await db.deleteFrom('ring_sessions').where('session_id', 'in', ids).execute();
  });
  return due.length === ROWS_PER_SWEEP;
}
