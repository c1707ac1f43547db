import type { ChainContext } from '../chain/context.ts';
import type { Damage } from '../trail/record-item.ts';
import type { FileSystem } from './file-system.ts';
import { fingerprintText } from './fingerprint.ts';
import type { FolderBatch } from './folder-batch.ts';
import type { IntakeCounters } from './intake-counters.ts';
import type { ObjectMark } from './object-marks.ts';
import { damageText, type Look, linesHash, type Place, readOn } from './read-file.ts';
import type { Slice } from './slices.ts';
import type { FoundFile } from './walk.ts';

export interface FileReadingSettings {
  readonly context: Pick<ChainContext, 'clock' | 'log'>;
  readonly files: FileSystem;
  readonly source: string;
  readonly batch: FolderBatch;
  readonly counters: IntakeCounters;
}

/** One reading of one file: slices with the marks that make each of them count once. */
export class FileReading {
  readonly #settings: FileReadingSettings;
  readonly #file: FoundFile;
  readonly #look: Look;
  readonly #isOver: boolean;
  #records: number;
  #offset: number;
  #error: string | null;

  constructor(
    settings: FileReadingSettings,
    file: FoundFile,
    look: Look,
    before: ObjectMark | undefined,
    isOver: boolean,
  ) {
    this.#settings = settings;
    this.#file = file;
    this.#look = look;
    this.#isOver = isOver;
    this.#records = before?.records ?? 0;
    this.#offset = before?.offset ?? 0;
    // What was damaged once stays told, though the file grows on.
    this.#error = before?.error ?? null;
  }

  /** Reads from `place` on; `kept` are marks of other files that must not be lost with this one's. */
  async read(place: Place, kept: readonly ObjectMark[]): Promise<void> {
    const { batch, counters, files } = this.#settings;
    counters.repeated(place.skip);
    const { slice } = this.#look;
    if (slice) {
      const fresh = { ...slice, records: slice.records.slice(place.skip) };
      await this.#hand(fresh, true, kept);
      return;
    }
    let last: Slice | undefined;
    let marks = kept;
    for await (const next of readOn(files, this.#file, place)) {
      if (last) {
        await this.#hand(last, false, marks);
        await batch.commit();
        marks = [];
      }
      last = next;
    }
    if (last) await this.#hand(last, true, marks);
  }

  async #hand({ records, damage }: Slice, isLast: boolean, kept: readonly ObjectMark[]): Promise<void> {
    const { batch } = this.#settings;
    const real = damage.filter(({ incomplete }) => !incomplete || this.#isOver);
    const isGoing = isLast && real.length < damage.length;
    this.#note(real);
    this.#records += records.length;
    if (this.#look.form === 'lines') this.#offset = records.at(-1)?.end ?? this.#offset;
    // Nothing but an open end: the mark stays as it is until there is more.
    if (isGoing && records.length === 0 && real.length === 0) return;
    const isOpen = !isLast || isGoing;
    await batch.add(records, await this.#mark(isOpen), ...kept);
  }

  #note(damage: readonly Damage[]): void {
    const { counters, context } = this.#settings;
    const error = damageText(damage);
    if (error === undefined) return;
    for (const _ of damage) counters.refused();
    this.#error ??= error;
    context.log.error({ file: this.#file.path, error }, 'a file is damaged; the rest of it was taken in');
  }

  async #mark(isOpen: boolean): Promise<ObjectMark> {
    const { source, context, files } = this.#settings;
    const { form } = this.#look;
    const { object, facts } = this.#file;
    const print = form === 'lines' ? await linesHash(files, this.#file, this.#offset) : this.#look;
    // A file that grew meanwhile is known by what was read of it.
    const size = form === 'whole' ? print.hashed : facts.size;
    return {
      source,
      object,
      fingerprint: fingerprintText({ ...facts, size, form, hashed: print.hashed, hash: print.hash }),
      offset: this.#offset,
      records: this.#records,
      status: isOpen ? 'open' : this.#error === null ? 'done' : 'damaged',
      error: this.#error,
      updated_at: context.clock.now(),
    };
  }
}
