import type { Tally } from './deliver.ts';
import type { ForwardItem } from './item.ts';
import { type Backlog, isSame, type Place, WHOLE } from './place.ts';
import type { AnyParcel, AnyReceiver, Content, Limits } from './receiver.ts';
import type { Slice, Source } from './source/source.ts';

export interface Batch {
  readonly parcels: readonly AnyParcel[];
  /** What cannot be written in the form that the receiver takes. */
  readonly unfit: Tally['refused'];
  readonly leftOut: number;
  /** Behind everything looked at. */
  readonly end: Place;
}

export interface BatchReaderDeps {
  readonly source: Source;
  readonly receiver: Pick<AnyReceiver, 'encode'>;
  readonly wants: (item: ForwardItem) => boolean;
  readonly limits: Limits;
}

const IN_ONE_GO = 50;

/** A forward that wants next to nothing still moves its cursor now and then. */
const MOST_LEFT_OUT = 100_000;

/** Reads items from the store, one batch behind the other, and writes them as the receiver takes them. */
export class BatchReader {
  readonly #deps: BatchReaderDeps;
  /** Behind what was read. */
  #read: Place = { position: 0, part: WHOLE };
  #backlog: Backlog = { end: 0, from: 0 };
  #slice: Slice = { items: [], end: this.#read };
  #next = 0;

  constructor(deps: BatchReaderDeps) {
    this.#deps = deps;
  }

  /** Goes on behind `place`. */
  goTo(place: Place, backlog = this.#backlog): void {
    this.#read = place;
    this.#backlog = backlog;
    this.#slice = { items: [], end: place };
    this.#next = 0;
  }

  /** As much as fits into one batch; undefined when there is nothing more to look at. */
  async next(): Promise<Batch | undefined> {
    const { limits, source } = this.#deps;
    const begun = this.#read;
    const parcels: AnyParcel[] = [];
    const unfit: Tally['refused'][number][] = [];
    let [bytes, leftOut] = [0, 0];
    let inOneGo = 0;
    while (parcels.length + unfit.length < limits.count && leftOut < MOST_LEFT_OUT) {
      const next = this.#slice.items[this.#next];
      if (!next) {
        this.#read = this.#slice.end;
        const slice = await source.read(this.#read, this.#backlog);
        if (!slice) break;
        [this.#slice, this.#next] = [slice, 0];
        continue;
      }
      // Formats take time, in which nothing else runs: an alarm must not wait for a batch.
      inOneGo = (inOneGo + 1) % IN_ONE_GO;
      if (inOneGo === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      const text = next.isPast ? undefined : this.#encoded(next.item);
      if (text === undefined) leftOut += 1;
      else if (text instanceof Error) unfit.push(setAsideUnfit(next.item, text));
      else {
        const size = Buffer.byteLength(text);
        if (parcels.length > 0 && bytes + size > limits.bytes) break;
        bytes += size;
        parcels.push({ item: next.item, text });
      }
      this.#next += 1;
      this.#read = next.place;
    }
    // The end of a slice may lie behind its last item.
    if (this.#next >= this.#slice.items.length) this.#read = this.#slice.end;
    return isSame(this.#read, begun) ? undefined : { parcels, unfit, leftOut, end: this.#read };
  }

  /** The item as it goes out; undefined when it is not wanted, an error when it cannot be written. */
  #encoded(item: ForwardItem): Content | undefined | Error {
    const { receiver, wants } = this.#deps;
    try {
      return wants(item) ? receiver.encode(item) : undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** One item that cannot be written, nested too deep for example, must not hold up all behind it. */
const setAsideUnfit = (item: ForwardItem, error: Error): Tally['refused'][number] => ({
  parcel: { item, text: '' },
  trouble: { reason: 'cannot-be-written', text: `It cannot be written in this format: ${error.message}` },
});
