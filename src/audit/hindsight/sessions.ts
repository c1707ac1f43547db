import type { JsonObject } from '../../pattern/index.ts';
import { type TimedHappening, timedHappeningOf } from '../../trail/happening.ts';
import { eventIdOf } from '../../trail/record.ts';
import { mergeHappening, newSession, type SessionState } from '../../trail/session-state.ts';
import { candidateKeys, joinSession } from '../../trail/sign-in-session.ts';

/** What one person did between two silences, with the records of it. */
export interface Use {
  readonly session: SessionState;
  readonly records: readonly JsonObject[];
}

/** Sorts records into sign-in sessions, oldest first; repeated deliveries of one event count once. */
export function usesIn(records: readonly JsonObject[]): readonly Use[] {
  const seen = new Set<string>();
  const timed: { record: JsonObject; happening: TimedHappening }[] = [];
  for (const record of records) {
    const id = eventIdOf(record);
    if (id !== undefined && seen.has(id)) continue;
    if (id !== undefined) seen.add(id);
    timed.push({ record, happening: timedHappeningOf(record, 0) });
  }
  timed.sort((a, b) => a.happening.time - b.happening.time);
  const uses: { session: SessionState; records: JsonObject[] }[] = [];
  for (const { record, happening } of timed) {
    const { from } = candidateKeys(happening);
    // Records come sorted, so that sessions which ended long ago take in nothing more.
    const near = uses.filter(({ session }) => session.lastAt >= from || session.createdAt === happening.createdAt);
    const joined = joinSession(
      happening,
      near.map(({ session }) => session),
    );
    const use = uses.find(({ session }) => session === joined);
    if (use) {
      use.session = mergeHappening(use.session, happening);
      use.records.push(record);
    } else uses.push({ session: newSession(happening, `use-${uses.length + 1}`), records: [record] });
  }
  return uses.sort((a, b) => a.session.firstAt - b.session.firstAt);
}
