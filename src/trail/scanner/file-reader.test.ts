import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FileReader } from './file-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'trailbell-reader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function made(name: string, size: number): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(size, name));
  return path;
}

async function sizeOf(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<number> {
  if (content instanceof Uint8Array) return content.length;
  let size = 0;
  for await (const chunk of content) size += chunk.length;
  return size;
}

const LIMIT = 2 * 1024 * 1024;

describe('a reader of files', () => {
  const reader = new FileReader();

  it('reads small files at once, one after the other', () => {
    const [one, other] = [made('a', 100), made('b', 7)];
    expect(Buffer.from(reader.read(one, 100) as Uint8Array).toString()).toBe('a'.repeat(100));
    expect(Buffer.from(reader.read(other, undefined) as Uint8Array).toString()).toBe('b'.repeat(7));
    expect(reader.read(made('c', 0), 0)).toHaveLength(0);
  });

  it.each([LIMIT - 1, LIMIT, LIMIT + 1, 3 * LIMIT])('gives all of %i bytes, whatever size was listed', async (size) => {
    const path = made('d', size);
    for (const listed of [size, undefined, 0, 10, LIMIT - 1, size + 5])
      expect(await sizeOf(reader.read(path, listed))).toBe(size);
  });

  it('reads pipes to their end', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const writer = spawn('sh', ['-c', `printf one > ${path}`]);
    expect(await sizeOf(reader.read(path, undefined))).toBe(3);
    writer.kill();
  });

  it('says what is missing', () => {
    expect(() => reader.read(join(folder, 'nothing'), 5)).toThrow('ENOENT');
    expect(() => reader.read(join(folder, 'nothing'), undefined)).toThrow('ENOENT');
  });
});
