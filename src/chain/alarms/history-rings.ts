import type { Selectable } from 'kysely';
import type { HistoryRunsTable } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { type Alarm, evaluationOf } from './alarm.ts';
import { ruleOf } from './definition.ts';
import { findAlarm } from './past.ts';
import { pointSourceOf } from './point-source.ts';
import { explain } from './reason.ts';
import { type RingDeps, tell } from './ring.ts';
import { alarmsOf, metricsOfAlarm } from './watched-metrics.ts';
import { rangeLength } from './window.ts';

type Run = Selectable<HistoryRunsTable>;

/**
 * Rings for what an intake run brought of events too old to be judged as they happen: once per alarm,
 * on a line of its own that never touches the alarm's state. A run has a row for each metric; an alarm
 * that reads several of them is judged with the last of their rows, over all of them.
 */
export async function ringForHistory(tx: Tx, deps: RingDeps, { run, metric_id }: Run, now: number): Promise<void> {
  const rows = await tx.db.selectFrom('history_runs').selectAll().where('run', '=', run).execute();
  const row = rows.find((each) => each.metric_id === metric_id);
  if (row?.due_at == null || row.due_at > now) return;
  let isAwaited = false;
  for (const alarm of await alarmsOf(tx.db, metric_id)) {
    if (evaluationOf(alarm.tags) === 'on-schedule') continue;
    const metricIds = await metricsOfAlarm(tx.db, alarm);
    const parts = rows.filter((part) => metricIds.includes(part.metric_id));
    if (parts.some((part) => part !== row && part.due_at !== null)) isAwaited = true;
    else await judgePast(tx, deps, alarm, wholeOf(row, parts), metricIds, now);
  }
  const isLast = rows.every((part) => part === row || part.due_at === null);
  const { db } = tx;
  if (isLast) await db.deleteFrom('history_runs').where('run', '=', run).execute();
  else if (isAwaited)
    await db
      .updateTable('history_runs')
      .set({ due_at: null })
      .where('run', '=', run)
      .where('metric_id', '=', metric_id)
      .execute();
  else await db.deleteFrom('history_runs').where('run', '=', run).where('metric_id', '=', metric_id).execute();
}

/** One span over those of several metrics. */
const wholeOf = (row: Run, parts: readonly Run[]): Run => ({
  ...row,
  first_event_at: Math.min(...parts.map(({ first_event_at }) => first_event_at)),
  last_event_at: Math.max(...parts.map(({ last_event_at }) => last_event_at)),
  last_arrival_at: Math.max(...parts.map(({ last_arrival_at }) => last_arrival_at)),
});

async function judgePast(
  tx: Tx,
  deps: RingDeps,
  alarm: Alarm,
  run: Run,
  metricIds: readonly number[],
  now: number,
): Promise<void> {
  const rule = ruleOf(alarm.definition);
  const length = rangeLength(rule) * rule.period;
  // A range so long that the events are in it is judged by AWS's own rules already.
  if (run.first_event_at > run.last_arrival_at - length) return;
  const range = await findAlarm(tx.db, await pointSourceOf(tx.db, alarm), rule, run.first_event_at, run.last_event_at);
  if (!range) return;
  const until = run.last_event_at + 1;
  const query = { metricIds, from: run.first_event_at, until, run: run.run };
  await tell(tx, deps, alarm, {
    kind: 'history',
    from: alarm.state,
    to: 'ALARM',
    reason: explain(rule, 'ALARM', range, now).reason,
    changedAt: now,
    at: now,
    evidence: await deps.evidenceFor(tx.db, query),
  });
}
