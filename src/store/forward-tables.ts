import type { Generated } from 'kysely';
import type { Flag } from './tables.ts';

/** Where a forward stands, and what it has done since it was first configured. */
export interface ForwardsTable {
  name: string;
  /** events, matches or rings: what its position counts. */
  what: string;
  /** 0 while the settings do not name it. */
  active: Flag;
  /** The chunk (or ring change) it is at … */
  position: number;
  /** … and how many events of that chunk it is done with; `WHOLE` when with all. */
  part: number;
  /** Up to this chunk, events that happened before `backlog_from` are passed over. */
  backlog_end: number;
  backlog_from: number;
  created_at: number;
  sent: Generated<number>;
  refused: Generated<number>;
  /** Looked at and not wanted, by its pattern or its log groups. */
  left_out: Generated<number>;
  /** Removed by retention before they were sent. */
  lost: Generated<number>;
  /** How many of these somebody has taken note of. */
  lost_seen: Generated<number>;
  /** As given to the receiver, before compression. */
  bytes: Generated<number>;
  last_sent_at: number | null;
  failing_since: number | null;
  /** Why the last attempt failed: the word, and the sentence. */
  failing_reason: string | null;
  failing_error: string | null;
}

/** What a receiver would not take: set aside, so that the rest goes on. */
export interface ForwardRefusalsTable {
  id: Generated<number>;
  forward: string;
  /** JSON of the item, enough to send it again. */
  item: string;
  item_id: string;
  at: number;
  refused_at: number;
  reason: string;
  error: string;
}

/** Which events of a chunk were counted, by the filters of the moment they were accepted. */
export interface ChunkMatchesTable {
  chunk_id: number;
  /** Events, each once. */
  count: number;
  /** JSON: names of metric filters with the indexes of their events. */
  filters: string;
}

/** That the audit of the engine's own chains says something else of a control, in the order of commits. */
export interface FindingChangesTable {
  id: Generated<number>;
  /** Benchmark, control and account. */
  key: string;
  at: number;
  /** What must change for the finding to be news. */
  gist: string;
  /** JSON: the finding, and its forms in OCSF and ASFF. */
  documents: string;
}

/** That a ring was made, brought up to date or acknowledged, in the order of commits. */
export interface RingChangesTable {
  id: Generated<number>;
  ring_id: string;
  at: number;
}
