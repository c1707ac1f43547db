import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import { type Alarm, alarmFrom, evaluationOf, ringsForEverySession } from './alarm.ts';
import { ruleOf } from './definition.ts';
import { mayRingEarly } from './early.ts';
import { noteLate } from './late.ts';
import type { AlarmRule } from './rule.ts';
import { metricsOfAlarm } from './watched-metrics.ts';
import { nextInstant, rangeStart, scheduleOf, windowEnd } from './window.ts';

/** Data that came in: for which metric, and from what time. */
export interface Arrival {
  readonly metricId: number;
  readonly at: number;
  readonly maximum: number;
}

const HOUR = 3_600_000;

/**
 * Marks the alarms on these metrics as due, in the transaction that brings the data, so that none goes
 * unjudged: at once where the data may ring, else at the next judgement.
 */
export async function wakeAlarms(tx: Tx, context: ChainContext, arrivals: readonly Arrival[]): Promise<void> {
  if (arrivals.length === 0) return;
  const now = context.clock.now();
  const ids = [...new Set(arrivals.map(({ metricId }) => metricId))];
  const rows = await tx.db
    .selectFrom('alarms')
    .selectAll()
    .where('id', 'in', ({ selectFrom }) => selectFrom('alarm_metrics').select('alarm_id').where('metric_id', 'in', ids))
    .where('kind', '=', 'metric')
    .execute();
  const alarms = rows.map(alarmFrom);
  const due = new Map<number, number[]>();
  for (const alarm of alarms) {
    const at = wakeTime(alarm, now);
    if (alarm.dueAt === null || alarm.dueAt > at) due.set(at, [...(due.get(at) ?? []), alarm.id]);
  }
  for (const [at, ids] of due) await tx.db.updateTable('alarms').set({ due_at: at }).where('id', 'in', ids).execute();
  await noteLate(tx, await lateArrivals(tx, alarms, arrivals, now), now);
  if (alarms.length > 0) tx.onCommit(() => context.signals.raise('alarms'));
}

function wakeTime(alarm: Alarm, now: number): number {
  const rule = ruleOf(alarm.definition);
  const soon = evaluationOf(alarm.tags) !== 'on-schedule' && mayRingEarly(rule, alarm.state);
  if (soon || ringsForEverySession(alarm.tags)) return now;
  return nextInstant(scheduleOf(rule, alarm.phase), now);
}

/** What came too late for an alarm that judges data at its own time; beyond an hour it is history. */
async function lateArrivals(
  tx: Tx,
  alarms: readonly Alarm[],
  arrivals: readonly Arrival[],
  now: number,
): Promise<Arrival[]> {
  const late: Arrival[] = [];
  for (const alarm of alarms) {
    if (evaluationOf(alarm.tags) !== 'event-time') continue;
    const rule = ruleOf(alarm.definition);
    const start = rangeStart(rule, windowEnd(scheduleOf(rule, alarm.phase), now));
    const old = arrivals.filter(({ at }) => at < start && at >= now - HOUR);
    const metricIds = old.length > 0 ? await metricsOfAlarm(tx.db, alarm) : [];
    late.push(...old.filter((arrival) => metricIds.includes(arrival.metricId) && mayTell(rule, arrival)));
  }
  return late;
}

/** A zero adds nothing to a sum or a maximum: default values must not bring old events up again. */
const mayTell = (rule: AlarmRule, { maximum }: Arrival): boolean =>
  maximum > 0 || rule.statistic.name === 'SampleCount' || !mayRingEarly(rule, 'OK');
