import type { Tx } from '../../store/writer.ts';
import type { Alarm } from './alarm.ts';
import type { Evidence } from './evidence.ts';
import { type RingDeps, tell } from './ring.ts';
import { metricsOfAlarm } from './watched-metrics.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Bounds one look; the rest is rung for in the next, which follows at once. */
const RINGS_PER_LOOK = 10;

/**
 * Rings once for each sign-in session that the alarm has not told of yet, while it is in ALARM. What is
 * older than an hour is history and rings in its own way. Resolves to whether there are more.
 */
export async function ringNewSessions(tx: Tx, deps: RingDeps, alarm: Alarm, now: number): Promise<boolean> {
  const metricIds = await metricsOfAlarm(tx.db, alarm);
  if (metricIds.length === 0) return false;
  const fresh = await tx.db
    .selectFrom('session_activity as activity')
    .select('activity.session_id')
    .select(({ fn }) => [
      fn.min<number>('activity.first_at').as('first_at'),
      fn.max<number>('activity.last_at').as('last_at'),
    ])
    .where('activity.metric_id', 'in', metricIds)
    .where('activity.last_at', '>=', now - HOUR)
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('ring_sessions as told')
            .select('told.ring_id')
            .whereRef('told.session_id', '=', 'activity.session_id')
            .where('told.alarm_id', '=', alarm.id),
        ),
      ),
    )
    .groupBy('activity.session_id')
    .orderBy('first_at')
    .limit(RINGS_PER_LOOK)
    .execute();
  let told = 0;
  for (const { session_id: session, first_at, last_at } of fresh) {
    const span = { from: first_at, until: last_at + MINUTE };
    const found = await deps.evidenceFor(tx.db, { metricIds, ...span, sessions: [session] });
    if (!found) continue;
    told += 1;
    await ringAgain(tx, deps, alarm, { ...found, sessions: [...new Set([...found.sessions, session])] }, now);
  }
  return told === RINGS_PER_LOOK;
}

const ringAgain = (tx: Tx, deps: RingDeps, alarm: Alarm, evidence: Evidence, now: number) =>
  tell(tx, deps, alarm, {
    kind: 'session',
    from: 'ALARM',
    to: 'ALARM',
    reason: alarm.reason,
    changedAt: alarm.stateTransitionedAt,
    at: now,
    evidence,
  });
