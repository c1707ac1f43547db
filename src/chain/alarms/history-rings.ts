import type { Selectable } from 'kysely';
import type { HistoryRunsTable } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { type Alarm, alarmFrom, evaluationOf } from './alarm.ts';
import { ruleOf } from './definition.ts';
import { findAlarm } from './past.ts';
import { pointSourceOf } from './point-source.ts';
import { explain } from './reason.ts';
import { type RingDeps, tell } from './ring.ts';
import { rangeLength } from './window.ts';

type Run = Selectable<HistoryRunsTable>;

/**
 * Rings for what an intake run brought of events too old to be judged as they happen: once per alarm,
 * on a line of its own that never touches the alarm's state.
 */
export async function ringForHistory(tx: Tx, deps: RingDeps, run: Run, now: number): Promise<void> {
  const rows = await tx.db
    .selectFrom('alarms')
    .selectAll()
    .where('metric_id', '=', run.metric_id)
    .where('kind', '=', 'metric')
    .orderBy('id')
    .execute();
  for (const row of rows) {
    const alarm = alarmFrom(row);
    if (evaluationOf(alarm.tags) !== 'on-schedule') await judgePast(tx, deps, alarm, run, now);
  }
  await tx.db.deleteFrom('history_runs').where('run', '=', run.run).where('metric_id', '=', run.metric_id).execute();
}

async function judgePast(tx: Tx, deps: RingDeps, alarm: Alarm, run: Run, now: number): Promise<void> {
  const rule = ruleOf(alarm.definition);
  const length = rangeLength(rule) * rule.period;
  // A range so long that the events are in it is judged by AWS's own rules already.
  if (run.first_event_at > run.last_arrival_at - length) return;
  const range = await findAlarm(tx.db, await pointSourceOf(tx.db, alarm), rule, run.first_event_at, run.last_event_at);
  if (!range) return;
  const until = run.last_event_at + 1;
  const query = { metricId: alarm.metricId, from: run.first_event_at, until, run: run.run };
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
