import { spawnSync } from 'node:child_process';

export interface PoolRun {
  /** Of the clock, the least of all rounds. */
  readonly seconds: number;
  /** Peak of the process. */
  readonly megabytes: number;
}

/** Scans the files so many times, by so many threads, in a process of its own; no threads are none at all. */
export function poolRun(
  paths: readonly string[],
  sizes: readonly number[],
  patterns: readonly string[],
  { workers, rounds }: { readonly workers: number; readonly rounds: number },
): PoolRun {
  const module = new URL('../../dist/trail/scanner/scan-pool.js', import.meta.url).href;
  const code = `
    const { readFile } = await import('node:fs/promises');
    const { ScanPool } = await import(${JSON.stringify(module)});
    const paths = ${JSON.stringify(paths)};
    const sizes = ${JSON.stringify(sizes)};
    const pool = ${workers} > 0 ? new ScanPool({ workers: ${workers}, inflate: 'wasm', patterns: ${JSON.stringify(patterns)} }) : undefined;
    let seconds = Infinity;
    for (let i = 0; pool && i < ${rounds}; i++) {
      const start = performance.now();
      await Promise.all(paths.map((path, n) => pool.scan({ path, size: sizes[n] })));
      seconds = Math.min(seconds, (performance.now() - start) / 1000);
    }
    const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
    // Its own peak; what getrusage tells begins with the memory of the process that started it.
    const peak = Number(/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? process.memoryUsage.rss() / 1024) / 1024;
    console.log(JSON.stringify({ seconds, megabytes: peak }));
    await pool?.close();`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the pool cannot be run: ${stderr}`);
  return JSON.parse(stdout) as PoolRun;
}
