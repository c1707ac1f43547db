import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import { ruleOf } from './definition.ts';
import type { Evidence } from './evidence.ts';
import { childrenOf } from './relations.ts';
import type { RingDeps } from './ring.ts';
import { metricsOfAlarm } from './watched-metrics.ts';
import { rangeLength } from './window.ts';

/**
 * Who did what since shortly before an alarm entered ALARM, for telling of it again or later. A composite
 * alarm has it from the first of its ringing metric alarms that knows. It names no sessions as told: each
 * new one still rings in its own right.
 */
export async function evidenceSoFar(
  tx: Tx,
  deps: RingDeps,
  alarm: AnyAlarm,
  now: number,
): Promise<Evidence | undefined> {
  if (alarm.state !== 'ALARM') return undefined;
  const sources = alarm.kind === 'composite' ? await childrenOf(tx.db, alarm.id, 'rule') : [alarm];
  const evidence = await firstEvidence(tx, deps, sources, now);
  return evidence && { ...evidence, sessions: [] };
}

/** From the first metric alarm of these that is in ALARM and knows, with the sessions that it tells of. */
export async function firstEvidence(
  tx: Tx,
  deps: RingDeps,
  alarms: readonly AnyAlarm[],
  now: number,
): Promise<Evidence | undefined> {
  for (const alarm of alarms) {
    if (alarm.kind !== 'metric' || alarm.state !== 'ALARM') continue;
    const rule = ruleOf(alarm.definition);
    const from = alarm.stateTransitionedAt - rangeLength(rule) * rule.period;
    const metricIds = await metricsOfAlarm(tx.db, alarm);
    const evidence = await deps.evidenceFor(tx.db, { metricIds, from, until: now + 1 });
    if (evidence) return evidence;
  }
  return undefined;
}
