import type { Kysely } from 'kysely';
import { keepSetting, settingOf } from '../../store/settings.ts';
import type { Store } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import { dayOf } from './trail-folders.ts';

interface Days {
  /** The first day that was ever asked for. */
  readonly first: number;
  /** Every day before this one was read to its end. */
  readonly done: number;
}

const CURSOR = 'intake-days ';

/** Which days of a bucket are read: years of history are neither listed again nor remembered object by object. */
export class DayCursor {
  readonly #store: Pick<Store, 'read' | 'write'>;
  readonly #key: string;
  #days: Days = { first: 0, done: 0 };

  constructor(store: Pick<Store, 'read' | 'write'>, source: string, prefix: string) {
    this.#store = store;
    this.#key = `${CURSOR}${source}/${prefix}`;
  }

  /** Reads what is kept. `start`: the first day wanted; unless given, that of the first time. */
  async load(start: number | undefined, now: number): Promise<void> {
    const kept = await settingOf(this.#store.read, this.#key);
    const known = kept === undefined ? undefined : (JSON.parse(kept) as Days);
    const first = dayOf(start ?? known?.first ?? now);
    // An earlier start than before reads those days too; a later one forgets nothing.
    const done = known && first >= known.first ? known.done : first;
    await this.#keep({ first: Math.min(first, known?.first ?? first), done });
  }

  /** The first day that was ever asked for. */
  get first(): number {
    return this.#days.first;
  }

  /** The first day to list, where objects may come `lookBack` milliseconds late. */
  from(lookBack: number): number {
    return Math.max(this.#days.first, dayOf(this.#days.done - lookBack));
  }

  /** Everything before the day of `at` is read. */
  async advance(at: number): Promise<void> {
    const done = dayOf(at);
    if (done > this.#days.done) await this.#keep({ ...this.#days, done });
  }

  async #keep(days: Days): Promise<void> {
    await this.#store.write((tx) => keepSetting(tx, this.#key, JSON.stringify(days)));
    this.#days = days;
  }
}

/** By source: before which day all intakes of a bucket have read everything. */
export async function doneDays(db: Kysely<Tables>): Promise<Map<string, number>> {
  const rows = await db.selectFrom('settings').selectAll().where('key', 'like', `${CURSOR}%`).execute();
  const days = new Map<string, number>();
  for (const { key, value } of rows) {
    const [source] = /^s3:\/\/[^/]*/.exec(key.slice(CURSOR.length)) ?? [];
    const { done } = JSON.parse(value) as Days;
    if (source !== undefined) days.set(source, Math.min(done, days.get(source) ?? done));
  }
  return days;
}
