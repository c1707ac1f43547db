// Scans the files of a folder by a pool of threads, for pool-run.ts: FOLDER THREADS ROUNDS PATTERNS
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const [folder, threads, rounds, patterns] = process.argv.slice(2);
const { ScanPool } = await import(new URL('../../dist/trail/scanner/scan-pool.js', import.meta.url));
const files = readdirSync(folder).map((name) => ({
  path: join(folder, name),
  size: statSync(join(folder, name)).size,
}));
const workers = Number(threads);
const pool = workers > 0 ? new ScanPool({ workers, inflate: 'wasm', patterns: JSON.parse(patterns) }) : undefined;
let [seconds, processor] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
for (let i = 0; pool && i < Number(rounds); i += 1) {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await Promise.all(files.map((file) => pool.scan(file)));
  seconds = Math.min(seconds, (performance.now() - start) / 1000);
  const { user, system } = process.cpuUsage(before);
  processor = Math.min(processor, (user + system) / 1e6);
}
console.log(JSON.stringify({ seconds, processor, megabytes: peak() }));
await pool?.close();

/** Its own peak; what getrusage tells begins with the memory of the process that started it. */
function peak() {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return process.memoryUsage.rss() / 1024 / 1024;
  }
}
