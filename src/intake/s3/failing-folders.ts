/** With so many failures in a row it is the folder that fails, not its objects. */
const IN_A_ROW = 5;
/** Where so many folders, or all there are, fail and none is read, each further one is asked for one object. */
const FOLDERS = 20;
const FIRST_REST = 2_000;
const LONGEST_REST = 5 * 60_000;

interface Failing {
  row: number;
  /** How often it was given a rest without anything being read of it. */
  rests: number;
  until: number;
}

/**
 * Tells what fails: single objects, all that lies in a folder (an account's files under a key that the reader may not
 * use), or the bucket. One folder must not keep the others from being read.
 */
export class FailingFolders {
  readonly #failing = new Map<string, Failing>();
  /** Failures since anything was read, by folder. */
  #row = new Map<string, number>();

  /** Something of this folder was read. A rest that has begun goes on: what was passed over meanwhile must be seen again. */
  read(folder: string): void {
    const known = this.#failing.get(folder);
    if (known) [known.row, known.rests] = [0, 0];
    this.#row = new Map();
  }

  /**
   * Notes a failure of one of so many folders. Gives whether it is all of the bucket that fails, which a refusal does not
   * tell: that may be meant for this folder.
   */
  failed(folder: string, now: number, folders: number, isRefused: boolean): boolean {
    const known = this.#failing.get(folder) ?? { row: 0, rests: 0, until: 0 };
    known.row += 1;
    this.#failing.set(folder, known);
    const limit = this.#row.size < FOLDERS ? IN_A_ROW : 1;
    if (known.row >= limit && known.until <= now) {
      known.until = now + Math.min(LONGEST_REST, FIRST_REST * 2 ** Math.min(known.rests, 10));
      known.rests += 1;
      known.row = 0;
    }
    this.#row.set(folder, (this.#row.get(folder) ?? 0) + 1);
    const total = [...this.#row.values()].reduce((sum, count) => sum + count, 0);
    return !isRefused && total >= IN_A_ROW && this.#row.size >= Math.min(FOLDERS, folders);
  }

  /** Until when nothing of this folder is to be asked for; undefined where it may be. */
  restOf(folder: string, now: number): number | undefined {
    const { until } = this.#failing.get(folder) ?? { until: 0 };
    return until > now ? until : undefined;
  }
}
