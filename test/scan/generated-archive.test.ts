import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createScanner } from '../../src/trail/scanner/create-scanner.ts';
import { archiveFiles } from '../../tools/archive/archive-files.ts';
import { CIS_PATTERNS, CIS_QUESTIONS, type Event } from '../../tools/archive/cis-questions.ts';

/** TRAILBELL_SCAN_MEGABYTES=2000 is the long form. */
const MEGABYTES = Number(process.env.TRAILBELL_SCAN_MEGABYTES ?? 12);

const SETS = [
  { name: 'many small files', records: 8, spread: 0.8 },
  { name: 'files of usual size', records: 120, spread: 1.2 },
  { name: 'large files', records: 4000, spread: 0.6 },
] as const;

describe.each(SETS)('an archive of $name', ({ records, spread }) => {
  it('is counted as by parsing everything and asking plain functions', { timeout: 36e5 }, async () => {
    const options = {
      seed: 11,
      files: Number.MAX_SAFE_INTEGER,
      records,
      spread,
      accounts: 20,
      rootShare: 0.003,
      duplicates: 0.1,
    };
    const scanners = (['simd', 'scalar'] as const).flatMap((engine) =>
      (['wasm', 'node'] as const).map((inflate) => ({
        name: `${engine} ${inflate}`,
        scanner: createScanner({ patterns: CIS_PATTERNS, engine, inflate }),
        matches: CIS_PATTERNS.map(() => 0),
        records: 0,
      })),
    );
    const expected = CIS_QUESTIONS.map(() => 0);
    let count = 0;
    let bytes = 0;
    for (const file of archiveFiles(options)) {
      for (const record of file.records)
        for (const [i, question] of CIS_QUESTIONS.entries())
          if (question(record as Event)) expected[i] = (expected[i] ?? 0) + 1;
      count += file.records.length;
      bytes += file.content.length;
      const packed = gzipSync(file.content);
      for (const each of scanners) {
        const outcome = await each.scanner.scan(packed);
        expect([each.name, file.key, outcome.damages]).toEqual([each.name, file.key, 0]);
        each.records += outcome.records;
        for (const [i, found] of outcome.matches.entries()) each.matches[i] = (each.matches[i] ?? 0) + found;
      }
      if (bytes > (MEGABYTES / SETS.length) * 1e6) break;
    }
    for (const each of scanners) {
      expect([each.name, each.records]).toEqual([each.name, count]);
      expect([each.name, ...each.matches]).toEqual([each.name, ...expected]);
    }
    expect(expected.filter((matches) => matches > 0).length).toBeGreaterThan(8);
  });
});
