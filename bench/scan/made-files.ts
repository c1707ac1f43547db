import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ArchiveOptions, archiveFiles } from '../../tools/archive/archive-files.ts';

export interface Files {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly sizes: readonly number[];
  readonly packed: readonly Buffer[];
  readonly raw: readonly Buffer[];
  /** Inflated. */
  readonly bytes: number;
}

export interface MadeFiles {
  readonly folder: string;
  /** Thousands of records a file. */
  readonly large: Files;
  /** One to a few records a file. */
  readonly tiny: Files;
  /** The real archive of the tests. */
  readonly real: Files;
  /** The records of `large`, one a line. */
  readonly lines: string;
  readonly lineBytes: Buffer;
  remove(): void;
}

const COMMON = { seed: 7, accounts: 20, rootShare: 0.0003, duplicates: 0 };

/** Writes what is measured, the same on every machine. */
export function makeFiles(megabytes: number): MadeFiles {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-bench-'));
  const large = made(join(folder, 'large'), { ...COMMON, files: 1e6, records: 2500, spread: 0.4 }, megabytes * 1e6);
  const tiny = made(
    join(folder, 'tiny'),
    { ...COMMON, rootShare: 0, files: 1500, records: 2, spread: 0.5 },
    Number.POSITIVE_INFINITY,
  );
  const real = found(fileURLToPath(new URL('../../test/data/cloudtrail/archive', import.meta.url)));
  const lines = join(folder, 'all.ndjson');
  writeFileSync(lines, large.raw.map((raw) => recordsOf(raw).join('\n')).join('\n'));
  const remove = () => rmSync(folder, { recursive: true });
  return { folder, large, tiny, real, lines, lineBytes: readFileSync(lines), remove };
}

/** The records of a file's content, each as text. */
export const recordsOf = (raw: Buffer): string[] =>
  (JSON.parse(raw.toString()) as { Records: unknown[] }).Records.map((record) => JSON.stringify(record));

function made(folder: string, options: ArchiveOptions, most: number): Files {
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  let count = 0;
  for (const { content } of archiveFiles(options)) {
    bytes += content.length;
    writeFileSync(join(folder, `${count}.json.gz`), gzipSync(content));
    count += 1;
    if (bytes >= most) break;
  }
  return found(folder);
}

function found(folder: string): Files {
  const paths = (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.json.gz'))
    .map((path) => join(folder, path));
  const packed = paths.map((path) => readFileSync(path));
  const raw = packed.map((bytes) => gunzipSync(bytes));
  const sizes = paths.map((path) => statSync(path).size);
  return { folder, paths, sizes, packed, raw, bytes: raw.reduce((sum, { length }) => sum + length, 0) };
}
