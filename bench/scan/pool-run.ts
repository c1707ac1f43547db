import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface PoolRun {
  /** Of the clock, the least of all rounds. */
  readonly seconds: number;
  /** Of the processors, the least of all rounds. */
  readonly processor: number;
  /** Peak of the process. */
  readonly megabytes: number;
}

const CHILD = fileURLToPath(new URL('pool-child.mjs', import.meta.url));

/** Scans the files of a folder so many times, by so many threads, in a process of its own; no threads are none at all. */
export function poolRun(
  folder: string,
  patterns: readonly string[],
  { workers, rounds }: { readonly workers: number; readonly rounds: number },
): PoolRun {
  const words = [CHILD, folder, String(workers), String(rounds), JSON.stringify(patterns)];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the pool cannot be run: ${stderr}`);
  return JSON.parse(stdout) as PoolRun;
}
