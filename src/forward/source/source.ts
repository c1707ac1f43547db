import type { ForwardItem } from '../item.ts';
import type { Backlog, Place } from '../place.ts';

/** Some items in the order of their commits, each with the place behind it. */
export interface Slice {
  readonly items: readonly {
    readonly item: ForwardItem;
    readonly place: Place;
    /** It happened before the time that the forward was asked to begin at: counted, and not sent. */
    readonly isPast?: boolean;
  }[];
  /** Where the next slice begins: behind everything looked at. */
  readonly end: Place;
}

/** Where the items of a forward come from: always the store. */
export interface Source {
  /** The next items behind `after`; undefined when there is nothing more at the moment. */
  read(after: Place, backlog: Backlog): Promise<Slice | undefined>;
  /** The place behind everything that is committed now. */
  head(): Promise<Place>;
  /** What is still to be looked at, and since when the oldest of it is there (null: nothing is). */
  waiting(after: Place, backlog: Backlog): Promise<Waiting>;
}

export interface Waiting {
  readonly count: number;
  readonly since: number | null;
}
