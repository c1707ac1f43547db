import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import type { FileFacts } from './file-system.ts';
import { isUntouched, parseFingerprint } from './fingerprint.ts';
import { marksOf, type ObjectMark } from './object-marks.ts';
import type { Known } from './read-file.ts';

/** What a folder intake remembers of its files; the store has the same. */
export class FolderMemory {
  readonly #byObject = new Map<string, Known>();
  /** Survives renaming: a rotated log is the same file under another name. */
  readonly #byIdentity = new Map<string, Known>();

  /** Forgets everything and reads it from the store. */
  async load(db: Kysely<Tables>, source: string): Promise<void> {
    this.#byObject.clear();
    this.#byIdentity.clear();
    for (const mark of await marksOf(db, source)) this.remember(mark);
  }

  remember(mark: ObjectMark): void {
    const print = parseFingerprint(mark.fingerprint);
    if (!print) return;
    const known = { mark, print };
    this.#byObject.set(mark.object, known);
    this.#byIdentity.set(print.identity, known);
  }

  of(object: string): Known | undefined {
    return this.#byObject.get(object);
  }

  ofIdentity(identity: string): Known | undefined {
    return this.#byIdentity.get(identity);
  }

  /** True when the file was read to its end and nothing has happened to it since. */
  isSettled(object: string, facts: FileFacts): boolean {
    const known = this.#byObject.get(object);
    return known !== undefined && known.mark.status !== 'open' && isUntouched(known.print, facts);
  }

  count(status: string): number {
    let count = 0;
    for (const { mark } of this.#byObject.values()) if (mark.status === status) count += 1;
    return count;
  }
}

/** The name under which the mark of a replaced log is kept, until the log turns up under its new name. */
export const rotatedName = ({ mark, print }: Known): string => `${mark.object}@${print.identity}`;
