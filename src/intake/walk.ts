import type { FileFacts, FileSystem } from './file-system.ts';

/** A file that may hold records. */
export interface FoundFile {
  readonly path: string;
  /** Its path below the root, with `/` between names: what it is remembered by. */
  readonly object: string;
  readonly facts: FileFacts;
}

/** What a walk tells besides files. */
export interface WalkReport {
  /** Folders as they are entered. */
  folder(path: string): void;
  /** A file whose name is not that of CloudTrail records. */
  ignored(path: string): void;
  failed(path: string, error: Error): void;
}

const RECORD_FILE = /\.(json|jsonl|ndjson|log)(\.gz)?$/i;
/** Digests prove that nothing was changed; they hold no records. */
const OTHER_FOLDERS: readonly string[] = ['CloudTrail-Digest'];
/** Deeper than any bucket's layout; with the check for loops it ends every walk. */
const DEEPEST = 64;

/**
 * All record files below `root`, in the order of their names, which in CloudTrail's layout is the
 * order of time. Links are followed; every folder is entered once, however many names it has.
 */
export async function* walk(files: FileSystem, root: string, report: WalkReport): AsyncGenerator<FoundFile> {
  const met = new Set<string>();
  const top = await factsOf(root);
  if (top) met.add(top.identity);
  yield* walkFolder('', 0);

  async function* walkFolder(below: string, depth: number): AsyncGenerator<FoundFile> {
    const folder = below === '' ? root : `${root}/${below}`;
    report.folder(folder);
    for (const name of await namesIn(folder)) {
      if (name.startsWith('.') || OTHER_FOLDERS.includes(name)) continue;
      const object = below === '' ? name : `${below}/${name}`;
      const path = `${root}/${object}`;
      const facts = await factsOf(path);
      if (facts?.kind === 'folder' && depth < DEEPEST && !met.has(facts.identity)) {
        met.add(facts.identity);
        yield* walkFolder(object, depth + 1);
      }
      if (facts?.kind !== 'file') continue;
      if (RECORD_FILE.test(name)) yield { path, object, facts };
      else report.ignored(path);
    }
  }

  async function namesIn(folder: string): Promise<string[]> {
    try {
      return (await files.list(folder)).sort();
    } catch (error) {
      report.failed(folder, error as Error);
      return [];
    }
  }

  async function factsOf(path: string): Promise<FileFacts | undefined> {
    try {
      return await files.facts(path);
    } catch (error) {
      report.failed(path, error as Error);
      return undefined;
    }
  }
}
