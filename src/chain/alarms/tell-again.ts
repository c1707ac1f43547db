import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import type { Evidence } from './evidence.ts';
import { isHeld } from './held.ts';
import { childrenOf } from './relations.ts';
import { type RingDeps, type RingKind, tell } from './ring.ts';
import { clearTimer, readTimer } from './timers.ts';
import { metricsOfAlarm } from './watched-metrics.ts';

const MINUTE = 60_000;

/**
 * Tells rings again whose story has a new part, such as who is behind central root access: the same message under
 * the ring's own id, with `"ring": "update"`, so that whoever knows the ring can bring his own up to date. A composite
 * alarm has the story from the first of its metric alarms that knows, as its ring had.
 */
export async function tellAgain(tx: Tx, deps: RingDeps, alarm: AnyAlarm, now: number): Promise<void> {
  const timer = await readTimer<{ rings?: readonly string[] }>(tx.db, alarm.id, 'behind');
  await clearTimer(tx, alarm.id, 'behind');
  for (const id of timer?.detail.rings ?? []) {
    const ring = await tx.db.selectFrom('rings').selectAll().where('id', '=', id).executeTakeFirst();
    const found = ring && (await storyOf(tx, deps, alarm, id));
    // Another part of the story may have come first, and told the same already.
    if (!found || namedIn(found.detail) <= namedIn(JSON.parse(ring.detail) as object)) continue;
    await tell(tx, deps, alarm, {
      kind: 'update',
      updates: { id, kind: ring.kind as RingKind },
      from: 'ALARM',
      to: 'ALARM',
      reason: alarm.reason,
      changedAt: alarm.stateTransitionedAt,
      at: now,
      evidence: { ...found, sessions: [] },
      // What was held back is told in full when that ends; what was silenced is told to nobody, then or later.
      isSuppressed: ring.silenced_by !== null || (alarm.kind === 'composite' && (await isHeld(tx.db, alarm, now))),
    });
  }
}

async function storyOf(tx: Tx, deps: RingDeps, alarm: AnyAlarm, ringId: string): Promise<Evidence | undefined> {
  const sources = alarm.kind === 'composite' ? await childrenOf(tx.db, alarm.id, 'rule') : [alarm];
  for (const source of sources) {
    if (source.kind !== 'metric') continue;
    const metricIds = await metricsOfAlarm(tx.db, source);
    const span = await spanOf(tx, alarm, ringId, metricIds);
    const found = span && (await deps.evidenceFor(tx.db, { metricIds, ...span }));
    if (found) return found;
  }
  return undefined;
}

/** Of how many sessions it is said who is behind them. */
function namedIn({ sessions }: { readonly sessions?: unknown }): number {
  const list: unknown[] = Array.isArray(sessions) ? sessions : [];
  return list.filter((session) => (session as { behind?: object } | null)?.behind !== undefined).length;
}

/** The sessions that a ring told of, from the first of their events to the last. */
async function spanOf({ db }: Tx, alarm: AnyAlarm, ringId: string, metricIds: readonly number[]) {
  const rows = await db
    .selectFrom('ring_sessions')
    .innerJoin('session_activity', 'session_activity.session_id', 'ring_sessions.session_id')
    .select(['ring_sessions.session_id', 'session_activity.first_at', 'session_activity.last_at'])
    .where('ring_sessions.alarm_id', '=', alarm.id)
    .where('ring_sessions.ring_id', '=', ringId)
    .where('session_activity.metric_id', 'in', metricIds)
    .execute();
  if (rows.length === 0) return undefined;
  return {
    sessions: [...new Set(rows.map(({ session_id }) => session_id))],
    from: Math.min(...rows.map(({ first_at }) => first_at)),
    until: Math.max(...rows.map(({ last_at }) => last_at)) + MINUTE,
  };
}
