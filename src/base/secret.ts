import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** Where a secret lies: settings name it and never hold it. */
export const secretSource = z
  .union(
    [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
    'must say where the secret lies: {"env": "NAME"} or {"file": "PATH"}',
  )
  .describe('Where the secret lies: {"env": "NAME"} or {"file": "PATH"}.');

export type SecretSource = z.output<typeof secretSource>;

/** A secret that is not where the settings say. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Reads a secret; blanks around it, such as the newline of a file, do not count.
 * @throws SecretError that names the place, and never what is there
 */
export async function readSecret(source: SecretSource, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const place = 'env' in source ? `The environment variable ${source.env}` : `The file ${source.file}`;
  const text = 'env' in source ? env[source.env] : await readFile(source.file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new SecretError(`${place} should hold a secret and is not there or cannot be read`);
  const secret = text.trim();
  if (secret === '') throw new SecretError(`${place} should hold a secret and is empty`);
  return secret;
}
