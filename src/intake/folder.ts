import type { Timer } from '../base/clock.ts';
import type { ChainContext } from '../chain/context.ts';
import { noteIntake } from '../chain/trails/intake-failures.ts';
import type { AcceptRecords } from './accept-records.ts';
import type { FileSystem, Watching } from './file-system.ts';
import { FolderBatch } from './folder-batch.ts';
import { FolderMemory } from './folder-memory.ts';
import { IntakeCounters, type IntakeStats } from './intake-counters.ts';
import { IntakeRun } from './intake-run.ts';
import { isConflict } from './object-marks.ts';
import { Patience } from './patience.ts';
import { FileTaker } from './take-file.ts';
import { type FoundFile, walk } from './walk.ts';

export interface FolderIntakeSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'log' | 'signals'>;
  readonly accept: AcceptRecords;
  readonly files: FileSystem;
  /** Absolute path of the folder. */
  readonly folder: string;
  /** How long an unfinished file may stay as it is before it is called damaged; 30 seconds unless given. */
  readonly patience?: number;
}

export interface FolderStats extends IntakeStats {
  /** Files that were read to their end. */
  readonly done: number;
  readonly damaged: number;
  /** Files that end in the middle and may still be written. */
  readonly waiting: number;
}

const PATIENCE = 30_000;
/** A look at a quiet folder of ordinary size costs milliseconds; a large one is looked at less often. */
const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const PAUSE_PER_WALK = 10;
/** A hint comes with the first byte of a file; what follows at once is read together with it. */
const AFTER_HINT = 30;
/** Systems allow few watches; polling sees what they miss. */
const MOST_WATCHES = 256;

/**
 * Takes in the CloudTrail files of a folder and all below it, now and as they come and grow: each
 * object once, remembered in the store with the records themselves, so that no crash loses or doubles.
 */
export class FolderIntake {
  readonly #settings: FolderIntakeSettings;
  readonly #source: string;
  readonly #counters = new IntakeCounters();
  readonly #memory = new FolderMemory();
  readonly #patience: Patience;
  readonly #batch: FolderBatch;
  readonly #taker: FileTaker;
  readonly #watches = new Map<string, Watching>();
  readonly #ignored = new Set<string>();
  readonly #failed = new Set<string>();
  /** The first path that could not be read in the walk of the moment. */
  #unread: string | null = null;
  /** What was last noted of it in the store; undefined before the first walk. */
  #noted: string | null | undefined;
  #isLoaded = false;
  #isStopped = false;
  #timer: Timer | undefined;
  #passing: Promise<void> | undefined;
  #isHinted = false;
  /** Set while the last walk failed. */
  #isCareful = false;
  /** How long the last walk took, in milliseconds. */
  #took = 0;
  readonly #run: IntakeRun;

