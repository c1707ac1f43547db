import { countMatchesFrom } from '../chain/logs/chunk-matches.ts';
import type { ChunkHold } from '../chain/logs/retention.ts';
import { WHOLE } from './place.ts';

const DAY = 86_400_000;

/**
 * Keeps log events that a forward has still to send from being removed by retention, for as long as the settings say;
 * and counts as lost what goes nevertheless.
 * @param keepDays by the name of each forward that the settings have
 */
export function forwardHold(keepDays: ReadonlyMap<string, number>): ChunkHold {
  return {
    async heldAbove(db, now) {
      if (keepDays.size === 0) return undefined;
      const rows = await db
        .selectFrom('forwards')
        .select(['name', 'position', 'part'])
        .where('active', '=', 1)
        .where('what', 'in', ['events', 'matches'])
        .execute();
      if (rows.length === 0) return undefined;
      // The one that is furthest behind holds for all, for as long as the most patient wants it.
      const chunk = Math.min(...rows.map(({ position, part }) => (part === WHOLE ? position : position - 1)));
      const days = Math.max(...rows.map(({ name }) => keepDays.get(name) ?? 0));
      return { chunk, since: now - days * DAY };
    },
    async noteRemoved({ db }, chunkIds) {
      const lowest = Math.min(...chunkIds);
      const highest = Math.max(...chunkIds);
      const behind = await db
        .selectFrom('forwards')
        .select(['name', 'what', 'position', 'part', 'backlog_end', 'backlog_from'])
        .where('what', 'in', ['events', 'matches'])
        .where('position', '<=', highest)
        .execute();
      if (behind.length === 0) return;
      const chunks = await db
        .selectFrom('log_chunks as chunk')
        .leftJoin('chunk_matches as matched', 'matched.chunk_id', 'chunk.id')
        .select(['chunk.id', 'chunk.count', 'chunk.last_at', 'matched.count as matches', 'matched.filters'])
        .where('chunk.id', 'in', chunkIds)
        .where('chunk.id', '>=', Math.max(lowest, Math.min(...behind.map(({ position }) => position))))
        .execute();
      for (const { name, what, position, part, backlog_end, backlog_from } of behind) {
        let lost = 0;
        for (const { id, count, matches, filters, last_at } of chunks) {
          if (id < position || (id <= backlog_end && last_at < backlog_from)) continue;
          const done = id === position ? part : 0;
          if (what === 'matches') lost += done === 0 ? (matches ?? 0) : countMatchesFrom(filters ?? '{}', done);
          else lost += Math.max(0, count - done);
        }
        if (lost > 0)
          await db
            .updateTable('forwards')
            .set((row) => ({ lost: row('lost', '+', lost) }))
            .where('name', '=', name)
            .execute();
      }
    },
  };
}
