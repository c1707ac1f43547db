import { type Clock, sleep } from '../../base/clock.ts';
import type { Tx } from '../../store/writer.ts';
import type { TrailRecord } from '../../trail/record-item.ts';
import { type AcceptRecords, MOST_BYTES, MOST_RECORDS } from '../accept-records.ts';
import type { IntakeCounters } from '../intake-counters.ts';
import { conflictOver, findMarks, isSameMark, type ObjectMark, saveMarks } from '../object-marks.ts';

/** What of an object is to be stored, and how far that brings it. */
export interface ObjectPart {
  readonly records: readonly TrailRecord[];
  readonly mark: ObjectMark;
  /** The mark as this intake knows it. */
  readonly before: ObjectMark | undefined;
}

export interface ObjectBatchSettings {
  readonly clock: Clock;
  readonly accept: AcceptRecords;
  readonly counters: IntakeCounters;
  /** The intake run of the moment. */
  readonly run: () => string;
}

/** Marks per transaction: thousands of small objects must not cost a commit each. */
const MOST_OBJECTS = 500;

const LONGEST_REST = 50;
/** Batches under way at once: they share a commit, and the next is made ready while one is brought to the disk. */
const BATCHES = 3;

interface Waiting {
  readonly part: ObjectPart & { readonly bytes: number };
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Commits what many readers bring at the same time together, each part with its object's mark. */
export class ObjectBatch {
  readonly #settings: ObjectBatchSettings;
  #waiting: Waiting[] = [];
  #pumping = false;

  constructor(settings: ObjectBatchSettings) {
    this.#settings = settings;
  }

  /**
   * Resolves when the part is committed with its mark. Rejects with a ConflictException when somebody else has read
   * on, and with the store's error when it cannot take the part.
   */
  add(part: ObjectPart): Promise<void> {
    this.#settings.counters.came(part.records.length);
    return new Promise((resolve, reject) => {
      const bytes = part.records.reduce((sum, { text }) => sum + text.length, 0);
      this.#waiting.push({ part: { ...part, bytes }, resolve, reject });
      if (!this.#pumping) void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    const { clock } = this.#settings;
    this.#pumping = true;
    // Readers that were answered together come back together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const underWay = new Set<Promise<void>>();
    while (this.#waiting.length > 0) {
      const begun = clock.now();
      while (this.#waiting.length > 0 && underWay.size < BATCHES) {
        const batch = this.#commit(this.#next()).finally(() => underWay.delete(batch));
        underWay.add(batch);
      }
      await Promise.race(underWay);
      if (this.#isPlenty()) continue;
      await Promise.all(underWay);
      // Half of the time may go into commits: more comes together meanwhile, and shares the next one.
      const took = Math.min(LONGEST_REST, clock.now() - begun);
      if (took > 0 && !this.#isPlenty()) await sleep(clock, took);
    }
    this.#pumping = false;
  }

  /** Does a full batch wait? */
  #isPlenty(): boolean {
    let bytes = 0;
    for (const { part } of this.#waiting) {
      bytes += part.bytes;
      if (bytes >= MOST_BYTES) return true;
    }
    return this.#waiting.length >= MOST_OBJECTS;
  }

  #next(): Waiting[] {
    let [count, records, bytes] = [0, 0, 0];
    const objects = new Set<string>();
    for (const { part } of this.#waiting) {
      const { source, object } = part.mark;
      records += part.records.length;
      bytes += part.bytes;
      const isFull = records > MOST_RECORDS || bytes > MOST_BYTES || count >= MOST_OBJECTS;
      if (count > 0 && (isFull || objects.has(`${source} ${object}`))) break;
      objects.add(`${source} ${object}`);
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#accept(batch.map(({ part }) => part));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // One part must not hold up the others: each tries alone, and only what is at fault fails.
      if (batch.length > 1) for (const each of batch) await this.#commit([each]);
      else this.#reject(batch, error);
    }
  }

  #reject(batch: readonly Waiting[], error: unknown): void {
    for (const { part, reject } of batch) {
      this.#settings.counters.failed(part.records.length);
      reject(error);
    }
  }

  async #accept(parts: readonly ObjectPart[]): Promise<void> {
    const { accept, counters, run } = this.#settings;
    const accepted = await accept({
      records: parts.flatMap(({ records }) => records),
      run: run(),
      claim: (tx) => claim(tx, parts),
      mark: (tx) =>
        saveMarks(
          tx,
          parts.map(({ mark }) => mark),
        ),
    });
    counters.accepted(accepted);
  }
}

/** Refuses when any object is not as it was left. */
async function claim({ db }: Tx, parts: readonly ObjectPart[]): Promise<void> {
  for (const source of new Set(parts.map(({ mark }) => mark.source))) {
    const own = parts.filter(({ mark }) => mark.source === source);
    const objects = own.map(({ mark }) => mark.object);
    const found = await findMarks(db, source, objects);
    for (const { mark, before } of own)
      if (!isSameMark(found.get(mark.object), before)) throw conflictOver(mark.object);
  }
}
