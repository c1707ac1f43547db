import type { ChainContext } from '../chain/context.ts';
import { FileReading } from './file-reading.ts';
import type { FileSystem } from './file-system.ts';
import { type Fingerprint, fingerprintText } from './fingerprint.ts';
import type { FolderBatch } from './folder-batch.ts';
import { type FolderMemory, rotatedName } from './folder-memory.ts';
import type { IntakeCounters } from './intake-counters.ts';
import type { ObjectMark } from './object-marks.ts';
import type { Patience } from './patience.ts';
import { type Known, lookAt, placeToRead } from './read-file.ts';
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
  /** Files taken in this walk: the store does not know them yet, and they may have further names. */
  readonly #taken = new Set<string>();

  constructor(settings: TakeFileSettings) {
    this.#settings = settings;
  }

  /** Called before each walk. */
  begin(): void {
    this.#taken.clear();
  }

  /** Takes what is new in a file. Rejects only when the store does. */
  async take(file: FoundFile): Promise<void> {
    const { context, patience, memory } = this.#settings;
    if (memory.isSettled(file.object, file.facts) || this.#taken.has(file.facts.identity)) return;
    if (patience.isWaiting(file.object, stateOf(file), context.clock.now())) return;
    const known = await this.#knownOf(file);
    if (known === 'alias') return;
    this.#taken.add(file.facts.identity);
    try {
      await this.#takeNews(file, known);
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      if (!FILE_CALLS.includes(syscall ?? '')) throw error;
      if (code === 'ENOENT' || !patience.isOver(file.object, stateOf(file), context.clock.now())) return;
      await this.setAside(file, `cannot be read: ${code}`);
    }
  }

  /** Gives up on a file until it changes, and tells so. */
  async setAside(file: FoundFile, error: string): Promise<void> {
    const { patience, batch, context, counters, memory } = this.#settings;
    const known = memory.of(file.object);
    patience.end(file.object);
    counters.refused();
    context.log.error({ file: file.path, error }, 'a file was set aside');
    const blank = { offset: 0, records: 0 };
    const print = known?.print ?? { form: 'whole' as const, hashed: 0, hash: 'unread' };
    await batch.add([], this.#mark(file, { ...blank, ...known?.mark, status: 'damaged', error }, print));
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
    const { context, files, batch, counters, patience } = this.#settings;
    const place = await placeToRead(files, file, known);
    if (place.isRead && known) {
      counters.repeated(known.mark.records);
      await batch.add([], this.#mark(file, known.mark, known.print));
      patience.end(file.object);
      return;
    }
    const look = await lookAt(files, file, place.from);
    const isOver = look.isCutOff && patience.isOver(file.object, stateOf(file), context.clock.now());
    if (look.form === 'whole' && look.isCutOff && !isOver) return;
    if (!look.isCutOff || isOver) patience.end(file.object);
    // A mark of other content tells nothing of this one.
    const before = place.from > 0 || place.skip > 0 ? known?.mark : undefined;
    const kept = known && !before ? this.#keepRotated(file, known) : [];
    await new FileReading(this.#settings, file, look, before, isOver).read(place, kept);
  }

  /** A log that was replaced may turn up under another name: its mark is kept for that. */
  #keepRotated({ object, facts }: FoundFile, known: Known): ObjectMark[] {
    const isReplaced = known.mark.object === object && known.print.identity !== facts.identity;
    return isReplaced && known.print.form === 'lines' ? [{ ...known.mark, object: rotatedName(known) }] : [];
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

/** The calls behind the errors that come from a file; all others come from the store. */
const FILE_CALLS: readonly string[] = ['open', 'read', 'stat', 'close'];

const stateOf = ({ facts }: FoundFile): string => `${facts.identity} ${facts.size} ${facts.changed}`;
