import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';

const KEY_BYTES = 32;

/**
 * The 32 bytes that secrets are encrypted under. The file is made, readable by its owner alone, when
 * it is missing; one of another size is refused, because nothing sealed before could be opened.
 */
export async function loadKeyFile(path: string): Promise<Buffer> {
  const key = (await readIfThere(path)) ?? (await createKeyFile(path));
  if (key.length !== KEY_BYTES) {
    throw new Error(`${path} should hold ${KEY_BYTES} bytes and holds ${key.length}: put the right key file back`);
  }
  return key;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Of two processes that start together one makes the key and the other reads it. The key is written whole
 * under another name and then linked: a reader never finds the file half written, nor does a crash leave it so.
 */
async function createKeyFile(path: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(key);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readFile(path);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
