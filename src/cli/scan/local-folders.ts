import { readdir, stat } from 'node:fs/promises';
import type { LocalFolders } from '../../trail/archive/local-files.ts';

export const localFolders: LocalFolders = {
  list: (folder) => readdir(folder),

  async facts(path) {
    try {
      const found = await stat(path, { bigint: true });
      return {
        kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other',
        size: Number(found.size),
        version: `${found.size}-${found.mtimeNs}`,
        identity: `${found.dev}:${found.ino}`,
      };
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  },
};
