import type { FilterSource } from './filter-sources.ts';

const DAY = 86_400_000;

/**
 * Why an alarm that waits for these log groups has nothing to hear, in a sentence: none of them had an
 * event for a day. Undefined while one had, and in the first day of a group, which nobody may have
 * connected yet.
 */
export function quietReason(sources: readonly FilterSource[], now: number): string | undefined {
  const newest = sources.toSorted((a, b) => heardAt(b) - heardAt(a))[0];
  if (!newest || heardAt(newest) > now - DAY) return undefined;
  const days = Math.floor((now - heardAt(newest)) / DAY);
  const span = days === 1 ? 'a day' : `${days} days`;
  return newest.lastEventAt === null
    ? `no event has ever come into its log group ${newest.logGroup}, which is ${span} old`
    : `no event has come into its log group ${newest.logGroup} for ${span}`;
}

const heardAt = ({ lastEventAt, groupCreatedAt }: FilterSource): number => lastEventAt ?? groupCreatedAt;
