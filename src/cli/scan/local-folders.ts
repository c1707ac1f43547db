import { readdir } from 'node:fs/promises';
import { fileFacts } from '../../base/file-facts.ts';
import type { LocalFolders } from '../../trail/archive/local-files.ts';

export const localFolders: LocalFolders = {
  list: (folder) => readdir(folder),

  async facts(path) {
    const found = await fileFacts(path);
    return found && { ...found, version: `${found.size}-${found.modified}` };
  },
};
