import type { Terminal } from '../terminal.ts';

/** How far a search is. Bytes `stored` are as they lie on disk or in a bucket. */
export interface Progress {
  readonly files: number;
  readonly records: number;
  /** Inflated. */
  readonly bytes: number;
  readonly stored: number;
  /** Undefined while files are still being looked for. */
  readonly total: { readonly files: number; readonly stored: number } | undefined;
}

/** Without a terminal a line stays: then one in so many seconds is enough. */
const SELDOM = 10_000;
const OFTEN = 500;
/** What is done sooner needs no progress. */
const PATIENCE = 1_000;

/** Tells now and then how far a search is: rate, and time left once the end is known. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #started: number;
  #told: number;

  constructor(terminal: Terminal, now: number) {
    this.#terminal = terminal;
    this.#started = now;
    this.#told = now;
  }

  tell(now: number, progress: Progress): void {
    const isFirst = this.#told === this.#started;
    const pause = isFirst ? PATIENCE : this.#terminal.status ? OFTEN : SELDOM;
    const isDone = progress.total?.files === progress.files;
    if (now - this.#told < pause || isDone) return;
    this.#told = now;
    const line = progressText(progress, (now - this.#started) / 1_000);
    if (this.#terminal.status) this.#terminal.status(line);
    else this.#terminal.note(line);
  }

  end(): void {
    this.#terminal.status?.('');
  }
}

/** `1,204 of 3,872 files, 95,000 records, 240 MB/s, 12 s left`. */
export function progressText({ files, records, bytes, stored, total }: Progress, seconds: number): string {
  const of = total ? `${count(files)} of ${count(total.files)} files` : `${count(files)} files`;
  const rate = `${megabytes(bytes / Math.max(seconds, 0.001))}/s`;
  const left = total && stored > 0 ? ((total.stored - stored) / stored) * seconds : undefined;
  const rest = left === undefined ? 'looking for more files' : `${timeText(left)} left`;
  return `${of}, ${count(records)} records, ${rate}, ${rest}`;
}

export const count = (n: number): string => n.toLocaleString('en-US');

export function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

export function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
