import type { EventView } from '../../pattern/index.ts';

/** A log event that metric filters counted. */
export interface CountedEvent {
  /** AWS's event id: digits. */
  readonly id: string;
  readonly at: number;
  readonly view: EventView;
  /** Which filters counted it, and into which metric. */
  readonly counts: readonly { readonly filterId: number; readonly metricId: number }[];
}

/** The counted events of one accepted batch. */
export interface CountedBatch {
  readonly groupId: number;
  readonly streamId: number;
  readonly ingestedAt: number;
  /** The intake run that brought the batch, where one did. */
  readonly run: string | undefined;
  readonly events: readonly CountedEvent[];
}
