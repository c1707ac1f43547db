import type { ChainContext } from '../chain/context.ts';
import type { AcceptEvents } from '../chain/logs/accept-events.ts';
import type { LogEvent } from '../chain/logs/chunk.ts';
import { type Destination, type Fallback, type Routes, routesNow } from '../chain/trails/routes.ts';
import { markDelivered } from '../chain/trails/trails.ts';
import type { Tx } from '../store/writer.ts';
import type { TrailRecord } from '../trail/record-item.ts';
import { FactsOfRecord } from './record-facts.ts';

/** CloudTrail records for one transaction. */
export interface Handover {
  readonly records: readonly TrailRecord[];
  /** The intake run: history rings once per alarm and run. */
  readonly run: string;
  /** Where records go that no trail claims, when not where the engine's settings say. */
  readonly fallback?: Fallback;
  /** Looks in the same transaction, before anything is stored, whether the records are still wanted. */
  readonly claim?: (tx: Tx) => Promise<void>;
  /** Notes in the same transaction how far the intake has come, so that no crash loses or doubles. */
  readonly mark?: (tx: Tx) => Promise<void>;
}

/** What became of the records of a handover; `stored` and `filtered` add up to all of them. */
export interface Accepted {
  readonly stored: number;
  /** Kept out by the event selectors of every trail that claims them. */
  readonly filtered: number;
  /** Of the stored ones: without a readable eventTime, dated by their arrival. */
  readonly undated: number;
}

/** Resolves once the records and the mark are durably committed. */
export type AcceptRecords = (handover: Handover) => Promise<Accepted>;

/** A handover should hold no more than this: one transaction must not keep others waiting. */
export const MOST_RECORDS = 10_000;
export const MOST_BYTES = 1_048_576;

/**
 * The own door for CloudTrail records: any age and order, each routed to the log groups of the trails
 * that claim it. Everything of a handover commits together.
 */
export function createAcceptRecords(
  { store, clock, reach }: Pick<ChainContext, 'store' | 'clock' | 'reach'>,
  acceptEvents: AcceptEvents,
  fallback: Fallback,
): AcceptRecords {
  return (handover) => {
    reach('between-read-and-ingest');
    return store.write(async (tx) => {
      await handover.claim?.(tx);
      const now = clock.now();
      const target = handover.fallback ?? fallback;
      const sorted = sortOut(handover.records, await routesNow(tx.db, target), target, now);
      for (const { destination, events } of sorted.batches) {
        const { scope, group, stream } = destination;
        await acceptEvents(tx, { scope, group, stream, events, run: handover.run, door: 'own' });
      }
      const trails = sorted.batches.map(({ destination }) => destination.trailId).filter((id) => id !== undefined);
      await markDelivered(tx, [...new Set(trails)], now);
      reach('between-ingest-and-mark');
      await handover.mark?.(tx);
      return sorted.accepted;
    });
  };
}

interface Batch {
  readonly destination: Destination;
  readonly events: LogEvent[];
}

function sortOut(records: readonly TrailRecord[], routes: Routes, { scope }: Fallback, now: number) {
  const batches = new Batches();
  let filtered = 0;
  let undated = 0;
  for (const record of records) {
    const destinations = routes.of(new FactsOfRecord(record, scope));
    if (destinations.length === 0) {
      filtered += 1;
      continue;
    }
    if (record.time === undefined) undated += 1;
    for (const destination of destinations)
      batches.of(destination).events.push({ at: record.time ?? now, message: record.text });
  }
  return { batches: batches.all(), accepted: { stored: records.length - filtered, filtered, undated } };
}

/** A batch for each stream. */
class Batches {
  readonly #byStream = new Map<string, Batch>();
  /** Records that go the same way are given the same destination. */
  readonly #byDestination = new Map<Destination, Batch>();

  of(destination: Destination): Batch {
    const known = this.#byDestination.get(destination);
    if (known) return known;
    const { scope, group, stream } = destination;
    const key = JSON.stringify([scope.account, scope.region, group, stream]);
    const batch = this.#byStream.get(key) ?? { destination, events: [] };
    this.#byStream.set(key, batch);
    this.#byDestination.set(destination, batch);
    return batch;
  }

  all(): Batch[] {
    return [...this.#byStream.values()];
  }
}
