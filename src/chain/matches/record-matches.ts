import type { Tx } from '../../store/writer.ts';
import { happeningOf, type TimedHappening } from '../../trail/happening.ts';
import type { ChainContext } from '../context.ts';
import type { CountedBatch, CountedEvent } from './counted-event.ts';
import { HISTORY_AGE, HistoryRuns, type PastCount } from './history-runs.ts';
import { type NewMatch, storeMatches } from './match-store.ts';
import { noteRootUses, type RootUse } from './root-grants.ts';
import { addActivity, type CountedHappening } from './session-activity.ts';
import { SessionLedger } from './session-ledger.ts';
import { isTrailRecord } from './trail-record.ts';

const MINUTE = 60_000;

export type RecordMatches = (tx: Tx, batch: CountedBatch) => Promise<void>;

/**
 * How what metric filters counted becomes evidence: each event joins its sign-in session once, each
 * count is added to the metric's part of that session, and the events themselves are kept, a bounded
 * number per filter and minute. Events that are no CloudTrail records belong to no session.
 */
export function createRecordMatches({ ids, signals }: Pick<ChainContext, 'ids' | 'signals'>): RecordMatches {
  const histories = new HistoryRuns({ ids, signals });
  return async (tx, batch) => {
    const events = batch.events.map((event) => ({ event, happening: happeningIn(event) }));
    const happenings = events.flatMap(({ happening }) => (happening ? [happening] : []));
    const ledger = new SessionLedger(tx, batch.groupId, ids);
    await ledger.load(happenings);
    const isPast = ({ at }: CountedEvent): boolean => at < batch.ingestedAt - HISTORY_AGE;
    const run = batch.events.some(isPast) ? (batch.run ?? histories.unnamedRun(batch.groupId, batch.ingestedAt)) : '';
    const matches: NewMatch[] = [];
    const activity: CountedHappening[] = [];
    const past: PastCount[] = [];
    const shown = new Set<string>();
    const uses: RootUse[] = [];
    for (const { event, happening } of events) {
      const sessionId = happening ? ledger.join(happening) : null;
      const history = isPast(event);
      const key = happening?.centralRootAccess ? happening.accessKeyId : undefined;
      if (key !== undefined && sessionId !== null) uses.push({ accessKeyId: key, sessionId });
      // A session is told of with at least one event, however many others happened in its minute.
      const mustKeep = sessionId !== null && ledger.isNew(sessionId) && !shown.has(sessionId);
      if (sessionId !== null) shown.add(sessionId);
      for (const { filterId, metricId } of event.counts) {
        const row = {
          filter_id: filterId,
          group_id: batch.groupId,
          stream_id: batch.streamId,
          metric_id: metricId,
          event_at: event.at,
          minute: event.at - (event.at % MINUTE),
          ingested_at: batch.ingestedAt,
          event_id: event.id,
          message: storable(event.view.message),
          session_id: sessionId,
          history: history ? 1 : 0,
          run: history ? run : null,
        } as const;
        matches.push({ row, mustKeep });
        if (happening && sessionId !== null) activity.push({ sessionId, metricId, happening });
        if (history) past.push({ metricId, at: event.at });
      }
    }
    await ledger.save();
    await noteRootUses(tx, uses);
    await addActivity(tx, activity);
    await storeMatches(tx, matches);
    await histories.note(tx, run, past, batch.ingestedAt);
  };
}

/**
 * What a CloudTrail record tells; undefined for any other log event. Its moment is that of the log
 * event, by which metrics count it and alarms look for it: CloudTrail writes the same to both, and
 * whoever sends old records under new times wants to be told all the same.
 */
const happeningIn = ({ view, at }: CountedEvent): TimedHappening | undefined =>
  isTrailRecord(view.object) ? { ...happeningOf(view.object), time: at } : undefined;

/** PostgreSQL cannot keep the one character that a text may not hold there. */
const storable = (message: string): string => message.replaceAll('\0', '\ufffd');
