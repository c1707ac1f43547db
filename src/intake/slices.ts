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
  let records: TrailRecord[] = [];
  let damage: Damage[] = [];
  let bytes = 0;
  const cut = (): Slice => {
    const slice = { records, damage, end: records.at(-1)?.end };
    [records, damage, bytes] = [[], [], 0];
    return slice;
  };
  for await (const item of items) {
    if (item.kind === 'damage') {
      damage.push(item);
      if (damage.length >= MOST_DAMAGE) yield cut();
      continue;
    }
    const size = Buffer.byteLength(item.text);
    const last = records.at(-1);
    const isFull = records.length >= MOST_RECORDS || bytes + size > MOST_BYTES;
    // Several records of one line stay together: reading can go on at lines only.
    if (last && isFull && (last.end === undefined || last.end !== item.end)) yield cut();
    records.push(item);
    bytes += size;
  }
  if (records.length > 0 || damage.length > 0) yield cut();
}
