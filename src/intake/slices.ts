import type { Damage, TrailItem, TrailRecord } from '../trail/record-item.ts';
import { MOST_BYTES, MOST_RECORDS } from './accept-records.ts';

/** What one transaction takes of an object. */
export interface Slice {
  readonly records: readonly TrailRecord[];
  readonly damage: readonly Damage[];
  /** Where to go on reading after this slice; undefined for content that is not one record a line. */
  readonly end: number | undefined;
}

/** Damage is told in detail up to here; memory must not grow with it. */
const MOST_DAMAGE = 1_000;

/** Cuts a stream of items into slices of at most 10,000 records and about a megabyte. An empty stream gives none. */
export async function* slices(items: AsyncIterable<TrailItem>): AsyncGenerator<Slice> {
  const cutter = new Cutter();
  for await (const item of items) {
    const slice = cutter.add(item);
    if (slice) yield slice;
  }
  if (!cutter.isEmpty) yield cutter.cut();
}

/** As `slices`, of items that come in groups. */
export async function* slicesOfGroups(groups: AsyncIterable<readonly TrailItem[]>): AsyncGenerator<Slice> {
  const cutter = new Cutter();
  for await (const group of groups) {
    for (const item of group) {
      const slice = cutter.add(item);
      if (slice) yield slice;
    }
  }
  if (!cutter.isEmpty) yield cutter.cut();
}

class Cutter {
  #records: TrailRecord[] = [];
  #damage: Damage[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#records.length + this.#damage.length === 0;
  }

  /** Gives the slice that is full with it, or would be too full. */
  add(item: TrailItem): Slice | undefined {
    if (item.kind === 'damage') {
      this.#damage.push(item);
      return this.#damage.length >= MOST_DAMAGE ? this.cut() : undefined;
    }
    const size = Buffer.byteLength(item.text);
    const last = this.#records.at(-1);
    const isFull = this.#records.length >= MOST_RECORDS || this.#bytes + size > MOST_BYTES;
    // Several records of one line stay together: reading can go on at lines only.
    const slice = last && isFull && (last.end === undefined || last.end !== item.end) ? this.cut() : undefined;
    this.#records.push(item);
    this.#bytes += size;
    return slice;
  }

  cut(): Slice {
    const slice = { records: this.#records, damage: this.#damage, end: this.#records.at(-1)?.end };
    [this.#records, this.#damage, this.#bytes] = [[], [], 0];
    return slice;
  }
}
