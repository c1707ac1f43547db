import type { Kysely } from 'kysely';
import { EventView } from '../../pattern/index.ts';
import type { Tables } from '../../store/tables.ts';
import { happeningOf } from '../../trail/happening.ts';
import { mergeHappening, newSession, type SessionState } from '../../trail/session-state.ts';

/** Beyond this many events a session is told as the metric saw it that counted most of it. */
const MOST_REJOINED = 1_000;

/**
 * What these metrics counted of each of the sessions, in the order asked for. An event that several of
 * them counted is told once.
 */
export async function sessionStates(
  db: Kysely<Tables>,
  metricIds: readonly number[],
  ids: readonly string[],
): Promise<SessionState[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('session_activity')
    .select(['session_id', 'facts'])
    .where('metric_id', 'in', metricIds)
    .where('session_id', 'in', ids)
    .orderBy('metric_id')
    .execute();
  const parts = new Map<string, SessionState[]>();
  for (const { session_id, facts } of rows)
    parts.set(session_id, [...(parts.get(session_id) ?? []), JSON.parse(facts) as SessionState]);
  const states: SessionState[] = [];
  for (const id of ids) {
    const known = parts.get(id) ?? [];
    const state = known.length > 1 ? await rejoined(db, metricIds, id, known) : known[0];
    if (state) states.push(state);
  }
  return states;
}

/** One session of what several metrics counted of it: made anew from its events, as far as all are kept. */
async function rejoined(
  db: Kysely<Tables>,
  metricIds: readonly number[],
  id: string,
  parts: readonly SessionState[],
): Promise<SessionState | undefined> {
  const fullest = parts.toSorted((a, b) => b.events - a.events)[0];
  const counted = parts.reduce((sum, { events }) => sum + events, 0);
  if (counted > MOST_REJOINED) return fullest;
  const rows = await db
    .selectFrom('matches')
    .select(['event_id', 'event_at', 'message'])
    .where('session_id', '=', id)
    .where('metric_id', 'in', metricIds)
    .orderBy('event_at')
    .orderBy('event_id')
    .execute();
  if (rows.length < counted) return fullest;
  const events = new Map(rows.map((row) => [row.event_id, row]));
  let state: SessionState | undefined;
  for (const { message, event_at } of events.values()) {
    const happening = { ...happeningOf(new EventView(message).object), time: event_at };
    state = state ? mergeHappening(state, happening) : newSession(happening, id);
  }
  return state;
}
