import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import type { ArchiveFile } from '../../trail/archive/archive-file.ts';
import { readObjectKey } from '../../trail/archive/object-key.ts';
import type { ScanOutcome } from '../../trail/scanner/scan-outcome.ts';
import { CommandError } from '../terminal.ts';

/** A file being read, as the journal sees it. */
export interface JournalEntry {
  match(text: string, rules: readonly number[]): void;
  end(outcome: ScanOutcome): void;
}

const BEGINNING = '{"search":';

/** Lines are written in pieces of about so many characters. */
const PIECE = 1 << 20;

/**
 * What a search has done so far, one JSON object a line: `{"search"}` says what was asked, `{"match"}` is a match of
 * a reading, `{"end"}` says that the reading was finished. A search that was cut short takes up from it; the matches
 * of readings without an end are not used, and their files are read again.
 */
export class Journal {
  readonly #file: string;
  readonly #done = new Map<string, string | undefined>();
  #lastReading = 0;

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * Opens or begins the journal of a search. `replay` is given what it already holds.
   * @throws CommandError where the file is the journal of another search, or none.
   */
  static async open(
    file: string,
    asked: unknown,
    replay: {
      match(file: ArchiveFile, text: string, rules: readonly number[]): void;
      finish(file: ArchiveFile, outcome: ScanOutcome): void;
    },
  ): Promise<Journal> {
    const journal = new Journal(file);
    const question = JSON.stringify({ search: asked });
    if (!existsSync(file) || statSync(file).size === 0) {
      writeTo(file, `${question}\n`);
      return journal;
    }
    cutTornLine(file);
    const ends = new Map<number, End>();
    await eachLine(file, (line, at) => {
      if (at === 0 && JSON.stringify(line) !== question) {
        throw new CommandError(
          `${file} is not the state of this search (other rules, paths or times): name another file`,
        );
      }
      if (typeof line.match === 'number') journal.#lastReading = Math.max(journal.#lastReading, line.match);
      if (isEnd(line)) ends.set(line.end, line);
    });
    for (const { end, file: name, version } of ends.values()) {
      journal.#done.set(name, version);
      journal.#lastReading = Math.max(journal.#lastReading, end);
    }
    await eachLine(file, (line) => {
      if (isEnd(line)) replay.finish(fileNamed(line.file), line.outcome);
      const end = ends.get(line.match as number);
      if (end) replay.match(fileNamed(end.file), line.text as string, line.rules as number[]);
    });
    return journal;
  }

  get size(): number {
    return this.#done.size;
  }

  /** Whether a file was read to its end already, and whether it has changed since. */
  stateOf({ name, version }: ArchiveFile): 'new' | 'done' | 'changed' {
    if (!this.#done.has(name)) return 'new';
    return this.#done.get(name) === version ? 'done' : 'changed';
  }

  begin({ name, version }: ArchiveFile): JournalEntry | undefined {
    if (name === '-') return undefined;
    this.#lastReading += 1;
    const reading = this.#lastReading;
    let waiting = '';
    const add = (line: unknown): void => {
      waiting += `${JSON.stringify(line)}\n`;
    };
    const write = (): void => {
      writeTo(this.#file, waiting);
      waiting = '';
    };
    return {
      match(text, rules) {
        add({ match: reading, text, rules });
        if (waiting.length > PIECE) write();
      },
      end(outcome) {
        // What could not be read to its end is read again.
        if (outcome.failure !== undefined) return;
        add({ end: reading, file: name, version, outcome });
        write();
      },
    };
  }
}

interface End {
  readonly end: number;
  readonly file: string;
  readonly version?: string;
  readonly outcome: ScanOutcome;
}

type Line = Readonly<Record<string, unknown>>;

const isEnd = (line: Line): line is Line & End => typeof line.end === 'number' && typeof line.file === 'string';

const fileNamed = (name: string): ArchiveFile => ({ name, size: undefined, key: readObjectKey(name) });

function writeTo(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (error) {
    throw new CommandError(`--resume ${file} cannot be written: ${(error as Error).message}`);
  }
}

async function eachLine(file: string, take: (line: Line, at: number) => void): Promise<void> {
  let at = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    let line: unknown;
    try {
      line = JSON.parse(text);
    } catch {
      line = undefined;
    }
    if (typeof line !== 'object' || line === null) {
      throw new CommandError(`${file} is not the state of a search (line ${at + 1}): name another file`);
    }
    take(line as Line, at);
    at += 1;
  }
}

/** Drops the last line where its writing was cut short. Leaves a file alone that is none of ours. */
function cutTornLine(file: string): void {
  const { size } = statSync(file);
  const handle = openSync(file, 'r');
  const chunk = Buffer.alloc(64 * 1024);
  let end = size;
  try {
    const start = chunk.toString('latin1', 0, readSync(handle, chunk, 0, BEGINNING.length, 0));
    if (start !== BEGINNING) throw new CommandError(`${file} is not the state of a search: name another file`);
    while (end > 0) {
      const from = Math.max(0, end - chunk.length);
      const read = readSync(handle, chunk, 0, end - from, from);
      const newline = chunk.subarray(0, read).lastIndexOf(10);
      if (newline >= 0) {
        end = from + newline + 1;
        break;
      }
      end = from;
    }
  } finally {
    closeSync(handle);
  }
  if (end < size) truncateSync(file, end);
}
