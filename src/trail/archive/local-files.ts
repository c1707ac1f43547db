import { join } from 'node:path';
import picomatch from 'picomatch';
import type { ArchiveFile, ListingReport } from './archive-file.ts';
import { isOtherService, readObjectKey } from './object-key.ts';
import { mayLieBelow, reasonToSkip, type Selection } from './selection.ts';

export interface LocalFacts {
  readonly kind: 'file' | 'folder' | 'other';
  readonly size: number;
  /** Differs whenever the content was changed. */
  readonly version: string;
  /** The same for the same folder under every name. */
  readonly identity: string;
}

/** The folders of this machine. */
export interface LocalFolders {
  /** Names in a folder. */
  list(folder: string): Promise<string[]>;
  /** Follows links; undefined when there is nothing. */
  facts(path: string): Promise<LocalFacts | undefined>;
}

/** Nothing lies at a path, and it is no pattern either. */
export class NothingThere extends Error {}

/** Deeper than any bucket's layout; with the check for loops it ends every walk. */
const DEEPEST = 64;

/**
 * The files at `path`: the file itself, every record file below a folder, or what a glob names. Folders of other
 * accounts, other days and other services are not entered. In the order of names, which is that of time in
 * CloudTrail's layout. Every file and folder is met once, however many names lead to it.
 * @throws NothingThere
 */
export async function* localFiles(
  folders: LocalFolders,
  path: string,
  selection: Selection,
  report: ListingReport,
): AsyncGenerator<ArchiveFile> {
  const facts = await folders.facts(path);
  const walk = new Walk(folders, selection, report);
  if (facts?.kind === 'folder') yield* walk.below(path, facts);
  else if (facts) yield* walk.namedFile(path, facts);
  else if (picomatch.scan(path).isGlob) yield* walk.matching(path);
  else throw new NothingThere(`${path} does not exist`);
}

class Walk {
  readonly #folders: LocalFolders;
  readonly #selection: Selection;
  readonly #report: ListingReport;
  readonly #met = new Set<string>();

  constructor(folders: LocalFolders, selection: Selection, report: ListingReport) {
    this.#folders = folders;
    this.#selection = selection;
    this.#report = report;
  }

  /** A file that was asked for by its name is read whatever its name is. */
  *namedFile(path: string, { kind, size, version }: LocalFacts): Generator<ArchiveFile> {
    const reason = reasonToSkip(path, this.#selection);
    if (reason === 'not selected' || reason === 'digest') this.#report.skipped(path, reason);
    // A pipe has no size before it is read.
    else yield { name: path, size: kind === 'file' ? size : undefined, version, key: readObjectKey(path) };
  }

  async *below(folder: string, facts: LocalFacts, depth = 0): AsyncGenerator<ArchiveFile> {
    if (this.#met.has(facts.identity)) return;
    this.#met.add(facts.identity);
    for (const [path, entry] of await this.#entries(folder)) {
      if (entry.kind === 'folder' && depth < DEEPEST) {
        if (this.#mayEnter(path)) yield* this.below(path, entry, depth + 1);
      } else if (entry.kind === 'file') yield* this.#found(path, entry);
    }
  }

  async *matching(glob: string): AsyncGenerator<ArchiveFile> {
    const { base } = picomatch.scan(glob);
    const root = base === '' ? '.' : base;
    const facts = await this.#facts(root);
    const matches = picomatch(glob.replace(/^\.\//, ''), { dot: true });
    let found = false;
    if (facts?.kind === 'folder') {
      for await (const file of this.#matchingBelow(root, facts, matches, 0)) {
        found = true;
        yield file;
      }
    }
    if (!found) throw new NothingThere(`nothing matches ${glob}`);
  }

  async *#matchingBelow(
    folder: string,
    facts: LocalFacts,
    matches: (path: string) => boolean,
    depth: number,
  ): AsyncGenerator<ArchiveFile> {
    for (const [path, entry] of await this.#entries(folder)) {
      const isWanted = matches(path);
      if (entry.kind === 'file' && isWanted) yield* this.namedFile(path, entry);
      if (entry.kind !== 'folder' || depth >= DEEPEST || !this.#mayEnter(path)) continue;
      if (isWanted) yield* this.below(path, entry);
      else if (entry.identity !== facts.identity) yield* this.#matchingBelow(path, entry, matches, depth + 1);
    }
  }

  #mayEnter(folder: string): boolean {
    if (mayLieBelow(folder, this.#selection)) return true;
    this.#report.skipped(folder, isOtherService(`${folder}/`) ? 'other service' : 'not selected');
    return false;
  }

  *#found(path: string, { size, version }: LocalFacts): Generator<ArchiveFile> {
    const reason = reasonToSkip(path, this.#selection);
    if (reason) this.#report.skipped(path, reason);
    else yield { name: path, size, version, key: readObjectKey(path) };
  }

  /** What lies in a folder, by name, links followed. */
  async #entries(folder: string): Promise<[path: string, facts: LocalFacts][]> {
    let names: string[];
    try {
      names = (await this.#folders.list(folder)).filter((name) => !name.startsWith('.')).sort();
    } catch (error) {
      this.#report.failed(folder, (error as Error).message);
      return [];
    }
    const found: [string, LocalFacts][] = [];
    for (let at = 0; at < names.length; at += TOGETHER) {
      const part = names.slice(at, at + TOGETHER);
      const facts = await Promise.all(part.map((name) => this.#facts(join(folder, name))));
      part.forEach((name, i) => {
        if (facts[i]) found.push([join(folder, name), facts[i]]);
      });
    }
    return found;
  }

  async #facts(path: string): Promise<LocalFacts | undefined> {
    try {
      return await this.#folders.facts(path);
    } catch (error) {
      this.#report.failed(path, (error as Error).message);
      return undefined;
    }
  }
}

/** Files that are looked at at the same time. */
const TOGETHER = 64;
