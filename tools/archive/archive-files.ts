import { Organisation, UPPER } from './principals.ts';
import { Random } from './random.ts';
import { RARE_SHAPES } from './rare-root-uses.ts';
import { type Made, RecordMaker, type Shape } from './records.ts';

export interface ArchiveOptions {
  readonly seed: number;
  readonly files: number;
  /** Median of the records in a file, which are distributed log-normally; `spread` is their sigma. */
  readonly records: number;
  readonly spread: number;
  readonly accounts: number;
  /** Share of records by the root user. */
  readonly rootShare: number;
  /** Share of files that are delivered a second time, as by a second trail. */
  readonly duplicates: number;
}

export interface ArchiveFile {
  /** Key in the bucket, as CloudTrail lays them out. */
  readonly key: string;
  readonly content: string;
  readonly records: readonly Record<string, unknown>[];
  readonly shapes: readonly Shape[];
}

const REGIONS = [
  'us-east-1',
  'us-east-1',
  'us-east-1',
  'us-east-1',
  'us-east-1',
  'eu-central-1',
  'eu-west-1',
  'us-west-2',
  'ap-southeast-2',
];
const MOST_RECORDS = 20_000;
const START = Date.UTC(2025, 10, 1);
const FIVE_MINUTES = 300_000;

/** The files of an archive, one after the other; the same for the same options. */
export function* archiveFiles(options: ArchiveOptions): Generator<ArchiveFile> {
  const random = new Random(options.seed);
  const organisation = new Organisation(random, options.accounts);
  for (let i = 0; i < options.files; i += 1) {
    const account = organisation.account();
    const region = random.pick(REGIONS);
    const mark = START + Math.floor(i / 4) * FIVE_MINUTES;
    const maker = new RecordMaker(random, organisation.cast(account), region, options.rootShare);
    const size = Math.round(Math.exp(random.normal(Math.log(options.records), options.spread)));
    const made = Array.from({ length: Math.min(Math.max(size, 1), MOST_RECORDS) }, () => {
      const late = random.next() * FIVE_MINUTES - 60_000 * Math.log(1 - random.next());
      return maker.make(mark - Math.min(late, 610_000));
    });
    if (options.rootShare > 0) made.push(...rareUses(maker, i, mark));
    if (random.chance(0.6))
      made.sort((a, b) => ((a.record.eventTime as string) < (b.record.eventTime as string) ? -1 : 1));
    const records = made.map(({ record }) => record);
    const content = `{"Records":[${records.map((record) => JSON.stringify(record)).join(',')}]}${random.chance(0.5) ? '\n' : ''}`;
    const shapes = made.map(({ shape }) => shape);
    yield { key: keyOf(random, account, region, mark), content, records, shapes };
    if (random.chance(options.duplicates))
      yield { key: keyOf(random, account, region, mark), content, records, shapes };
  }
}

/** One file in five holds something rare, all kinds in turn, so that any archive of some size knows them. */
function rareUses(maker: RecordMaker, file: number, mark: number): Made[] {
  if (file % 5 !== 3) return [];
  const shape = [...RARE_SHAPES, 'session' as const][Math.floor(file / 5) % (RARE_SHAPES.length + 1)];
  return shape === undefined || shape === 'session' ? maker.rootSession(mark) : [maker.rare(mark - 30_000, shape)];
}

function keyOf(random: Random, account: string, region: string, mark: number): string {
  const iso = new Date(mark).toISOString();
  const stamp = `${iso.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  const name = `${account}_CloudTrail_${region}_${stamp}_${random.text(UPPER, 16)}.json.gz`;
  return `AWSLogs/${account}/CloudTrail/${region}/${iso.slice(0, 10).replaceAll('-', '/')}/${name}`;
}
