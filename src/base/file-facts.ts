import { stat } from 'node:fs/promises';

/** What is known of a file without reading it. */
export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other';
  readonly size: number;
  /** Nanoseconds; moves with content, name and rights. */
  readonly changed: string;
  /** Nanoseconds; moves with the content. */
  readonly modified: string;
  /** The same for the same file under every name. */
  readonly identity: string;
}

/** Follows links; undefined when there is nothing, of which a link to itself or to nothing is a form. */
export async function fileFacts(path: string): Promise<FileStat | undefined> {
  try {
    const found = await stat(path, { bigint: true });
    return {
      kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other',
      size: Number(found.size),
      changed: String(found.ctimeNs),
      modified: String(found.mtimeNs),
      identity: `${found.dev}:${found.ino}`,
    };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
