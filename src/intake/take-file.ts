import type { ChainContext } from '../chain/context.ts';
import type { Damage } from '../trail/record-item.ts';
import type { FileSystem } from './file-system.ts';
import { type Fingerprint, fingerprintText } from './fingerprint.ts';
import type { FolderBatch } from './folder-batch.ts';
import { type FolderMemory, rotatedName } from './folder-memory.ts';
import type { IntakeCounters } from './intake-counters.ts';
import type { ObjectMark } from './object-marks.ts';
import type { Patience } from './patience.ts';
import { damageText, type Known, type Look, linesHash, lookAt, type Place, placeToRead, readOn } from './read-file.ts';
import type { Slice } from './slices.ts';
import type { FoundFile } from './walk.ts';

export interface TakeFileSettings {
  readonly context: Pick<ChainContext, 'clock' | 'log'>;
  readonly files: FileSystem;
  readonly root: string;
  readonly source: string;
  readonly batch: FolderBatch;
  readonly memory: FolderMemory;
  readonly patience: Patience;
  readonly counters: IntakeCounters;
}

/** Takes in single files of a folder: each of their records once, whatever happens in between. */
export class FileTaker {
  readonly #settings: TakeFileSettings;

  constructor(settings: TakeFileSettings) {
    this.#settings = settings;
  }

  /** Takes what is new in a file. Rejects only when the store does. */
  async take(file: FoundFile): Promise<void> {
    const { context, patience, memory } = this.#settings;
    if (memory.isSettled(file.object, file.facts)) return;
    if (patience.isWaiting(file.object, stateOf(file), context.clock.now())) return;
    const known = await this.#knownOf(file);
    if (known === 'alias') return;
    try {
      await this.#takeNews(file, known);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // What has an errno comes from the file; it may be readable a moment later.
      if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
      if (code !== 'ENOENT') await this.#setAside(file, known, `cannot be read: ${code}`);
    }
  }

  /** What is known of the file, under this or an earlier name; `alias` for a second name of a file. */
  async #knownOf(file: FoundFile): Promise<Known | undefined | 'alias'> {
    const { files, memory, root } = this.#settings;
    const own = memory.of(file.object);
    if (own && own.print.identity === file.facts.identity) return own;
    const other = memory.ofIdentity(file.facts.identity);
    if (!other || other.mark.object === file.object) return own;
    const there = await files.facts(`${root}/${other.mark.object}`);
    if (there?.identity === file.facts.identity) return 'alias';
    return other;
  }

  async #takeNews(file: FoundFile, known: Known | undefined): Promise<void> {
    const { files, batch, counters, patience } = this.#settings;
    const place = await placeToRead(files, file, known);
    if (place.isRead && known) {
      counters.repeated(known.mark.records);
      await batch.add([], this.#mark(file, known.mark, known.print));
      patience.end(file.object);
      return;
    }
    const look = await lookAt(files, file, place.from);
    const isGoing = look.isCutOff || (look.form === 'whole' && (await this.#isChanging(file)));
    const isOver = isGoing && patience.isOver(file.object, stateOf(file), this.#settings.context.clock.now());
    if (look.form === 'whole' && isGoing && !isOver) return;
    if (!isGoing) patience.end(file.object);
    // A mark of other content tells nothing of this one.
    const before = place.from > 0 || place.skip > 0 ? known?.mark : undefined;
    const kept = known && !before ? this.#keepRotated(file, known) : [];
    await new FileReading(this.#settings, file, look, before, isOver).read(place, kept);
    if (isOver) patience.end(file.object);
  }

  /** A log that was replaced may turn up under another name: its mark is kept for that. */
  #keepRotated({ object, facts }: FoundFile, known: Known): ObjectMark[] {
    const isReplaced = known.mark.object === object && known.print.identity !== facts.identity;
    return isReplaced && known.print.form === 'lines' ? [{ ...known.mark, object: rotatedName(known) }] : [];
  }

  async #isChanging({ path, facts }: FoundFile): Promise<boolean> {
    const now = await this.#settings.files.facts(path);
    return now?.size !== facts.size || now.changed !== facts.changed;
  }

  async #setAside(file: FoundFile, known: Known | undefined, error: string): Promise<void> {
    const { patience, batch, context, counters } = this.#settings;
    if (!patience.isOver(file.object, stateOf(file), context.clock.now())) return;
    patience.end(file.object);
    counters.refused();
    context.log.error({ file: file.path, error }, 'a file cannot be read and was set aside');
    const blank = { offset: 0, records: 0 };
    const print = known?.print ?? { form: 'whole' as const, hashed: 0, hash: 'unread' };
    await batch.add([], this.#mark(file, { ...blank, ...known?.mark, status: 'damaged', error }, print));
  }

  #mark(
    { object, facts }: FoundFile,
    { offset, records, status, error }: Pick<ObjectMark, 'offset' | 'records' | 'status' | 'error'>,
    print: Pick<Fingerprint, 'form' | 'hashed' | 'hash'>,
  ): ObjectMark {
    const { source, context } = this.#settings;
    const { form, hashed, hash } = print;
    const fingerprint = fingerprintText({ ...facts, form, hashed, hash });
    return { source, object, fingerprint, offset, records, status, error, updated_at: context.clock.now() };
  }
}

const stateOf = ({ facts }: FoundFile): string => `${facts.identity} ${facts.size} ${facts.changed}`;

/** One reading of one file: slices with the marks that make each of them count once. */
class FileReading {
  readonly #settings: TakeFileSettings;
  readonly #file: FoundFile;
  readonly #look: Look;
  readonly #isOver: boolean;
  #records: number;
  #offset: number;
  #error: string | null;

  constructor(
    settings: TakeFileSettings,
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
    // A file that was still changing when patience ended is known by what was read of it.
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
