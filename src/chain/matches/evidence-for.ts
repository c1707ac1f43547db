import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { AccountNames } from '../../trail/account-names.ts';
import { headline, sessionSummary } from '../../trail/headline.ts';
import type { FindAutomation } from '../../trail/known-automation.ts';
import type { SessionState } from '../../trail/session-state.ts';
import type { SessionWords } from '../../trail/session-words.ts';
import type { Evidence, EvidenceQuery } from '../alarms/evidence.ts';
import { MATCHES_PER_MINUTE } from './match-store.ts';
import { grantsOf } from './root-grants.ts';
import { type ToldEvent, toldEvent, toldLine } from './told-event.ts';
import { sessionStates } from './told-sessions.ts';

/** Sessions and events that a message tells of; the rest is counted. */
const TOLD = 20;

/** Sessions that one ring can be said to have told of. */
const MOST_SESSIONS = 5_000;

/**
 * Who did what, as far as some metrics counted it in a window: a sentence, sign-in sessions, events and
 * totals. The sessions tell these metrics' own part of what they did, each event once. Undefined when
 * the metrics counted no log event there.
 */
export async function evidenceFor(
  db: Kysely<Tables>,
  query: EvidenceQuery,
  known: Known = NOTHING_KNOWN,
): Promise<Evidence | undefined> {
  if (query.sessions?.length === 0 || query.metricIds.length === 0) return undefined;
  const sessions = await sessionsOf(db, query);
  const span = await withBeginnings(db, query, sessions);
  const events = await eventsOf(db, span);
  const [first] = events;
  if (!first && sessions.length === 0) return undefined;
  const states = await sessionStates(db, query.metricIds, sessions.slice(0, TOLD));
  const total = Math.max(await totalOf(db, span), events.length);
  const words = await wordsFor(db, states, known);
  const sentence = headline(states, sessions.length, words) ?? plainHeadline(first, total);
  const summaries = states.map((state) => sessionSummary(state, words));
  return {
    headline: sentence,
    detail: {
      total,
      events: events.map((event) => asJson(named(event, known))),
      sessionTotal: sessions.length,
      sessions: summaries.map(asJson),
    },
    text: textOf(
      sentence,
      summaries.map((summary) => summary.sentence),
      events,
      total,
    ),
    sessions,
  };
}

/** What the operator has told of his accounts and of what acts in them. */
export interface Known {
  readonly names: AccountNames;
  readonly automation: FindAutomation;
  /** Milliseconds, for what has expired. */
  readonly now: () => number;
}

const NOTHING_KNOWN: Known = { names: new Map(), automation: () => undefined, now: () => 0 };

async function wordsFor(db: Kysely<Tables>, states: readonly SessionState[], known: Known): Promise<SessionWords> {
  const central = states.filter(({ centralRootAccess }) => centralRootAccess).map(({ id }) => id);
  const grants = await grantsOf(db, central);
  const now = known.now();
  return {
    names: known.names,
    behind: ({ id }) => grants.get(id),
    knownAs: (state) => known.automation(state, now),
  };
}

function named(event: ToldEvent, { names }: Known): ToldEvent & { readonly accountName?: string } {
  const accountName = names.get(event.account);
  return accountName === undefined ? event : { ...event, accountName };
}

type Json = Evidence['detail'];

/** Summaries are plain JSON; their types only lack the index that says so. */
const asJson = (summary: object): Json => summary as Json;

function matchesOf(db: Kysely<Tables>, { metricIds, from, until, sessions, run }: EvidenceQuery) {
  let query = db
    .selectFrom('matches')
    .where('metric_id', 'in', metricIds)
    .where('event_at', '>=', from)
    .where('event_at', '<', until);
  if (sessions) query = query.where('session_id', 'in', sessions);
  if (run !== undefined) query = query.where('run', '=', run);
  return query;
}

/** How far before an alarm's window the story of its sessions may begin. */
const LONGEST_STORY = 12 * 3_600_000;

/**
 * An alarm's window is minutes long, and its sessions may have begun before it: their earlier events
 * belong to what is told, the sign-in first of all.
 */
async function withBeginnings(
  db: Kysely<Tables>,
  query: EvidenceQuery,
  ids: readonly string[],
): Promise<EvidenceQuery> {
  if (query.sessions || query.run !== undefined || ids.length === 0) return query;
  const { began } = await db
    .selectFrom('session_activity')
    .select(({ fn }) => fn.min<number>('first_at').as('began'))
    .where('metric_id', 'in', query.metricIds)
    .where('session_id', 'in', ids.slice(0, TOLD))
    .executeTakeFirstOrThrow();
  return { ...query, from: Math.min(query.from, Math.max(began, query.from - LONGEST_STORY)) };
}

