import type { Selectable } from 'kysely';
import type { ChainContext } from '../chain/context.ts';
import type { ForwardsTable } from '../store/forward-tables.ts';
import type { Tally } from './deliver.ts';
import { packItem } from './item.ts';
import { type Backlog, type Place, WHOLE } from './place.ts';
import type { Trouble } from './receiver.ts';
import type { Source } from './source/source.ts';

export type ForwardRow = Selectable<ForwardsTable>;

/** Refused records kept with their content; of more than that the oldest are forgotten, though still counted. */
export const REFUSALS_KEPT = 10_000;

/** From when on a forward that is new sends. */
export type Start = 'now' | 'beginning' | number;

/** The memory of one forward: how far it is, what it has done, what was refused. */
export class Ledger {
  readonly #context: ChainContext;
  readonly #name: string;
  #failing: string | undefined;

  constructor(context: ChainContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /**
   * Goes on where it was, and so does one that is to send events instead of matches or the other way round: their places
   * are of the same kind. A forward that is new, or that sends something else than before, begins at `start`.
   */
  async open(what: string, start: Start, source: Source): Promise<{ place: Place; backlog: Backlog }> {
    const head = await source.head();
    const now = this.#context.clock.now();
    return this.#context.store.write(async ({ db }) => {
      const known = await db.selectFrom('forwards').selectAll().where('name', '=', this.#name).executeTakeFirst();
      if (known && kindOfPlace(known.what) === kindOfPlace(what)) {
        await db.updateTable('forwards').set({ what, active: 1 }).where('name', '=', this.#name).execute();
        this.#failing = known.failing_reason ?? undefined;
        return placesOf(known);
      }
      const begun = {
        what,
        active: 1,
        position: start === 'now' ? head.position : 0,
        part: WHOLE,
        backlog_end: typeof start === 'number' ? head.position : 0,
        backlog_from: typeof start === 'number' ? start : 0,
        failing_since: null,
        failing_reason: null,
        failing_error: null,
      } as const;
      await db
        .insertInto('forwards')
        .values({ name: this.#name, created_at: now, ...begun })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(begun))
        .execute();
      return placesOf(begun);
    });
  }

  /** Moves on, with what was sent and what was refused on the way. */
  async commit(place: Place, tally: Tally, leftOut: number): Promise<void> {
    const { clock, store } = this.#context;
    const now = clock.now();
    const { sent, refused, bytes } = tally;
    await store.write(async ({ db }) => {
      await db
        .updateTable('forwards')
        .set((row) => ({
          position: place.position,
          part: place.part,
          sent: row('sent', '+', sent),
          refused: row('refused', '+', refused.length),
          left_out: row('left_out', '+', leftOut),
          bytes: row('bytes', '+', bytes),
          ...(sent > 0 && { last_sent_at: now }),
        }))
        .where('name', '=', this.#name)
        .execute();
      for (const { parcel, trouble } of refused)
        await db
          .insertInto('forward_refusals')
          .values({
            forward: this.#name,
            item: packItem(parcel.item),
            item_id: parcel.item.id,
            at: parcel.item.at,
            refused_at: now,
            reason: trouble.reason,
            error: trouble.text,
          })
          .execute();
      if (refused.length === 0) return;
      const oldest = await db
        .selectFrom('forward_refusals')
        .select('id')
        .where('forward', '=', this.#name)
        .orderBy('id', 'desc')
        .offset(REFUSALS_KEPT)
        .limit(1)
        .executeTakeFirst();
      if (oldest)
        await db
          .deleteFrom('forward_refusals')
          .where('forward', '=', this.#name)
          .where('id', '<=', oldest.id)
          .execute();
    });
  }

  /** Keeps and logs a change: that records begin to fail, fail for another reason, or get through again. */
  async note(trouble: Trouble | undefined): Promise<void> {
    const reason = trouble?.reason;
    if (reason === this.#failing) return;
    const wasFailing = this.#failing !== undefined;
    this.#failing = reason;
    const { clock, log, store } = this.#context;
    const where = { forward: this.#name };
    if (trouble) log.warn({ ...where, reason, error: trouble.text }, 'A forward cannot send: its records wait');
    else log.warn(where, 'A forward sends again');
    await store.write(({ db }) =>
      db
        .updateTable('forwards')
        .set({
          failing_reason: reason ?? null,
          failing_error: trouble?.text ?? null,
          ...(!(trouble && wasFailing) && { failing_since: trouble ? clock.now() : null }),
        })
        .where('name', '=', this.#name)
        .execute(),
    );
  }

  /** Goes back, so that everything that happened since `from` is sent again, besides what waits. */
  backfill(from: number): Promise<{ place: Place; backlog: Backlog }> {
    return this.#context.store.write(async ({ db }) => {
      const row = await db.selectFrom('forwards').selectAll().where('name', '=', this.#name).executeTakeFirstOrThrow();
      const done = row.part === WHOLE ? row.position : row.position - 1;
      // In the middle of a past that was asked for before, what lay before that is still not wanted.
      const isWithin = done < row.backlog_end;
      const begun = {
        position: 0,
        part: WHOLE,
        backlog_end: isWithin ? row.backlog_end : done,
        backlog_from: isWithin ? Math.min(from, row.backlog_from) : from,
      };
      await db.updateTable('forwards').set(begun).where('name', '=', this.#name).execute();
      return placesOf(begun);
    });
  }
}

const kindOfPlace = (what: string): string => (what === 'matches' ? 'events' : what);

const placesOf = (row: Pick<ForwardRow, 'position' | 'part' | 'backlog_end' | 'backlog_from'>) => ({
  place: { position: row.position, part: row.part },
  backlog: { end: row.backlog_end, from: row.backlog_from },
});
