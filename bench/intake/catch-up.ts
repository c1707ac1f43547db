/**
 * How long an intake takes to catch up after an outage of 24 hours of a trail of 400 accounts: about 2 million small
 * objects in a store that answers after 15 ms. Run: npx tsx bench/intake/catch-up.ts [objects] [parallel] [latency]
 *
 * 20,000 objects unless told otherwise, with so many fewer accounts (the figure per object is what counts); 2000000 for
 * the whole day.
 */
import { gzipSync } from 'node:zlib';
import { type ArchiveOptions, archiveFiles } from '../../tools/archive/archive-files.ts';
import { intakeRun } from './run.ts';
import { type StubLine, startStub } from './s3-stub.ts';

const OBJECTS = Number(process.argv[2] ?? 20_000);
const PARALLEL = Number(process.argv[3] ?? 64);
const LATENCY = Number(process.argv[4] ?? 15);
const REGIONS = ['us-east-1', 'eu-west-1', 'us-west-2', 'eu-central-1'];
const WHOLE = 2_000_000;
const ACCOUNTS = Math.max(1, Math.round((400 * OBJECTS) / WHOLE));
const DAY = 86_400_000;
const START = Math.floor(Date.now() / DAY) * DAY - DAY;
const BODIES = 3;

process.env.AWS_ACCESS_KEY_ID ??= 'bench';
process.env.AWS_SECRET_ACCESS_KEY ??= 'bench';

const accountOf = (n: number): string => String(100_000_000_000 + n);

/** Small files, each of one account, and then the objects of a day that have them. */
function* lines(): Generator<StubLine> {
  const options: ArchiveOptions = {
    seed: 7,
    accounts: 1,
    rootShare: 0.0003,
    duplicates: 0,
    files: ACCOUNTS * BODIES,
    records: 3,
    spread: 0.5,
  };
  let made = 0;
  for (const { content } of archiveFiles(options)) {
    const account = accountOf(Math.floor(made / BODIES));
    const text = content.toString().replaceAll(/"recipientAccountId":"\d{12}"/g, `"recipientAccountId":"${account}"`);
    yield { body: gzipSync(text).toString('base64') };
    made += 1;
  }
  for (let n = 0; n < OBJECTS; n += 1) {
    const account = n % ACCOUNTS;
    const region = REGIONS[Math.floor(n / ACCOUNTS) % REGIONS.length];
    const at = new Date(START + Math.floor((n / OBJECTS) * DAY));
    const iso = at.toISOString();
    const stamp = `${iso.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
    const day = iso.slice(0, 10).replaceAll('-', '/');
    const name = `${accountOf(account)}_CloudTrail_${region}_${stamp}_${String(n).padStart(16, '0')}.json.gz`;
    const key = `AWSLogs/o-abcdefghij/${accountOf(account)}/CloudTrail/${region}/${day}/${name}`;
    yield { key, of: account * BODIES + (n % BODIES) };
  }
}

const stub = await startStub(lines(), LATENCY);
const { records, seconds, processorSeconds } = await intakeRun(
  stub.url,
  OBJECTS,
  new Date(START).toISOString().slice(0, 10),
  PARALLEL,
);
await stub.stop();
const each = (seconds / OBJECTS) * 1e6;
console.log(
  `${OBJECTS} objects, ${records} records in ${seconds.toFixed(1)} s: ${Math.round(OBJECTS / seconds)} objects/s`,
);
console.log(`${Math.round(each)} µs an object, ${Math.round((processorSeconds / OBJECTS) * 1e6)} µs of processor`);
console.log(
  `a whole day of ${WHOLE} objects: ${((each * WHOLE) / 1e6 / 60).toFixed(1)} min at this pace (the bar is 30)`,
);
