import type { ChainToDrill } from './chain-to-drill.ts';
import type { DrillLevel, DrillStep } from './drill-step.ts';

const RECORDED = 'that CloudTrail records and delivers a sign-in of root itself (--live proves it)';
const COUNTED = 'that a match of the filters becomes a datum of the metric (--inject proves it)';
const JUDGED = 'that a datum turns the alarm to ALARM (--through metric proves it)';
const TOLD = 'that the alarm tells its topic, and the topic its subscribers (--through alarm proves it)';

const BY_LEVEL: Readonly<Record<DrillLevel, readonly string[]>> = {
  read: [RECORDED, COUNTED, JUDGED, TOLD],
  alarm: [RECORDED, COUNTED, JUDGED],
  metric: [RECORDED, COUNTED],
  inject: [RECORDED],
  live: [],
};

/** What a drill of a level does not prove even if every step of it holds. */
export function notProved(level: DrillLevel, chain: ChainToDrill, steps: readonly DrillStep[]): readonly string[] {
  const people = chain.topics.length > 0 || level === 'read';
  const isReceived = steps.some(({ link, holds }) => link === 'receipt' && holds === true);
  return [
    ...BY_LEVEL[level],
    ...(people && !isReceived ? ['that the real subscribers get and see the message (--expect proves it)'] : []),
  ];
}
