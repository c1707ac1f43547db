import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** `events.ndjson` → `events-20260304T120000Z.ndjson`, with a number where others of that second are there already. */
export async function freeName(path: string, now: number): Promise<string> {
  const { folder, stem, ending } = partsOf(path);
  const stamp = `${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  // Names count on even where the first of that second has been removed: the order of names is that of time.
  const numbers = (await rotatedFiles(path))
    .map((name) => middleOf(name, stem, ending))
    .filter((middle) => middle.startsWith(stamp))
    .map((middle) => Number(middle.slice(stamp.length + 1)));
  const number = numbers.length === 0 ? '' : `-${Math.max(...numbers) + 1}`;
  return join(folder, `${stem}-${stamp}${number}${ending}`);
}

/** Puts `file.gz` in the place of `file`; at every moment one of them is whole. */
export async function compressFile(file: string): Promise<void> {
  const half = `${file}.gz.part`;
  await pipeline(createReadStream(file), createGzip(), createWriteStream(half, { mode: 0o600, flush: true }));
  await rename(half, `${file}.gz`);
  await rm(file);
}

/** Removes all rotated files of `path` but the newest `keep`. */
export async function pruneRotated(path: string, keep: number): Promise<void> {
  const rotated = (await rotatedFiles(path)).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  for (const name of rotated.slice(0, Math.max(0, rotated.length - keep))) await rm(join(dirname(path), name));
}

async function rotatedFiles(path: string): Promise<string[]> {
  const { folder, stem, ending } = partsOf(path);
  return (await readdir(folder)).filter(
    (name) => name.startsWith(`${stem}-`) && /^\d{8}T\d{6}Z(-\d+)?$/.test(middleOf(name, stem, ending)),
  );
}

const middleOf = (name: string, stem: string, ending: string): string => {
  const bare = name.replace(/\.gz$/, '');
  return bare.endsWith(ending) ? bare.slice(stem.length + 1, bare.length - ending.length) : '';
};

/** Numbers of one second in the order of numbers. */
const sortKey = (name: string): string =>
  name.replace(/Z-(\d+)/, (_, number: string) => `Z~${number.padStart(6, '0')}`);

function partsOf(path: string): { folder: string; stem: string; ending: string } {
  const ending = extname(path);
  return { folder: dirname(path), stem: basename(path, ending), ending };
}
