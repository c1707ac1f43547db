import type { Selectable } from 'kysely';
import type { HistoryRunsTable } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { type Alarm, evaluationOf } from './alarm.ts';
import { changeState } from './change-state.ts';
import { ruleOf } from './definition.ts';
import { findAlarm } from './past.ts';
import { pointSourceOf } from './point-source.ts';
import { explain } from './reason.ts';
import type { RingDeps } from './ring.ts';
import { alarmsOf, metricsOfAlarm } from './watched-metrics.ts';
import { openEnd, rangeLength, scheduleOf } from './window.ts';

const MINUTE = 60_000;

/** The run under which data wait that came after an alarm's range, yet within the hour. */
export const LATE = 'late';

/** Notes late data of a metric until the alarms that judge data at its own time have seen it. */
export async function noteLate(
  tx: Tx,
  arrivals: readonly { readonly metricId: number; readonly at: number }[],
  now: number,
): Promise<void> {
  for (const metricId of new Set(arrivals.map((arrival) => arrival.metricId))) {
    const times = arrivals.filter((arrival) => arrival.metricId === metricId).map(({ at }) => at);
    const known = await tx.db
      .selectFrom('history_runs')
      .selectAll()
      .where('run', '=', LATE)
      .where('metric_id', '=', metricId)
      .executeTakeFirst();
    const noted = {
      first_event_at: Math.min(known?.first_event_at ?? Number.POSITIVE_INFINITY, ...times),
      last_event_at: Math.max(known?.last_event_at ?? 0, ...times),
      last_arrival_at: now,
      due_at: now,
    };
    await tx.db
      .insertInto('history_runs')
      .values({ run: LATE, metric_id: metricId, ...noted })
      .onConflict((conflict) => conflict.columns(['run', 'metric_id']).doUpdateSet(noted))
      .execute();
  }
}

/**
 * Judges late data at its own time, for the alarms tagged so. An alarm that it puts into ALARM stays
 * there as long as if the data had happened on arrival: a delayed feed rings once, as a prompt one does.
 */
export async function judgeLate(tx: Tx, deps: RingDeps, run: Selectable<HistoryRunsTable>, now: number): Promise<void> {
  for (const alarm of await alarmsOf(tx.db, run.metric_id)) {
    if (evaluationOf(alarm.tags) === 'event-time') await judgeOne(tx, deps, alarm, run, now);
  }
  await tx.db.deleteFrom('history_runs').where('run', '=', LATE).where('metric_id', '=', run.metric_id).execute();
}

async function judgeOne(
  tx: Tx,
  deps: RingDeps,
  alarm: Alarm,
  run: Selectable<HistoryRunsTable>,
  now: number,
): Promise<void> {
  const rule = ruleOf(alarm.definition);
  const length = rangeLength(rule) * rule.period;
  const [from, until] = [run.first_event_at, run.last_event_at + MINUTE];
  const range = await findAlarm(tx.db, await pointSourceOf(tx.db, alarm), rule, from, run.last_event_at);
  if (!range) return;
  if (alarm.state !== 'ALARM') {
    const told = { state: 'ALARM', ...explain(rule, 'ALARM', range, now) } as const;
    const metricIds = await metricsOfAlarm(tx.db, alarm);
    const evidence = await deps.evidenceFor(tx.db, { metricIds, from, until });
    await changeState(tx, deps, alarm, told, evidence, now);
  }
  const schedule = scheduleOf(rule, alarm.phase);
  const hold = openEnd(schedule, now) + length;
  await tx.db
    .updateTable('alarms')
    .set({ window_end: Math.max(alarm.judgedTo ?? hold, hold), due_at: now })
    .where('id', '=', alarm.id)
    .execute();
  tx.onCommit(() => deps.signals.raise('alarms'));
}
