/**
 * The scanner beside its rivals, on the same files in one run: every ratio of its goals whose rival is
 * present. Run after `npm run build`: npx tsx bench/scan.ts [rounds] [megabytes]
 *
 * Files are made with a seed (tools/make-archive.ts); the real ones are those of test/data. Contenders
 * take turns within each round, and the least time of all rounds counts: processor time, which other
 * work on the machine falsifies least, and for threads the time of the clock. Rivals are looked for on
 * PATH (`rg`, `jq`, `python3`, and python's `duckdb`; TRAILBELL_BENCH_PYTHON names another python).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createScanner } from '../src/trail/scanner/create-scanner.ts';
import type { Scanner } from '../src/trail/scanner/scanner.ts';
import { type ArchiveOptions, archiveFiles } from '../tools/archive/archive-files.ts';
import { CIS_PATTERNS, CIS_QUESTIONS, type Event } from '../tools/archive/cis-questions.ts';

const ROUNDS = Number(process.argv[2] ?? 9);
const MEGABYTES = Number(process.argv[3] ?? 80);
const PYTHON = process.env.TRAILBELL_BENCH_PYTHON ?? 'python3';
/** External programs take long: they run in the first rounds only. */
const EXTERNAL_ROUNDS = 2;

interface Files {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly packed: readonly Buffer[];
  readonly raw: readonly Buffer[];
  readonly bytes: number;
}

const work = mkdtempSync(join(tmpdir(), 'trailbell-bench-'));
const common = { seed: 7, accounts: 20, rootShare: 0.0003, duplicates: 0 };
const large = made('large', { ...common, files: 1e6, records: 2500, spread: 0.4 }, MEGABYTES * 1e6);
const tiny = made('tiny', { ...common, files: 1500, records: 2, spread: 0.5 }, Number.POSITIVE_INFINITY);
const real = found(fileURLToPath(new URL('../test/data/cloudtrail', import.meta.url)));
const lines = join(work, 'all.ndjson');
writeFileSync(
  lines,
  large.raw
    .map((raw) =>
      (JSON.parse(raw.toString()) as { Records: unknown[] }).Records.map((r) => JSON.stringify(r)).join('\n'),
    )
    .join('\n'),
);
const lineBytes = readFileSync(lines);

function made(name: string, options: ArchiveOptions, most: number): Files {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (const [i, file] of [...upTo(options, most)].entries()) {
    bytes += file.length;
    writeFileSync(join(folder, `${i}.json.gz`), gzipSync(file));
  }
  if (bytes === 0) throw new Error('no files were made');
  return found(folder);
}

function* upTo(options: ArchiveOptions, most: number): Generator<string> {
  let bytes = 0;
  for (const { content } of archiveFiles(options)) {
    yield content;
    bytes += content.length;
    if (bytes >= most) return;
  }
}

