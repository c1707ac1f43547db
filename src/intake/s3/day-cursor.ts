import type { Kysely } from 'kysely';
import { keepSetting } from '../../store/settings.ts';
import type { Store } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import { dayOf } from './trail-folders.ts';

/** Days that were read to their end, `from` included, `to` not. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Days {
  /** The first day that was ever asked for. */
  readonly first: number;
  /** Every day before this one was read to its end. */
  readonly done: number;
  /** Behind `done`: days that were read before an earlier first day was asked for. */
  readonly read?: readonly Span[];
}

const CURSOR = 'intake-days ';
/** The longest that any intake looks back. What is older may be forgotten object by object. */
const LOOK_BACK = 30 * 86_400_000;

/** Which days of a bucket are read: years of history are neither listed again nor remembered object by object. */
export class DayCursor {
  readonly #store: Pick<Store, 'read' | 'write'>;
  readonly #source: string;
  readonly #prefix: string;
  #days: Days = { first: 0, done: 0 };
  /** What was read under this prefix, and under others of the same bucket. */
  #read: readonly (Span & { readonly prefix: string })[] = [];

  constructor(store: Pick<Store, 'read' | 'write'>, source: string, prefix: string) {
    this.#store = store;
    this.#source = source;
    this.#prefix = prefix;
  }

  /** Reads what is kept. `start`: the first day wanted; unless given, that of the first time. */
  async load(start: number | undefined, now: number): Promise<void> {
    const cursors = await cursorsOf(this.#store.read, this.#source);
    const known = cursors.get(this.#prefix);
    const first = dayOf(start ?? known?.first ?? now);
    this.#read = [...cursors].flatMap(([prefix, days]) => spansOf(days).map((span) => ({ ...span, prefix })));
    // An earlier start than before reads those days too; a later one forgets nothing.
    if (known && first >= known.first) await this.#keep(known);
    else await this.#keep({ first, done: first, ...(known && { read: spansOf(known) }) });
  }

  /** The first day that was ever asked for. */
  get first(): number {
    return this.#days.first;
  }

  /** The first day to list, where objects may come `lookBack` milliseconds late. */
  from(lookBack: number): number {
    return Math.max(this.#days.first, dayOf(this.#days.done - lookBack));
  }

  /** Was an object of that day surely read, though nothing of it may be remembered any more? */
  hasRead(key: string, day: number): boolean {
    return this.#read.some(({ prefix, from, to }) => day >= from && day < to && key.startsWith(prefix));
  }

  /** Everything before the day of `at` is read. */
  async advance(at: number): Promise<void> {
    const { first, done } = this.#days;
    if (dayOf(at) > done) await this.#keep({ first, done: dayOf(at) });
  }

  async #keep(days: Days): Promise<void> {
    const key = `${CURSOR}${this.#source}/${this.#prefix}`;
    await this.#store.write((tx) => keepSetting(tx, key, JSON.stringify(days)));
    this.#days = days;
  }
}

/** What a cursor knows to be read so long ago that it may be forgotten. */
function spansOf({ first, done, read = [] }: Days): Span[] {
  const to = dayOf(done - LOOK_BACK);
  return to > first ? [...read, { from: first, to }] : [...read];
}

/** The cursors of all intakes of a bucket that there ever were, by their prefixes. */
async function cursorsOf(db: Kysely<Tables>, source: string): Promise<Map<string, Days>> {
  const begin = `${CURSOR}${source}/`;
  const rows = await db.selectFrom('settings').selectAll().where('key', 'like', `${CURSOR}%`).execute();
  const own = rows.filter(({ key }) => key.startsWith(begin));
  return new Map(own.map(({ key, value }) => [key.slice(begin.length), JSON.parse(value) as Days]));
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
