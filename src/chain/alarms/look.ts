import type { Tx } from '../../store/writer.ts';
import { type Alarm, alarmFrom, judgeable, ringsForEverySession } from './alarm.ts';
import { changeState } from './change-state.ts';
import { tally } from './decision.ts';
import { advance, type Judgeable, MOST_JUDGEMENTS, type Transition } from './judge.ts';
import { outlookFor } from './outlook.ts';
import { pointSourceOf, readPoints } from './point-source.ts';
import { explain } from './reason.ts';
import type { RingDeps } from './ring.ts';
import { ringNewSessions } from './session-rings.ts';
import { metricsOfAlarm } from './watched-metrics.ts';
import { nextInstant, rangeStart, windowEnd } from './window.ts';

/**
 * Looks at one due alarm: makes the judgements it has missed, rings, and writes down when to look
 * again. Does nothing for an alarm that is not due any more.
 */
export async function lookAt(tx: Tx, deps: RingDeps, id: number, now: number): Promise<void> {
  const row = await tx.db.selectFrom('alarms').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || row.due_at === null || row.due_at > now) return;
  const before = alarmFrom(row);
  const judged = judgeable(before, await outlookFor(tx.db, before, now));
  const since = row.due_at;
  const points = await pointsFor(tx, before, judged, since, now);
  const { standing, transitions, next } = advance(judged, before, points, since, now, before.judgedTo === undefined);
  let alarm = before;
  for (const transition of transitions) alarm = await follow(tx, deps, alarm, judged, transition, now);
  const isMore =
    alarm.state === 'ALARM' && ringsForEverySession(alarm.tags) && (await ringNewSessions(tx, deps, alarm, now));
  await tx.db
    .updateTable('alarms')
    .set({ window_end: standing.judgedTo ?? null, due_at: isMore ? now : (next ?? null) })
    .where('id', '=', id)
    .execute();
}

/** Everything from the first range involved on; data may be stamped ahead of time. */
async function pointsFor(tx: Tx, alarm: Alarm, { rule, schedule }: Judgeable, since: number, now: number) {
  const earliest = Math.max(since, now - MOST_JUDGEMENTS * schedule.step);
  const end = Math.min(windowEnd(schedule, nextInstant(schedule, earliest)), windowEnd(schedule, now));
  return readPoints(tx.db, await pointSourceOf(tx.db, alarm), rangeStart(rule, end), Number.MAX_SAFE_INTEGER);
}

async function follow(
  tx: Tx,
  deps: RingDeps,
  alarm: Alarm,
  { rule }: Judgeable,
  { to, range, end, at }: Transition,
  now: number,
): Promise<Alarm> {
  const { reason, reasonData } = explain(rule, to, range, at);
  const oldest = tally(rule, range).used.at(-1);
  const evidence =
    to === 'ALARM' && oldest
      ? await deps.evidenceFor(tx.db, {
          metricIds: await metricsOfAlarm(tx.db, alarm),
          from: oldest.start,
          until: end,
        })
      : undefined;
  return changeState(tx, deps, alarm, { state: to, reason, reasonData }, evidence, now);
}