function found(folder: string): Files {
  const paths = (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.json.gz'))
    .map((path) => join(folder, path));
  const packed = paths.map((path) => readFileSync(path));
  const raw = packed.map((bytes) => gunzipSync(bytes));
  return { folder, paths, packed, raw, bytes: raw.reduce((sum, { length }) => sum + length, 0) };
}

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

/** Processor seconds of a command and its children, by the shell's own account. */
function commandTime(command: string): number {
  const { stdout, status } = spawnSync('bash', ['-c', `${command} > /dev/null; times`], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const [, user = '', system = ''] = /\n(\S+) (\S+)\s*$/.exec(stdout) ?? [];
  const seconds = (text: string): number =>
    Number(text.split('m')[0]) * 60 + Number.parseFloat(text.split('m')[1] ?? '');
  const sum = seconds(user) + seconds(system);
  if (status !== 0 || Number.isNaN(sum)) throw new Error(`cannot time: ${command}`);
  return sum;
}

const has = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0;
const hasRipgrep = has('rg', ['--version']);
const hasJq = has('jq', ['--version']);
const hasPython = has(PYTHON, ['--version']);
const hasDuck = hasPython && has(PYTHON, ['-c', 'import duckdb']);

const patterns = [...CIS_PATTERNS];
const [rootUse = ''] = patterns.slice(2, 3);
const fifteen = createScanner({ patterns, inflate: 'wasm' });
const byNode = createScanner({ patterns, inflate: 'node' });
const scalar = createScanner({ patterns, engine: 'scalar', inflate: 'wasm' });
const one = createScanner({ patterns: [rootUse], inflate: 'wasm' });
const many = createScanner({ patterns: ['{ $.userIdentity.type = "AssumedRole" }'], inflate: 'wasm' });
const none = createScanner({ patterns: ['{ $.userIdentity.type = "NoSuchType" }'], inflate: 'wasm' });

const JQ = `'.Records[] | select(.userIdentity.type=="Root" and (.userIdentity|has("invokedBy")|not) and .eventType!="AwsServiceEvent") | .eventID'`;
const PY = `
import sys,gzip,json
n=0
for f in sys.argv[1:]:
    for r in json.loads(gzip.open(f).read())["Records"]:
        u=r.get("userIdentity") or {}
        if u.get("type")=="Root" and "invokedBy" not in u and r.get("eventType")!="AwsServiceEvent": n+=1
print(n)`;
const DUCK = `
import duckdb,sys
c=duckdb.connect(); c.execute("set threads=1")
print(c.execute("select count(*) from (select unnest(Records) r from read_json('${large.folder}/*.json.gz', maximum_object_size=200000000, columns={Records: 'STRUCT(userIdentity STRUCT(\\"type\\" VARCHAR, invokedBy VARCHAR), eventType VARCHAR)[]'})) where r.userIdentity.type='Root' and r.userIdentity.invokedBy is null and r.eventType<>'AwsServiceEvent'").fetchall())`;
const DUCK_LINES = `
import duckdb,sys
c=duckdb.connect(); c.execute("set threads=1")
print(c.execute("select count(*) from read_json('${lines}', format='newline_delimited', columns={userIdentity: 'STRUCT(\\"type\\" VARCHAR, invokedBy VARCHAR)', eventType: 'VARCHAR'}) where userIdentity.type='Root' and userIdentity.invokedBy is null and eventType<>'AwsServiceEvent'").fetchall())`;
writeFileSync(join(work, 'plain.py'), PY);
writeFileSync(join(work, 'duck.py'), DUCK);
writeFileSync(join(work, 'duck-lines.py'), DUCK_LINES);

type Contender =
  | { readonly run: () => unknown; readonly command?: never }
  | { readonly command: string; readonly run?: never };
const files = `${large.folder}/*.json.gz`;
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
  'scan tiny': {
    run: () =>
      scanAll(
        fifteen,
        tiny.paths.map((path) => readFileSync(path)),
      ),
  },
  ...(hasRipgrep ? { ripgrep: { command: `rg -z -c --threads 1 '"Root"' ${files}` } } : {}),
  ...(hasJq ? { jq: { command: `gzip -dc ${files} | jq -c ${JQ}` } } : {}),
  ...(hasPython ? { python: { command: `${PYTHON} ${work}/plain.py ${files}` } } : {}),
  ...(hasDuck
    ? {
        duckdb: { command: `${PYTHON} ${work}/duck.py` },
        'duckdb, lines': { command: `${PYTHON} ${work}/duck-lines.py` },
      }
    : {}),
};

async function repeat(run: () => unknown): Promise<void> {
  for (let i = 0; i < 10; i += 1) await run();
}

const least = new Map<string, number>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, { run, command }] of Object.entries(contenders)) {
    let seconds: number;
    if (command !== undefined) {
      if (round >= EXTERNAL_ROUNDS) continue;
      seconds = commandTime(command);
    } else {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      seconds = (user + system) / 1e6;
    }
    least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, seconds));
  }
  process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
}

