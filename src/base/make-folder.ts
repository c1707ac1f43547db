import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** For a folder whose content is its owner's alone. */
export const PRIVATE = 0o700;
const ORDINARY = 0o777;

/**
 * Makes a folder, with `mode` less the process's umask, and what is missing above it. Node's own
 * recursive mkdir never returns where a folder cannot be made for a reason that looks like a missing
 * parent, as below /proc.
 */
export async function makeFolder(path: string, mode = ORDINARY): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { mode });
  }
}
