import { sql } from 'kysely';
import type { ChainContext } from '../../chain/context.ts';
import { doneDays } from '../s3/day-cursor.ts';

/** Longer than any queue keeps a notification (14 days), and than any intake looks back (30). */
export const KEPT = 45 * 86_400_000;
const PAGE = 2_000;
const PERIOD = 86_400_000;
/** All sources of objects begin with `s3://`; the next character after the slash is `0`. */
const FIRST = 's3://';
const BEHIND = 's3:0';

/**
 * Forgets objects that nobody will name again: those read long before the days that their bucket's intake has done.
 * Walks over all once a day, a page at a time, as there may be many millions.
 */
export class ObjectSweep {
  #at: { readonly source: string; readonly object: string } | undefined;
  #walkedAt: number | undefined;

  /** True when there is more to walk over. */
  async sweep({ store, clock }: Pick<ChainContext, 'store' | 'clock'>): Promise<boolean> {
    const now = clock.now();
    if (this.#at === undefined && this.#walkedAt !== undefined && now - this.#walkedAt < PERIOD) return false;
    const { source, object } = this.#at ?? { source: FIRST, object: '' };
    const page = await store.read
      .selectFrom('intake_objects')
      .select(['source', 'object', 'status', 'updated_at'])
      .where(sql<boolean>`(source, object) > (${source}, ${object})`)
      .where('source', '<', BEHIND)
      .orderBy('source')
      .orderBy('object')
      .limit(PAGE)
      .execute();
    const done = await doneDays(store.read);
    // What was set aside stays until somebody has it read.
    const read = page.filter(({ status }) => status === 'done');
    const old = read.filter((mark) => mark.updated_at < Math.min(now, done.get(mark.source) ?? now) - KEPT);
    if (old.length > 0) {
      await store.write(async ({ db }) => {
        for (const each of new Set(old.map((mark) => mark.source))) {
          const objects = old.filter((mark) => mark.source === each).map((mark) => mark.object);
          await db.deleteFrom('intake_objects').where('source', '=', each).where('object', 'in', objects).execute();
        }
      });
    }
    const last = page.at(-1);
    this.#at = page.length === PAGE && last ? { source: last.source, object: last.object } : undefined;
    if (this.#at === undefined) this.#walkedAt = now;
    return this.#at !== undefined;
  }
}
