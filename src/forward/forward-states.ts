import type { ForwardRow } from './ledger.ts';
import type { ForwardPlan } from './runner.ts';

/** How a forward is doing, as status, metrics and our own API tell it. */
export interface ForwardState {
  readonly name: string;
  readonly what: string;
  /** Where it goes, without secrets. */
  readonly to: string;
  /** Since it was first configured. Everything it has looked at is sent, refused, left out or lost. */
  readonly sent: number;
  readonly refused: number;
  readonly leftOut: number;
  readonly lost: number;
  readonly bytes: number;
  /** Still to be looked at. */
  readonly waiting: number;
  /** Age of the oldest of these, in milliseconds. */
  readonly lag: number;
  readonly lastSentAt: number | null;
  /** While it cannot send: since when, and why. */
  readonly failing: { readonly since: number; readonly reason: string; readonly error: string } | null;
  /** Refused records that are set aside, and lost ones that nobody has taken note of. */
  readonly setAside: number;
  readonly lostUnseen: number;
}

export async function stateOf(
  { name, what, source, receiver }: ForwardPlan,
  row: ForwardRow,
  setAside: number,
  now: number,
): Promise<ForwardState> {
  const place = { position: row.position, part: row.part };
  const { count, since } = await source.waiting(place, { end: row.backlog_end, from: row.backlog_from });
  return {
    name,
    what,
    to: receiver.to,
    sent: row.sent,
    refused: row.refused,
    leftOut: row.left_out,
    lost: row.lost,
    bytes: row.bytes,
    waiting: count,
    lag: since === null ? 0 : Math.max(0, now - since),
    lastSentAt: row.last_sent_at,
    failing:
      row.failing_since === null
        ? null
        : { since: row.failing_since, reason: row.failing_reason ?? '', error: row.failing_error ?? '' },
    setAside,
    lostUnseen: row.lost - row.lost_seen,
  };
}