  constructor(settings: FolderIntakeSettings) {
    const { context, files, folder: root, accept } = settings;
    this.#settings = settings;
    this.#run = new IntakeRun(context);
    this.#source = `folder:${root}`;
    this.#patience = new Patience(settings.patience ?? PATIENCE);
    const shared = { context, files, counters: this.#counters, memory: this.#memory };
    this.#batch = new FolderBatch({ ...shared, accept, run: () => this.#run.now() });
    this.#taker = new FileTaker({
      ...shared,
      root,
      source: this.#source,
      batch: this.#batch,
      patience: this.#patience,
    });
  }

  /** Makes the folder where it is missing, takes in what lies there, and goes on until `stop`. */
  start(): void {
    this.#isStopped = false;
    this.#schedule(0);
  }

  /** Resolves when nothing is being read any more; what was accepted is committed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const watching of this.#watches.values()) watching.close();
    this.#watches.clear();
    await this.#passing;
  }

  stats(): FolderStats {
    const { count: waiting } = this.#patience;
    return {
      ...this.#counters.stats(),
      done: this.#memory.count('done'),
      damaged: this.#memory.count('damaged'),
      waiting,
    };
  }

  /** One look at every file. Rejects when the store cannot take what was found; nothing is lost then. */
  async scan(): Promise<void> {
    const { context, files, folder } = this.#settings;
    if (!this.#isLoaded) await this.#memory.load(context.store.read, this.#source);
    this.#isLoaded = true;
    const folders: string[] = [];
    this.#taker.begin();
    try {
      for await (const file of walk(files, folder, this.#report(folders))) {
        if (this.#isStopped && this.#passing) break;
        if (this.#isCareful) await this.#takeAlone(file);
        else await this.#taker.take(file);
      }
      await this.#batch.commit();
    } catch (error) {
      this.#batch.drop();
      // Somebody else has read on: what they left is where to go on.
      if (isConflict(error)) this.#isLoaded = false;
      else this.#isCareful = true;
      throw error;
    }
    this.#isCareful = false;
    this.#watch(folders);
    await this.#run.endIfQuiet();
  }

  /**
   * After a failure each file commits alone. What fails again while the store still takes a mark is
   * the fault of the file, and must not hold up those behind it.
   */
  async #takeAlone(file: FoundFile): Promise<void> {
    try {
      await this.#taker.take(file);
      await this.#batch.commit();
    } catch (error) {
      if (isConflict(error)) throw error;
      this.#batch.drop();
      await this.#taker.setAside(file, `cannot be stored: ${(error as Error).message}`);
      await this.#batch.commit();
    }
  }

  #schedule(delay: number): void {
    if (this.#isStopped) return;
    this.#timer?.cancel();
    this.#timer = this.#settings.context.clock.after(delay, () => this.#pass());
  }

  #pass(): void {
    this.#isHinted = false;
    this.#passing = this.#passAndRest().finally(() => {
      this.#passing = undefined;
    });
  }

  async #passAndRest(): Promise<void> {
    const { context, files, folder } = this.#settings;
    const begun = context.clock.now();
    this.#unread = null;
    try {
      await files.makeFolder(folder);
      await this.scan();
    } catch (error) {
      this.#unread = (error as Error).message;
      context.log.error({ err: error, folder }, 'a watched folder could not be taken in; it is tried again');
    }
    await this.#note(this.#unread);
    this.#took = context.clock.now() - begun;
    const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, this.#took * PAUSE_PER_WALK));
    this.#schedule(this.#isHinted ? this.#afterHint() : pause);
  }

  /** Where the state of the chains shows it; a store that takes nothing is tried again after the next walk. */
  async #note(error: string | null): Promise<void> {
    if (this.#noted === error) return;
    const { store, clock } = this.#settings.context;
    try {
      await store.write((tx) => noteIntake(tx, folderSource(this.#settings.folder), error, clock.now()));
      this.#noted = error;
    } catch {
      this.#noted = undefined;
    }
  }

  #hint(): void {
    if (this.#isHinted) return;
    this.#isHinted = true;
    if (!this.#passing) this.#schedule(this.#afterHint());
  }

  /** A folder that never rests is walked half of the time at most. */
  #afterHint(): number {
    return Math.min(LONGEST_PAUSE, Math.max(AFTER_HINT, this.#took));
  }

  /** Watches the folders that a walk met last: in CloudTrail's layout those are the newest. */
  #watch(folders: readonly string[]): void {
    if (this.#isStopped || !this.#timer) return;
    const wanted = new Set(folders.slice(-MOST_WATCHES));
    for (const [folder, watching] of this.#watches) {
      if (wanted.has(folder)) continue;
      watching.close();
      this.#watches.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#watches.has(folder)) continue;
      const watching = this.#settings.files.watch(folder, () => this.#hint());
      if (watching) this.#watches.set(folder, watching);
    }
  }

  #report(folders: string[]) {
    const { log } = this.#settings.context;
    /** Once for each path: a folder is walked every second. */
    const once = (told: Set<string>, path: string, tell: () => void): void => {
      if (told.has(path)) return;
      told.add(path);
      tell();
    };
    return {
      folder: (path: string) => {
        folders.push(path);
      },
      ignored: (path: string) =>
        once(this.#ignored, path, () => log.info({ path }, 'a file in a watched folder has no name of records')),
      failed: (path: string, error: Error) => {
        this.#unread ??= error.message;
        once(this.#failed, path, () => log.error({ path, err: error }, 'a path in a watched folder cannot be read'));
      },
    };
  }
}

/** What a folder is called where failures of intakes are told. */
export const folderSource = (folder: string): string => `folder ${folder}`;
