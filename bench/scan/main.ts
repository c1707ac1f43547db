/**
 * The scanner beside its rivals, on the same files in one run: every ratio of its goals whose rival is
 * present. Run after `npm run build`: npm run bench:scan -- [rounds] [megabytes]
 *
 * Files are made with a seed (tools/make-archive.ts); the real archive is that of test/data. Contenders
 * take turns within each round, and the least time of all rounds counts: processor time, which other
 * work on the machine falsifies least, and of the clock for threads and disks. Rivals are looked for on
 * PATH (`rg`, `jq`, `python3`, and python's `duckdb` and `chdb`; TRAILBELL_BENCH_PYTHON names another python).
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { createScanner } from '../../src/trail/scanner/create-scanner.ts';
import { FileReader } from '../../src/trail/scanner/file-reader.ts';
import type { Scanner } from '../../src/trail/scanner/scanner.ts';
import { CIS_PATTERNS, CIS_QUESTIONS, type Event } from '../../tools/archive/cis-questions.ts';
import { liveCalls } from './live.ts';
import { type Files, makeFiles, recordsOf } from './made-files.ts';
import { type PoolRun, poolRun } from './pool-run.ts';
import { commandTime, rivals } from './rivals.ts';

const ROUNDS = Number(process.argv[2] ?? 9);
const MEGABYTES = Number(process.argv[3] ?? 80);
/** External programs take long: they run in the first rounds only. */
const EXTERNAL_ROUNDS = 2;

const made = makeFiles(MEGABYTES);
const { large, tiny, real, lineBytes } = made;
const loadBefore = loadavg()[0] ?? 0;

const sized = (bytes: Buffer): Buffer => gunzipSync(bytes, { chunkSize: bytes.readUInt32LE(bytes.length - 4) + 64 });

async function scanAll(scanner: Scanner, contents: readonly Buffer[]): Promise<void> {
  for (const content of contents) await scanner.scan(content);
}

function plainWay(packed: readonly Buffer[]): void {
  let matches = 0;
  for (const bytes of packed)
    for (const record of (JSON.parse(gunzipSync(bytes).toString()) as { Records: Event[] }).Records)
      for (const question of CIS_QUESTIONS) if (question(record)) matches += 1;
  if (matches < 0) throw new Error('unreachable');
}

const patterns = [...CIS_PATTERNS];
const [rootUse = ''] = patterns.slice(2, 3);
const fifteen = createScanner({ patterns, inflate: 'wasm' });
const byNode = createScanner({ patterns, inflate: 'node' });
const scalar = createScanner({ patterns, engine: 'scalar', inflate: 'wasm' });
const one = createScanner({ patterns: [rootUse], inflate: 'wasm' });
const many = createScanner({ patterns: ['{ $.userIdentity.type = "AssumedRole" }'], inflate: 'wasm' });
const none = createScanner({ patterns: ['{ $.userIdentity.type = "NoSuchType" }'], inflate: 'wasm' });

const messages = recordsOf(large.raw[0] as Buffer);
const live = await liveCalls(made.folder, messages, patterns);
const reader = new FileReader();

type Contender =
  | { readonly run: () => unknown; readonly clock?: true; readonly command?: never }
  | { readonly command: string; readonly run?: never };
const contenders: Record<string, Contender> = {
  sized: { run: () => large.packed.map((bytes) => sized(bytes).length) },
  fifteen: { run: () => scanAll(fifteen, large.packed) },
  one: { run: () => scanAll(one, large.packed) },
  'fifteen, zlib': { run: () => scanAll(byNode, large.packed) },
  'fifteen, no SIMD': { run: () => scanAll(scalar, large.packed) },
  'plain way': { run: () => plainWay(large.packed) },
  'sized, real': { run: () => repeat(() => real.packed.map((bytes) => sized(bytes).length)) },
  'fifteen, real': { run: () => repeat(() => scanAll(fifteen, real.packed)) },
  'in memory': { run: () => scanAll(fifteen, large.raw) },
  'in memory, lines': { run: () => scanAll(fifteen, [lineBytes]) },
  'most match': { run: () => scanAll(many, large.packed) },
  'none match': { run: () => scanAll(none, large.packed) },
  'read and gunzip tiny': { run: () => tiny.paths.map((path) => gunzipSync(readFileSync(path)).length) },
  // As the threads of a pool read, that are told the size from the listing.
  'scan tiny': {
    run: async () => {
      for (const [i, path] of tiny.paths.entries()) await fifteen.scan(reader.read(path, tiny.sizes[i]));
    },
  },
  'calls, parsed': { run: live.parse },
  'calls, judged': { run: live.judge },
  'calls, appended': { run: live.append, clock: true },
  'calls, stored': { run: live.store, clock: true },
  ...Object.fromEntries(Object.entries(rivals(made)).map(([name, command]) => [name, { command }])),
};

async function repeat(run: () => unknown): Promise<void> {
  for (let i = 0; i < 10; i += 1) await run();
}

/** Seconds of the processor, or of the clock. */
async function timed({ run, clock, command }: Contender & { clock?: true }): Promise<number> {
  if (command !== undefined) return commandTime(command);
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return clock ? (performance.now() - start) / 1e3 : (user + system) / 1e6;
}

