/** A CloudTrail record as an intake takes it. */
export interface TrailRecord {
  readonly kind: 'record';
  /** Compact JSON; numbers and the order of members are as in the source. */
  readonly text: string;
  /** The record itself, read anew each time: whoever waits for the store holds no more than the text. */
  readonly record: Readonly<Record<string, unknown>>;
  /** eventTime in milliseconds; undefined when it is missing or unreadable. */
  readonly time: number | undefined;
  /** The account whose trail got it: as `recipientOf`. */
  readonly recipient: string | undefined;
  /** awsRegion and eventSource; '' where they are missing or no texts. */
  readonly region: string;
  readonly source: string;
  /**
   * Where to go on reading after this record, in bytes of a plain file of one record a line; only
   * such files can be taken up again in the middle.
   */
  readonly end?: number;
}

/** Something in a file that is no record. What came before it and what follows still counts. */
export interface Damage {
  readonly kind: 'damage';
  readonly message: string;
  /** Byte of the (inflated) content at which it begins. */
  readonly offset: number;
  /** True when the file just ends too early: it may still be being written. */
  readonly incomplete: boolean;
}

export type TrailItem = TrailRecord | Damage;

/** No CloudTrail record is larger than 256 KB; an event data store set to large allows a megabyte. */
export const LARGEST_RECORD = 8 * 1024 * 1024;