/** Peak memory and least seconds of scanning the large files a few times, in a process of its own. */
function poolRun(workers: number): { readonly seconds: number; readonly megabytes: number } | undefined {
  const module = new URL('../dist/trail/scanner/scan-pool.js', import.meta.url).href;
  const code = `
    const { readFile } = await import('node:fs/promises');
    const { ScanPool } = await import(${JSON.stringify(module)});
    const paths = ${JSON.stringify(large.paths)};
    const pool = ${workers} > 0 ? new ScanPool({ workers: ${workers}, inflate: 'wasm', patterns: ${JSON.stringify(patterns)} }) : undefined;
    let seconds = Infinity;
    for (let i = 0; pool && i < ${Math.max(ROUNDS, 6)}; i++) {
      const start = performance.now();
      await Promise.all(paths.map((path) => pool.scan({ path })));
      seconds = Math.min(seconds, (performance.now() - start) / 1000);
    }
    const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
    // Its own peak; what getrusage tells begins with the memory of the process that started it.
    const peak = Number(/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? process.memoryUsage.rss() / 1024) / 1024;
    console.log(JSON.stringify({ seconds, megabytes: peak }));
    await pool?.close();`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as { seconds: number; megabytes: number }) : undefined;
}
const [idle, alone, both] = [poolRun(0), poolRun(1), poolRun(2)];

const time = (name: string): number => least.get(name) ?? Number.NaN;
const rate = (name: string, bytes: number): string => `${(bytes / 1e6 / time(name)).toFixed(0)} MB/s`;
const isOld = Number(process.versions.node.split('.')[0]) < 22;
/** What it is, the measured ratio, must, aim; a rival that is absent leaves NaN. */
const goals: readonly (readonly [string, number, string, string])[] = [
  ['gz, 15 patterns, 1 thread : sized gunzipSync alone', time('sized') / time('fifteen'), '>= 0.75', '1.0'],
  ['the same on real files', time('sized, real') / time('fifteen, real'), '>= 0.65', '0.95'],
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
  ['2 threads : 1, by the clock', alone && both ? alone.seconds / both.seconds : Number.NaN, '>= 1.6', '1.9'],
  ['time for 15 patterns : 1', time('fifteen') / time('one'), '<= 1.1', '1.05'],
  ['in memory, lines : DuckDB typed, one condition', time('duckdb, lines') / time('in memory, lines'), '>= 2', '3'],
  ['in memory : chdb with a substring first', Number.NaN, '>= 1.2', '1.8'],
  ['most records match : none', time('none match') / time('most match'), '>= 0.7', '0.9'],
  ['tiny files : read + gunzipSync alone', time('read and gunzip tiny') / time('scan tiny'), '>= 1.0', '1.3'],
  ['MB of memory for a second thread', alone && both ? both.megabytes - alone.megabytes : Number.NaN, '<= 120', '100'],
  ['MB of memory, whole process with one thread', alone?.megabytes ?? Number.NaN, '', ''],
];

const sizes = (name: string, { paths, bytes, packed }: Files): string =>
  `${name}: ${paths.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${(bytes / packed.reduce((sum, { length }) => sum + length, 0)).toFixed(1)} : 1`;
console.log(
  `Node ${process.versions.node}; least of ${ROUNDS} rounds; ${[sizes('large', large), sizes('tiny', tiny), sizes('real', real)].join('; ')}`,
);
for (const [name] of Object.entries(contenders)) {
  const set = name.includes('real') ? { bytes: real.bytes * 10 } : name.includes('tiny') ? tiny : large;
  console.log(`  ${name.padEnd(24)} ${rate(name, set.bytes).padStart(12)}`);
}
if (idle) console.log(`  an idle process takes ${idle.megabytes.toFixed(0)} MB`);
console.log(`\n${'goal'.padEnd(58)} ${'measured'.padStart(9)}   must     aim`);
for (const [name, value, must, aim] of goals) {
  const shown = Number.isNaN(value) ? 'skipped' : value.toFixed(2);
  console.log(
    `${name.padEnd(58)} ${shown.padStart(9)}   ${must.padEnd(8)} ${aim}${Number.isNaN(value) ? '   (rival absent)' : verdict(value, must)}`,
  );
}
rmSync(work, { recursive: true });

function verdict(value: number, must: string): string {
  if (must === '') return '';
  const bar = Number(must.slice(3));
  return (must.startsWith('>=') ? value >= bar : value <= bar) ? '' : '   MISSED';
}
