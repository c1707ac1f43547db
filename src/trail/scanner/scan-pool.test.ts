import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ScanPool } from './scan-pool.ts';

const record = (n: number, type: string): string =>
  JSON.stringify({ eventVersion: '1.08', userIdentity: { type }, eventName: `Name${n}`, eventID: String(n) });
const file = (from: number): string =>
  `{"Records":[${[0, 1, 2].map((n) => record(from + n, n === 1 ? 'Root' : 'IAMUser')).join()}]}`;

describe('a scan pool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-scan-'));
  const patterns = ['{ $.userIdentity.type = "Root" }', '{ $.eventName = "Name1*" }'];
  const pool = new ScanPool({ workers: 2, patterns });
  afterAll(() => pool.close());

  it('scans paths, bytes and streams, and gives the matches of each', async () => {
    const paths = Array.from({ length: 100 }, (_, i) => join(folder, `${i}.json.gz`));
    for (const [i, path] of paths.entries()) writeFileSync(path, gzipSync(file(i * 3)));
    const texts: string[] = [];
    const outcomes = await Promise.all(paths.map((path) => pool.scan({ path }, (text) => texts.push(text))));
    expect(outcomes.map(({ records }) => records)).toEqual(Array(100).fill(3));
    expect(outcomes.reduce((sum, { matches }) => sum + matches[0]!, 0)).toBe(100);
    expect(texts.filter((text) => text.includes('Root'))).toHaveLength(100);
    const bytes = await pool.scan({ content: Buffer.from(file(0)) });
    expect(bytes).toMatchObject({ records: 3, matches: [1, 1], damages: 0, bytes: file(0).length });
    async function* stream(): AsyncGenerator<Uint8Array> {
      for (const byte of gzipSync(file(0))) yield Buffer.of(byte);
    }
    expect(await pool.scan({ content: stream() })).toEqual(bytes);
  });

  it('tells what could not be read, and goes on', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gzipSync(file(0)).subarray(0, 100);
      throw new Error('connection lost');
    }
    const [missing, lost, whole] = await Promise.all([
      pool.scan({ path: join(folder, 'missing') }),
      pool.scan({ content: broken() }),
      pool.scan({ content: Buffer.from(file(0)) }),
    ]);
    expect(missing).toMatchObject({ records: 0, failure: expect.stringContaining('ENOENT') });
    expect(lost).toMatchObject({ failure: 'connection lost', damages: 0 });
    expect(whole.records).toBe(3);
  });
});
