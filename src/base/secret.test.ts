import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSecret, secretSource } from './secret.ts';

describe('a secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key');
  writeFileSync(file, ' s3cret\n');

  it('is read from a variable or a file, without the blanks around it', async () => {
    expect(await readSecret({ env: 'KEY' }, { KEY: 'abc' })).toBe('abc');
    expect(await readSecret({ file })).toBe('s3cret');
  });

  it('that is missing or empty is refused by its place', async () => {
    await expect(readSecret({ env: 'KEY' }, {})).rejects.toThrow('The environment variable KEY');
    await expect(readSecret({ env: 'KEY' }, { KEY: ' ' })).rejects.toThrow('is empty');
    await expect(readSecret({ file: `${file}.not` })).rejects.toThrow(`The file ${file}.not`);
  });

  it('cannot stand in the settings themselves', () => {
    expect(secretSource.safeParse('s3cret').success).toBe(false);
    expect(secretSource.safeParse({ env: 'A', file: 'b' }).success).toBe(false);
  });
});
