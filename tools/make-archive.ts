/**
 * Makes an archive as CloudTrail leaves it in a bucket, of synthetic records, the same for the same
 * options. Run: npx tsx tools/make-archive.ts FOLDER [--seed 7] [--files 40] [--records 400]
 *   [--spread 1] [--accounts 20] [--root 0.0003] [--duplicates 0] [--megabytes N]
 *
 * `--records` is the median of a file, `--spread` how far files differ (sigma of a log-normal
 * distribution), `--megabytes` ends the archive at that inflated size. Writes EXPECTED.json beside it:
 * what each CIS control counts by plain functions, the shapes of root use, sizes and records.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { archiveFiles } from './archive/archive-files.ts';
import { CIS_QUESTIONS, type Event } from './archive/cis-questions.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '7' },
    files: { type: 'string', default: '40' },
    records: { type: 'string', default: '400' },
    spread: { type: 'string', default: '1' },
    accounts: { type: 'string', default: '20' },
    root: { type: 'string', default: '0.0003' },
    duplicates: { type: 'string', default: '0' },
    megabytes: { type: 'string' },
  },
});
const folder = positionals[0];
if (!folder) throw new Error('Where to? npx tsx tools/make-archive.ts FOLDER');

const most = values.megabytes === undefined ? Number.POSITIVE_INFINITY : Number(values.megabytes) * 1e6;
const controls = CIS_QUESTIONS.map(() => 0);
const shapes: Record<string, number> = {};
const names = new Set<unknown>();
const sum = { files: 0, records: 0, bytes: 0, gzipBytes: 0 };
for (const file of archiveFiles({
  seed: Number(values.seed),
  files: values.megabytes === undefined ? Number(values.files) : Number.MAX_SAFE_INTEGER,
  records: Number(values.records),
  spread: Number(values.spread),
  accounts: Number(values.accounts),
  rootShare: Number(values.root),
  duplicates: Number(values.duplicates),
})) {
  const packed = gzipSync(file.content);
  const path = join(folder, file.key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, packed);
  sum.files += 1;
  sum.records += file.records.length;
  sum.bytes += Buffer.byteLength(file.content);
  sum.gzipBytes += packed.length;
  for (const shape of file.shapes) if (shape !== 'plain') shapes[shape] = (shapes[shape] ?? 0) + 1;
  for (const record of file.records) {
    names.add(record.eventName);
    for (const [i, question] of CIS_QUESTIONS.entries())
      if (question(record as Event)) controls[i] = (controls[i] ?? 0) + 1;
  }
  if (sum.bytes >= most) break;
}
const expected = {
  ...sum,
  meanRecordBytes: Math.round(sum.bytes / sum.records),
  ratio: Number((sum.bytes / sum.gzipBytes).toFixed(2)),
  eventNames: names.size,
  controls: Object.fromEntries(controls.map((count, i) => [`4.${i + 1}`, count])),
  shapes,
};
writeFileSync(join(folder, 'EXPECTED.json'), `${JSON.stringify(expected, null, 2)}\n`);
console.log(JSON.stringify(expected));
