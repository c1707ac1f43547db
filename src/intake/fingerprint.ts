import { createHash, type Hash } from 'node:crypto';
import type { FileFacts, FileSystem } from './file-system.ts';

/**
 * What a file was when it was last read. Its stat tells cheaply that nothing changed; the hash of its
 * beginning tells whether a change only added something.
 */
export interface Fingerprint {
  readonly identity: string;
  readonly size: number;
  readonly changed: string;
  /** How many bytes from the beginning `hash` covers. */
  readonly hashed: number;
  readonly hash: string;
  /** `lines`: one record a line, read on at an offset. `whole`: read again from the beginning. */
  readonly form: 'lines' | 'whole';
}

/** Enough of a growing file to tell it from another; hashing all of it each time would cost too much. */
export const LINES_HASHED = 4_096;

export const fingerprintText = (print: Fingerprint): string =>
  [print.form, print.identity, print.size, print.changed, print.hashed, print.hash].join(' ');

export function parseFingerprint(text: string): Fingerprint | undefined {
  const [form, identity, size, changed, hashed, hash] = text.split(' ');
  if ((form !== 'lines' && form !== 'whole') || !identity || !changed || !hash) return undefined;
  return { form, identity, size: Number(size), changed, hashed: Number(hashed), hash };
}

/** Nothing has happened to the file since. */
export const isUntouched = (print: Fingerprint, facts: FileFacts): boolean =>
  print.identity === facts.identity && print.size === facts.size && print.changed === facts.changed;

/** Does the file still begin with what was read? Then what came is new, and the rest known. */
export async function beginsAsBefore(files: FileSystem, path: string, print: Fingerprint): Promise<boolean> {
  return (await hashOfBeginning(files, path, print.hashed)) === print.hash;
}

export async function hashOfBeginning(files: FileSystem, path: string, length: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of files.read(path, 0, length)) hash.update(chunk);
  return digest(hash);
}

export const newHash = (): Hash => createHash('sha256');

/** Half of it: told apart are the states of one file, not all files of the world. */
export const digest = (hash: Hash): string => hash.digest('hex').slice(0, 32);
