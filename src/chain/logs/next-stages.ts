import type { Scope } from '../../base/scope.ts';
import type { Tx } from '../../store/writer.ts';
import type { CountedBatch } from '../matches/counted-event.ts';
import type { NoteGrants } from '../matches/root-grants.ts';
import type { Dimensions } from './compiled-filters.ts';
import type { ForwardEvents } from './forward-events.ts';

/** One value for a metric. */
export interface MetricSample {
  readonly scope: Scope;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  /** The time of the event; metrics cut it to the minute. */
  readonly at: number;
  readonly value: number;
  readonly unit: string;
}

/** Adds samples to their metrics. Resolves to the ids of the metrics, in the order of the samples. */
export type RecordSamples = (tx: Tx, samples: readonly MetricSample[]) => Promise<readonly number[]>;

/** Where a batch goes on to, in the same transaction. */
export interface NextStages {
  readonly recordSamples: RecordSamples;
  recordMatches(tx: Tx, batch: CountedBatch): Promise<void>;
  readonly forwardEvents: ForwardEvents;
  /** Looks at every event, whether or not a filter matches it, for who was given central root access. */
  readonly noteGrants?: NoteGrants;
}
