import type { ChainContext } from '../chain/context.ts';
import type { Tx } from '../store/writer.ts';
import type { TrailRecord } from '../trail/record-item.ts';
import { type AcceptRecords, MOST_BYTES, MOST_RECORDS } from './accept-records.ts';
import type { FolderMemory } from './folder-memory.ts';
import type { IntakeCounters } from './intake-counters.ts';
import { claimMark, type ObjectMark, saveMark } from './object-marks.ts';

/** Marks per transaction: thousands of small files must not cost a commit each. */
const MOST_OBJECTS = 500;

export interface FolderBatchSettings {
  readonly context: Pick<ChainContext, 'clock'>;
  readonly accept: AcceptRecords;
  readonly memory: FolderMemory;
  readonly counters: IntakeCounters;
  /** The intake run of the moment. */
  readonly run: () => string;
}

/** Gathers what several files bring, and commits it together with their marks. */
export class FolderBatch {
  readonly #settings: FolderBatchSettings;
  #records: TrailRecord[] = [];
  #bytes = 0;
  #marks = new Map<string, ObjectMark>();

  constructor(settings: FolderBatchSettings) {
    this.#settings = settings;
  }

  /** Adds records with the marks that go with them; commits first when there is no room left. */
  async add(records: readonly TrailRecord[], ...marks: ObjectMark[]): Promise<void> {
    const bytes = records.reduce((sum, { text }) => sum + text.length, 0);
    const isFull =
      this.#records.length + records.length > MOST_RECORDS ||
      this.#bytes + bytes > MOST_BYTES ||
      this.#marks.size + marks.length > MOST_OBJECTS;
    // The same file twice: its second part goes on from the first.
    if (isFull || marks.some(({ object }) => this.#marks.has(object))) await this.commit();
    this.#settings.counters.came(records.length);
    this.#records.push(...records);
    this.#bytes += bytes;
    for (const mark of marks) this.#marks.set(mark.object, mark);
  }

  /** Commits what was gathered. What fails is dropped here and read again later. */
  async commit(): Promise<void> {
    const { accept, memory, counters, run } = this.#settings;
    const [records, marks] = [this.#records, [...this.#marks.values()]];
    this.#empty();
    if (marks.length === 0) return;
    const handover = {
      records,
      run: run(),
      claim: async (tx: Tx) => {
        for (const mark of marks) await claimMark(tx, mark, memory.of(mark.object)?.mark);
      },
      mark: async (tx: Tx) => {
        for (const mark of marks) await saveMark(tx, mark);
      },
    };
    try {
      counters.accepted(await accept(handover));
    } catch (error) {
      counters.failed(records.length);
      throw error;
    }
    for (const mark of marks) memory.remember(mark);
  }

  /** Gives up what was gathered. */
  drop(): void {
    this.#settings.counters.failed(this.#records.length);
    this.#empty();
  }

  #empty(): void {
    [this.#records, this.#bytes, this.#marks] = [[], 0, new Map()];
  }
}
