import type { ArchiveFile, ListingReport } from '../../trail/archive/archive-file.ts';
import type { SkipReason } from '../../trail/archive/selection.ts';
import type { ScanInput, ScanPool } from '../../trail/scanner/scan-pool.ts';
import type { ArchiveSearch } from '../../trail/search/archive-search.ts';
import type { Journal } from './journal.ts';
import type { ProgressLine } from './progress.ts';

/** Where files come from, and how they are opened. */
export interface FileSource {
  files(report: ListingReport): AsyncIterable<ArchiveFile>;
  /** What a scanning thread is given. */
  open(file: ArchiveFile): ScanInput;
}

/** What was passed over, by reason. */
export type Skipped = Readonly<Partial<Record<SkipReason, number>>>;

export interface SearchRun {
  readonly search: ArchiveSearch;
  readonly pool: Pick<ScanPool, 'scan'>;
  readonly journal?: Journal | undefined;
  readonly progress: ProgressLine;
  /** Called for every file that is to be read, and every digest beside them. */
  readonly onFound?: ((name: string, isDigest: boolean) => void) | undefined;
  /** How many files may be under way at once. */
  readonly atOnce: number;
  readonly now: () => number;
}

/** Reads all files of all sources. Finding them runs ahead of reading them, so that the time left is soon known. */
export async function runSearch(sources: readonly FileSource[], run: SearchRun): Promise<Skipped> {
  const { search, journal, progress } = run;
  const skipped: Partial<Record<SkipReason, number>> = {};
  const report: ListingReport = {
    skipped(name, reason) {
      skipped[reason] = (skipped[reason] ?? 0) + 1;
      if (reason === 'digest') run.onFound?.(name, true);
    },
    failed: (name, message) => search.fail(name, message),
  };
  const found = { files: 0, stored: 0, isAll: false };
  let stored = 0;
  const tell = (): void => {
    const total = found.isAll ? found : undefined;
    progress.tell(run.now(), { ...search.progress, stored, total });
  };
  const ahead = new Ahead<[FileSource, ArchiveFile]>(FOUND_AHEAD);
  const finding = (async () => {
    for (const source of sources) {
      for await (const file of source.files(report)) {
        run.onFound?.(file.name, false);
        found.files += 1;
        found.stored += file.size ?? 0;
        await ahead.put([source, file]);
      }
    }
    found.isAll = true;
  })().finally(() => ahead.end());
  // Whoever awaits it hears of the failure; until then it must not end the process.
  finding.catch(() => undefined);
  const underWay = new UnderWay(run.atOnce);
  for await (const [source, file] of ahead) {
    if (file.size === 0 && /\.gz$/i.test(file.name)) search.fail(file.name, 'empty, and so no sound gzip');
    else if (journal?.stateOf(file) === 'changed') {
      search.fail(file.name, 'has changed since this search was begun: begin it anew with another --resume file');
    } else if (journal?.stateOf(file) !== 'done') {
      const done = (): void => {
        stored += file.size ?? 0;
      };
      await underWay.add(readFile(source, file, run, done).then(tell));
    } else stored += file.size ?? 0;
    tell();
  }
  await underWay.all();
  await finding;
  progress.end();
  return skipped;
}

/** Names of files kept while they wait to be read. */
const FOUND_AHEAD = 100_000;

async function readFile(
  source: FileSource,
  file: ArchiveFile,
  { search, pool, journal }: SearchRun,
  done: () => void,
): Promise<void> {
  const reading = journal?.begin(file);
  const outcome = await pool.scan(source.open(file), (text, rules) => {
    reading?.match(text, rules);
    search.take(file, text, rules);
  });
  reading?.end(outcome);
  done();
  search.finish(file, outcome);
}

/** What goes on at the same time, and no more than so much of it. */
class UnderWay {
  readonly #most: number;
  #count = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Resolves once there is room for more. Rejects when something has failed. */
  async add(work: Promise<void>): Promise<void> {
    this.#count += 1;
    const end = (): void => {
      this.#count -= 1;
      this.#wake();
    };
    work.then(end, (error: unknown) => {
      this.#failure ??= { error };
      end();
    });
    if (this.#count >= this.#most || this.#failure) await this.#until(this.#most - 1);
  }

  all(): Promise<void> {
    return this.#until(0);
  }

  async #until(count: number): Promise<void> {
    while (this.#count > count && !this.#failure) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure) throw this.#failure.error;
  }
}

/** A line in which finders wait once they are far ahead of readers. */
class Ahead<Item> {
  readonly #most: number;
  readonly #items: Item[] = [];
  #at = 0;
  #isEnded = false;
  #wakeReader: () => void = () => undefined;
  #wakeFinder: () => void = () => undefined;

  constructor(most: number) {
    this.#most = most;
  }

  async put(item: Item): Promise<void> {
    this.#items.push(item);
    this.#wakeReader();
    while (this.#items.length - this.#at >= this.#most) {
      await new Promise<void>((resolve) => {
        this.#wakeFinder = resolve;
      });
    }
  }

  end(): void {
    this.#isEnded = true;
    this.#wakeReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    while (true) {
      if (this.#at < this.#items.length) {
        const item = this.#items[this.#at]!;
        this.#at += 1;
        if (this.#at > 1_000 && this.#at * 2 > this.#items.length) {
          this.#items.splice(0, this.#at);
          this.#at = 0;
        }
        yield item;
        this.#wakeFinder();
      } else if (this.#isEnded) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }
}
