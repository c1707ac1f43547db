import { createReadStream, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileFacts } from '../base/file-facts.ts';
import { makeFolder } from '../base/make-folder.ts';

/** What is known of a file without reading it. */
export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other';
  readonly size: number;
  /** Differs whenever content, name or rights were changed. */
  readonly changed: string;
  /** The same for the same file under every name. */
  readonly identity: string;
}

export interface Watching {
  close(): void;
}

/** The files an intake sees. */
export interface FileSystem {
  /** Makes a folder and those above it; nothing happens when it is there. */
  makeFolder(path: string): Promise<void>;
  /** Names in a folder. */
  list(folder: string): Promise<string[]>;
  /** Follows links; undefined when there is nothing. */
  facts(path: string): Promise<FileFacts | undefined>;
  /** Content from byte `from` to before byte `to`, or to the end. */
  read(path: string, from: number, to?: number): AsyncIterable<Uint8Array>;
  /** Calls `hint` when something in the folder may have changed; undefined when it cannot be watched. */
  watch(folder: string, hint: () => void): Watching | undefined;
}

const READ_AHEAD = 256 * 1024;

export const nodeFileSystem: FileSystem = {
  makeFolder: (path) => makeFolder(path),

  list: (folder) => readdir(folder),

  facts: fileFacts,

  async *read(path, from, to) {
    if (to !== undefined && to <= from) return;
    yield* createReadStream(path, {
      start: from,
      ...(to !== undefined && { end: to - 1 }),
      highWaterMark: READ_AHEAD,
    }) as AsyncIterable<Buffer>;
  },

  watch(folder, hint) {
    try {
      const watcher = watch(folder, { persistent: false }, hint);
      // A folder that goes away takes its watcher along; polling sees the rest.
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  },
};