/** What happened, in order, each event once. Of more than can be told, the oldest of history, else the newest. */
async function eventsOf(db: Kysely<Tables>, query: EvidenceQuery): Promise<ToldEvent[]> {
  const order = query.run === undefined ? 'desc' : 'asc';
  const rows = new Map<string, Kept>();
  // Metric by metric, so that each read stops at the first few rows of an index.
  for (const metricId of query.metricIds)
    for (const row of await keptOf(db, { ...query, metricIds: [metricId] }, order)) rows.set(row.event_id, row);
  const inOrder = [...rows.values()].sort((a, b) => a.event_at - b.event_at || (a.event_id < b.event_id ? -1 : 1));
  return (order === 'desc' ? inOrder.slice(-TOLD) : inOrder.slice(0, TOLD)).map(toldEvent);
}

interface Kept {
  readonly event_id: string;
  readonly event_at: number;
  readonly message: string;
}

/** Twice as many as are told, because two filters may have counted an event into the same metric. */
const keptOf = (db: Kysely<Tables>, query: EvidenceQuery, order: 'asc' | 'desc'): Promise<Kept[]> =>
  matchesOf(db, query)
    .select(['event_id', 'event_at', 'message'])
    .orderBy('event_at', order)
    .orderBy('event_id', order)
    .limit(2 * TOLD)
    .execute();

/** Ids of the sessions in the order of their beginnings. */
async function sessionsOf(db: Kysely<Tables>, query: EvidenceQuery): Promise<string[]> {
  const { metricIds, from, until, sessions, run } = query;
  let activity = db
    .selectFrom('session_activity')
    .select('session_id')
    .select(({ fn }) => fn.min('first_at').as('began'))
    .where('metric_id', 'in', metricIds)
    .where('last_at', '>=', from)
    .where('first_at', '<', until);
  if (sessions) activity = activity.where('session_id', 'in', sessions);
  if (run !== undefined)
    activity = activity.where(
      'session_id',
      'in',
      matchesOf(db, query).select('session_id').where('session_id', 'is not', null).$castTo<{ session_id: string }>(),
    );
  const rows = await activity
    .groupBy('session_id')
    .orderBy('began')
    .orderBy('session_id')
    .limit(MOST_SESSIONS)
    .execute();
  return rows.map(({ session_id }) => session_id);
}

/**
 * How many events the metrics counted, each once. Minutes of which not all matches were kept are taken
 * from the datapoints, which know.
 */
async function totalOf(db: Kysely<Tables>, query: EvidenceQuery): Promise<number> {
  if (query.sessions) return totalOfSessions(db, query.metricIds, query.sessions);
  const minutes = await matchesOf(db, query)
    .select(({ fn }) => ['metric_id', 'minute', fn.countAll<number>().as('kept')])
    .groupBy(['metric_id', 'minute'])
    .execute();
  let total = 0;
  for (const metricId of query.metricIds) {
    const own = minutes.filter(({ metric_id }) => metric_id === metricId);
    const full = own.filter(({ kept }) => kept >= MATCHES_PER_MINUTE).map(({ minute }) => minute);
    const counted = await samplesIn(db, metricId, full);
    total += own.reduce((sum, { minute, kept }) => sum + Math.max(kept, counted.get(minute) ?? 0), 0);
  }
  if (query.metricIds.length === 1) return total;
  const { again } = await matchesOf(db, query)
    .select(({ fn, eb }) => eb(fn.countAll<number>(), '-', fn.count<number>('event_id').distinct()).as('again'))
    .executeTakeFirstOrThrow();
  return total - Number(again);
}

async function totalOfSessions(
  db: Kysely<Tables>,
  metricIds: readonly number[],
  sessions: readonly string[],
): Promise<number> {
  if (metricIds.length > 1) {
    const states = await sessionStates(db, metricIds, sessions);
    return states.reduce((sum, { events }) => sum + events, 0);
  }
  const rows = await db
    .selectFrom('session_activity')
    .select('events')
    .where('metric_id', 'in', metricIds)
    .where('session_id', 'in', sessions)
    .execute();
  return rows.reduce((sum, { events }) => sum + events, 0);
}

async function samplesIn(
  db: Kysely<Tables>,
  metricId: number,
  minutes: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (minutes.length === 0) return new Map();
  const rows = await db
    .selectFrom('datapoints')
    .select(({ fn }) => ['at', fn.sum<number>('count').as('samples')])
    .where('metric_id', '=', metricId)
    .where('resolution', '=', 60)
    .where('at', 'in', minutes)
    .groupBy('at')
    .execute();
  return new Map(rows.map(({ at, samples }) => [at, samples]));
}

/** For log events that are no CloudTrail records. */
function plainHeadline(first: ToldEvent | undefined, total: number): string {
  const events = total === 1 ? 'A log event matched' : `${total} log events matched`;
  return first ? `${events}${total === 1 ? '' : ', the first'}: ${first.action}` : events;
}

function textOf(sentence: string, sentences: readonly string[], events: readonly ToldEvent[], total: number): string {
  const lines = [sentence, ''];
  if (sentences.length > 1) lines.push(...sentences.map((each) => `* ${each}`), '');
  lines.push(...events.map(toldLine));
  if (total > events.length) lines.push(`… and ${total - events.length} more`);
  return lines.join('\n').trimEnd();
}
