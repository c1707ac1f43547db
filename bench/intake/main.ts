/**
 * Records a second from a local S3 to alarms, beside `trailbell scan s3://` with one worker on the same files. Run after
 * `npm run build`: npx tsx bench/intake/main.ts [rounds] [megabytes]
 *
 * The two take turns, and the best round of each counts. The bar is a third of the scan.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type ArchiveOptions, archiveFiles } from '../../tools/archive/archive-files.ts';
import { intakeRun } from './run.ts';
import { type StubLine, startStub } from './s3-stub.ts';

const ROUNDS = Number(process.argv[2] ?? 3);
const MEGABYTES = Number(process.argv[3] ?? 60);

process.env.AWS_ACCESS_KEY_ID ??= 'bench';
process.env.AWS_SECRET_ACCESS_KEY ??= 'bench';

async function compare(title: string, options: Omit<ArchiveOptions, 'seed' | 'accounts' | 'rootShare' | 'duplicates'>) {
  let [objects, bytes] = [0, 0];
  function* lines(): Generator<StubLine> {
    const all = { ...options, seed: 7, accounts: 20, rootShare: 0.0003, duplicates: 0 };
    for (const { key, content } of archiveFiles(all)) {
      if (bytes > MEGABYTES * 1e6) return;
      bytes += content.length;
      yield { body: gzipSync(content).toString('base64') };
      yield { key, of: objects };
      objects += 1;
    }
  }
  const stub = await startStub(lines(), 0);
  const best = { intake: 0, scan: 0, processor: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { records, seconds, processorSeconds } = await intakeRun(stub.url, objects, '2025-10-31', 64);
    best.intake = Math.max(best.intake, records / seconds);
    best.processor = Math.min(best.processor, processorSeconds / records);
    best.scan = Math.max(best.scan, await scanned(stub.url));
  }
  await stub.stop();
  const ratio = best.intake / best.scan;
  console.log(`${title}: ${objects} objects, ${Math.round(bytes / 1e6)} MB`);
  console.log(
    `  intake ${thousands(best.intake)} records/s (${Math.round(best.processor * 1e6)} µs of processor each)`,
  );
  console.log(`  scan   ${thousands(best.scan)} records/s, so ${ratio.toFixed(2)} of it (the bar is 0.33)`);
}

async function scanned(endpoint: string): Promise<number> {
  const args = [
    'scan',
    's3://bench',
    '--endpoint-url',
    endpoint,
    '--workers',
    '1',
    '--json',
    '--control',
    'root-usage',
  ];
  const run = promisify(execFile)('bin/trailbell', args, { maxBuffer: 1e8 });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  const { records, seconds } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
  return (records ?? 0) / (seconds ?? 1);
}

const thousands = (figure: number): string => `${(figure / 1_000).toFixed(1)} thousand`;

await compare('files of an account that is awake', { files: 1e6, records: 400, spread: 1 });
await compare('files of one to ten records', { files: 3_000, records: 3, spread: 0.5 });