const least = new Map<string, number>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, contender] of Object.entries(contenders)) {
    if (contender.command !== undefined && round >= EXTERNAL_ROUNDS) continue;
    least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, await timed(contender)));
  }
  process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
}
await live.close();

const pool = (workers: number, rounds: number): PoolRun => poolRun(large.folder, patterns, { workers, rounds });
const idle = pool(0, 1);
const [alone, both] = [pool(1, Math.max(ROUNDS, 6)), pool(2, Math.max(ROUNDS, 6))];
/** The same files again and again are an archive that grows. */
const growing = [1, 4, 16].map((rounds) => ({ rounds, alone: pool(1, rounds), both: pool(2, rounds) }));
const perWorker = Math.max(...growing.map((size) => size.both.megabytes - size.alone.megabytes));

const time = (name: string): number => least.get(name) ?? Number.NaN;
const rate = (name: string, bytes: number): string => `${(bytes / 1e6 / time(name)).toFixed(0)} MB/s`;
const isOld = Number(process.versions.node.split('.')[0]) < 22;
/** What it is, the measured ratio, must, aim; a rival that is absent leaves NaN. */
const goals: readonly (readonly [string, number, string, string])[] = [
  ['gz, 15 patterns, 1 thread : sized gunzipSync alone', time('sized') / time('fifteen'), '>= 0.75', '1.0'],
  ['the same on a real archive', time('sized, real') / time('fifteen, real'), '>= 0.65', '0.95'],
  [
    'gz, 15 patterns : gunzip + JSON.parse + 15 functions',
    time('plain way') / time('fifteen'),
    isOld ? '>= 6' : '>= 4',
    '9',
  ],
  ['gz, 15 patterns : ripgrep -z, text only', time('ripgrep') / time('fifteen'), '>= 3.5', '4'],
  ['gz, 15 patterns : DuckDB read_json, one condition', time('duckdb') / time('fifteen'), '>= 10', '14'],
  ['gz, 15 patterns : gzip | jq, one condition', time('jq') / time('fifteen'), '>= 20', '25'],
  ['gz, 15 patterns : Python gzip + json, one condition', time('python') / time('fifteen'), '>= 10', '13'],
  ['2 threads : 1, by the clock', alone.seconds / both.seconds, '>= 1.6', '1.9'],
  ['processor time of 2 threads : 1, for the same', both.processor / alone.processor, '<= 1.1', '1'],
  ['time for 15 patterns : 1', time('fifteen') / time('one'), '<= 1.1', '1.05'],
  ['in memory, lines : DuckDB typed, one condition', time('duckdb, lines') / time('in memory, lines'), '>= 2', '3'],
  ['in memory, lines : chdb, a substring first', time('chdb, lines') / time('in memory, lines'), '>= 1.2', '1.8'],
  ['most records match : none', time('none match') / time('most match'), '>= 0.7', '0.9'],
  ['tiny files : read + gunzipSync alone', time('read and gunzip tiny') / time('scan tiny'), '>= 1.0', '1.3'],
  ['MB of memory for each further thread', perWorker, '<= 120', '100'],
  ['PutLogEvents, decoded and judged : JSON.parse alone', time('calls, parsed') / time('calls, judged'), '>= 0.7', '2'],
  ['stored durably and judged : append + fdatasync', time('calls, appended') / time('calls, stored'), '>= 0.35', '0.8'],
];

const sizes = (name: string, { paths, bytes, packed }: Files): string =>
  `${name}: ${paths.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${(bytes / packed.reduce((sum, { length }) => sum + length, 0)).toFixed(1)} : 1`;
console.log(
  `Node ${process.versions.node}; least of ${ROUNDS} rounds; ${[sizes('large', large), sizes('tiny', tiny), sizes('real', real)].join('; ')}`,
);
const loadAfter = loadavg()[0] ?? 0;
console.log(
  `${availableParallelism()} processors, load ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after, this run's own (1 to 2) in the latter`,
);
for (const [name] of Object.entries(contenders)) {
  const bytes = name.includes('real')
    ? real.bytes * 10
    : name.includes('tiny')
      ? tiny.bytes
      : name.startsWith('calls')
        ? live.bytes
        : large.bytes;
  console.log(`  ${name.padEnd(24)} ${rate(name, bytes).padStart(12)}`);
}
console.log(`\nmemory of the process, ${idle.megabytes.toFixed(0)} MB when idle`);
for (const size of growing)
  console.log(
    `  ${((size.rounds * large.bytes) / 1e6).toFixed(0).padStart(8)} MB scanned: ${size.alone.megabytes.toFixed(0)} MB with 1 thread, ${size.both.megabytes.toFixed(0)} with 2`,
  );
console.log(`\n${'goal'.padEnd(58)} ${'measured'.padStart(9)}   must     aim`);
for (const [name, value, must, aim] of goals) {
  const shown = Number.isNaN(value) ? 'skipped' : value.toFixed(2);
  console.log(
    `${name.padEnd(58)} ${shown.padStart(9)}   ${must.padEnd(8)} ${aim}${Number.isNaN(value) ? '   (rival absent)' : verdict(value, must)}`,
  );
}
made.remove();

function verdict(value: number, must: string): string {
  if (must === '') return '';
  const bar = Number(must.slice(3));
  return (must.startsWith('>=') ? value >= bar : value <= bar) ? '' : '   MISSED';
}
