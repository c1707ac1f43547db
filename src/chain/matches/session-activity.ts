import type { Kysely } from 'kysely';
import { PreparedInsert } from '../../store/prepared.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { TimedHappening } from '../../trail/happening.ts';
import { mergeHappening, newSession, type SessionState } from '../../trail/session-state.ts';
import { SESSIONS } from './session-texts.ts';

const ROWS_PER_STATEMENT = 200;

/** One event of a session that a metric counted. */
export interface CountedHappening {
  readonly sessionId: string;
  readonly metricId: number;
  readonly happening: TimedHappening;
}

/**
 * Adds to what each metric counted of each session: exact numbers, also where the matches themselves
 * are no longer all kept.
 */
export async function addActivity(tx: Tx, counted: readonly CountedHappening[]): Promise<void> {
  const states = await stored(tx.db, counted);
  for (const { sessionId, metricId, happening } of counted) {
    const key = keyOf(metricId, sessionId);
    const known = states.get(key)?.state;
    const state = known ? mergeHappening(known, happening) : newSession(happening, sessionId);
    states.set(key, { metricId, state });
  }
  const rows = [...states.values()].map(({ metricId, state }) => ({
    session_id: state.id,
    metric_id: metricId,
    events: state.events,
    first_at: state.firstAt,
    last_at: state.lastAt,
    facts: SESSIONS.write(state),
  }));
  await SAVE.run(tx.db, rows);
}

const SAVE = new PreparedInsert(
  'session_activity',
  ['session_id', 'metric_id', 'events', 'first_at', 'last_at', 'facts'],
  (query) =>
    query.onConflict((conflict) =>
      conflict.columns(['metric_id', 'session_id']).doUpdateSet(({ ref }) => ({
        events: ref('excluded.events'),
        first_at: ref('excluded.first_at'),
        last_at: ref('excluded.last_at'),
        facts: ref('excluded.facts'),
      })),
    ),
);

interface Activity {
  readonly metricId: number;
  readonly state: SessionState;
}

async function stored(db: Kysely<Tables>, counted: readonly CountedHappening[]): Promise<Map<string, Activity>> {
  const wanted = new Set(counted.map(({ metricId, sessionId }) => keyOf(metricId, sessionId)));
  const metrics = [...new Set(counted.map(({ metricId }) => metricId))];
  const sessions = [...new Set(counted.map(({ sessionId }) => sessionId))];
  const states = new Map<string, Activity>();
  for (let start = 0; start < sessions.length; start += ROWS_PER_STATEMENT) {
    const rows = await db
      .selectFrom('session_activity')
      .select(['metric_id', 'session_id', 'facts'])
      .where('metric_id', 'in', metrics)
      .where('session_id', 'in', sessions.slice(start, start + ROWS_PER_STATEMENT))
      .execute();
    for (const { metric_id: metricId, session_id, facts } of rows) {
      const key = keyOf(metricId, session_id);
      if (wanted.has(key)) states.set(key, { metricId, state: SESSIONS.read(facts) });
    }
  }
  return states;
}

const keyOf = (metricId: number, sessionId: string): string => `${metricId} ${sessionId}`;
