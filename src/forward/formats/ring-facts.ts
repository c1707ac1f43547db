import type { Ring } from '../item.ts';

/** A ring as our own API and forwards in plain JSON tell it. */
export const ringFacts = (ring: Ring) => ({
  id: ring.id,
  at: ring.at,
  alarm: ring.alarm_name,
  account: ring.account,
  region: ring.region,
  kind: ring.kind,
  oldState: ring.old_state,
  newState: ring.new_state,
  headline: ring.headline,
  acknowledgedAt: ring.acknowledged_at,
  acknowledgedBy: ring.acknowledged_by,
  silencedBy: ring.silenced_by,
  detail: JSON.parse(ring.detail) as unknown,
});
