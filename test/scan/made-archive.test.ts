import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type ArchiveFile, archiveFiles } from '../../tools/archive/archive-files.ts';
import { RARE_SHAPES } from '../../tools/archive/rare-root-uses.ts';

const OPTIONS = { seed: 7, files: 20, records: 1000, spread: 0, accounts: 20, rootShare: 0.0003, duplicates: 0 };
const hasJq = spawnSync('jq', ['--version']).status === 0;

/** A made archive measures nothing unless it is like what CloudTrail leaves. */
describe('a made archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-made-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const files = [...archiveFiles(OPTIONS)];
  const records = files.flatMap((file) => file.records);

  it('is the same for the same seed', () => {
    const again: ArchiveFile[] = [];
    for (const file of archiveFiles(OPTIONS)) if (again.push(file) === 3) break;
    expect(again).toEqual(files.slice(0, 3));
    expect([...archiveFiles({ ...OPTIONS, seed: 8, files: 1 })][0]?.content).not.toBe(files[0]?.content);
  });

  it('compresses and is varied like real ones', () => {
    const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
    const ratio = bytes / files.reduce((sum, { content }) => sum + gzipSync(content).length, 0);
    expect(ratio).toBeGreaterThan(8);
    expect(ratio).toBeLessThan(12);
    const sizes = records.map((record) => JSON.stringify(record).length).sort((a, b) => a - b);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(1200);
    expect(mean).toBeLessThan(1500);
    expect(sizes[Math.floor(sizes.length * 0.99)]).toBeLessThan(3000);
    const different = (of: (record: Record<string, unknown>) => unknown): number => new Set(records.map(of)).size;
    expect(different(({ eventName }) => eventName)).toBeGreaterThanOrEqual(200);
    expect(different(({ eventSource }) => eventSource)).toBeGreaterThanOrEqual(25);
    expect(different((record) => Object.keys(record).join())).toBeGreaterThanOrEqual(20);
    const times = files.map((file) => file.records.map(({ eventTime }) => String(eventTime)).join());
    const unsorted = times.filter((line) => line !== line.split(',').sort().join()).length / files.length;
    expect(unsorted).toBeGreaterThanOrEqual(0.25);
    expect(unsorted).toBeLessThanOrEqual(0.6);
  });

  it('holds every shape of root', () => {
    const shapes = new Set([...archiveFiles({ ...OPTIONS, records: 2, files: 60 })].flatMap((file) => file.shapes));
    expect([...RARE_SHAPES, 'root sign-in', 'root call'].filter((shape) => !shapes.has(shape as never))).toEqual([]);
  });

  it.skipIf(!hasJq)('knows of itself what jq counts', { timeout: 60_000 }, () => {
    execFileSync('node_modules/.bin/tsx', ['tools/make-archive.ts', folder, '--files', '60', '--records', '20'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const expected = JSON.parse(readFileSync(join(folder, 'EXPECTED.json'), 'utf8')) as {
      records: number;
      controls: Record<string, number>;
    };
    const all = (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.gz'))
      .map((name) => gunzipSync(readFileSync(join(folder, name))).toString())
      .join('\n');
    const questions = `[.[].Records[]] | {
      all: length,
      root: map(select(.userIdentity.type == "Root" and (.userIdentity | has("invokedBy") | not) and .eventType != "AwsServiceEvent")) | length,
      trail: map(select(.eventName | IN("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"))) | length,
      failed: map(select(.eventName == "ConsoleLogin" and .errorMessage == "Failed authentication")) | length
    }`;
    const { stdout } = spawnSync('jq', ['-s', questions], { input: all, encoding: 'utf8', maxBuffer: 1e9 });
    expect(JSON.parse(stdout)).toEqual({
      all: expected.records,
      root: expected.controls['4.3'],
      trail: expected.controls['4.5'],
      failed: expected.controls['4.6'],
    });
  });
});
