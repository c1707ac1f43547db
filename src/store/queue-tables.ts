import type { Generated } from 'kysely';

export interface QueuesTable {
  id: Generated<number>;
  account: string;
  region: string;
  name: string;
  attributes: string;
  tags: string;
  created_at: number;
  modified_at: number;
  purged_at: number | null;
}

export interface QueueMessagesTable {
  id: Generated<number>;
  queue_id: number;
  message_id: string;
  body: string;
  /** JSON of the message attributes. */
  attributes: string;
  /** JSON of the system attributes, such as SenderId. */
  system: string;
  sent_at: number;
  visible_at: number;
  expires_at: number;
  receive_count: number;
  first_received_at: number | null;
  /** Changes with every receive; the handle names it. */
  receipt: string | null;
  /** Message group, in a FIFO queue. */
  group_id: string | null;
}

/** The last sequence number given in a FIFO topic or queue, named such as `queue:7`. */
export interface SequencesTable {
  owner: string;
  last: number;
}

/** What was sent to a FIFO topic or queue a short while ago, so that a repeat is known. */
export interface DeduplicationsTable {
  owner: string;
  key: string;
  message_id: string;
  sequence: string;
  expires_at: number;
}

/** What a receive from a FIFO queue took, by the id that its caller gave it. */
export interface ReceiveAttemptsTable {
  queue_id: number;
  attempt_id: string;
  /** JSON list of rows, with receipt and time of being visible again. */
  taken: string;
  expires_at: number;
}
