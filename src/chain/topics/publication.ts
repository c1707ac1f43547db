import type { Tx } from '../../store/writer.ts';
import type { RingSource } from './access/permitted-topic.ts';
import type { GivenOrdering } from './ordering.ts';

export interface MessageAttribute {
  /** String, String.Array, Number or Binary, with an optional `.suffix`. */
  readonly type: string;
  /** Base64 for Binary. */
  readonly value: string;
}

/** A message for a topic. */
export interface Publication {
  readonly topicArn: string;
  readonly subject?: string;
  /** The text, or with `structure: 'json'` an object of texts by protocol. */
  readonly message: string;
  readonly structure?: 'json';
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  /** Its place among others: FIFO topics want one. */
  readonly ordering?: GivenOrdering;
  /** The alarm that rings, where it is one: another account's topic must allow it. */
  readonly source?: RingSource;
  /** The ring this message tells of, where it tells of one. */
  readonly ringId?: string;
}

export type Published = { readonly messageId: string; readonly sequenceNumber?: string } | { readonly failure: string };

/**
 * Stores a message and one waiting delivery per confirmed subscription whose filter policy lets it
 * pass, inside the caller's transaction, and signals `deliveries` on commit. A topic that does not
 * exist is a failure in words, not an exception: an alarm must still change its state.
 */
export type Publish = (tx: Tx, publication: Publication) => Promise<Published>;
