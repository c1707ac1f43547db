import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MissingObject } from '../archive/bucket.ts';
import { publicKey } from './public-keys.ts';
import { verifyArchive } from './verify-archive.ts';

const ACCOUNT = '111122223333';
const ROOT = `AWSLogs/${ACCOUNT}`;
const keyPairs = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 1024 }));
const keys = keyPairs.map(({ publicKey: key }) => publicKey(key.export({ format: 'der', type: 'pkcs1' }), undefined));

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
const stamp = (time: number): string => iso(time).replace(/[-:]/g, '');
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const day = (time: number): string => iso(time).slice(0, 10).replaceAll('-', '/');

const logName = (time: number, id: string, region = 'us-east-1'): string =>
  `${ROOT}/CloudTrail/${region}/${day(time)}/${ACCOUNT}_CloudTrail_${region}_${stamp(time).slice(0, 13)}Z_${id}.json.gz`;
const digestName = (end: number, region = 'us-east-1'): string =>
  `${ROOT}/CloudTrail-Digest/${region}/${day(end)}/${ACCOUNT}_CloudTrail-Digest_${region}_my_trail_us-east-1_${stamp(end)}.json.gz`;

const START = Date.parse('2024-06-30T20:00:00Z');
const HOUR = 3_600_000;

interface World {
  /** By key. */
  readonly files: Map<string, Buffer>;
  readonly signatures: Map<string, string>;
}

/** A chain of hourly digests with two log files each; `first` are hours in which a chain begins anew, `rotated` the hour of a new key. */
function delivered(
  hours: number,
  { first = [0], rotated = hours, region = 'us-east-1' }: { first?: number[]; rotated?: number; region?: string } = {},
): World {
  const world: World = { files: new Map(), signatures: new Map() };
  let previous: { object: string; hash: string; signature: string } | undefined;
  for (let hour = 0; hour < hours; hour += 1) {
    const start = START + hour * HOUR;
    const logs = [10, 40].map((minute) => logName(start + minute * 60_000, `log${hour}x${minute}`, region));
    for (const log of logs) world.files.set(log, Buffer.from(`{"Records":[{"eventID":"${log}"}]}`));
    if (first.includes(hour)) previous = undefined;
    const which = hour >= rotated ? 1 : 0;
    previous = put(world, start, logs, previous, keyPairs[which]!.privateKey, keys[which]!.fingerprint, region);
  }
  return world;
}

function put(
  world: World,
  start: number,
  logs: readonly string[],
  previous: { object: string; hash: string; signature: string } | undefined,
  key: KeyObject,
  fingerprint: string,
  region = 'us-east-1',
) {
  const object = digestName(start + HOUR, region);
  const end = iso(start + HOUR);
  const body = JSON.stringify({
    awsAccountId: ACCOUNT,
    digestStartTime: iso(start),
    digestEndTime: end,
    digestS3Bucket: 'b',
    digestS3Object: object,
    digestPublicKeyFingerprint: fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    previousDigestS3Bucket: previous ? 'b' : null,
    previousDigestS3Object: previous?.object ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: logs.map((log) => ({
      s3Bucket: 'b',
      s3Object: log,
      hashValue: sha256(world.files.get(log)!),
      hashAlgorithm: 'SHA-256',
    })),
  });
  const text = [end, `b/${object}`, sha256(body), previous?.signature ?? 'null'].join('\n');
  const signature = sign('sha256', Buffer.from(text), key).toString('hex');
  world.files.set(object, Buffer.from(body));
  world.signatures.set(object, signature);
  return { object, hash: sha256(body), signature };
}

async function verified({ files, signatures }: World, known = keys) {
  const names = [...files.keys()];
  const isDigest = (name: string): boolean => name.includes('CloudTrail-Digest');
  return verifyArchive({
    digests: names.filter(isDigest),
    records: names.filter((name) => !isDigest(name)),
    store: {
      async *content(name) {
        const content = files.get(name);
        if (!content) throw new MissingObject(name);
        if (content.length === 0) throw new Error('cannot be inflated');
        yield content;
      },
      signature: async (name) => signatures.get(name),
      nameOf: (_, __, object) => object,
      isAt: (name, bucket, object) => bucket === 'b' && object === name,
    },
    keysOf: async () => known,
    selection: {},
  });
}

const kinds = ({ problems }: { problems: readonly { kind: string }[] }): string[] =>
  problems.map(({ kind }) => kind).sort();
const nth = (world: World, part: string, n: number): string =>
  [...world.files.keys()].filter((name) => name.includes(part))[n]!;

describe('an archive with digests', () => {
  it('is complete and unaltered from the first to the last', async () => {
    const verification = await verified(delivered(5, { rotated: 3 }));
    expect(verification).toMatchObject({ verdict: 'intact', problems: [], notes: [] });
    expect(verification.chains).toEqual([
      expect.objectContaining({
        account: ACCOUNT,
        trail: 'my_trail',
        from: START,
        to: START + 5 * HOUR,
        digests: 5,
        proven: 5,
        gaps: [],
        files: { listed: 10, intact: 10 },
      }),
    ]);
  });

  it('shows a log file that was changed, deleted, or cannot be inflated', async () => {
    const world = delivered(3);
    world.files.set(nth(world, '/CloudTrail/', 1), Buffer.from('{"Records":[]}'));
    world.files.delete(nth(world, '/CloudTrail/', 2));
    world.files.set(nth(world, '/CloudTrail/', 3), Buffer.alloc(0));
    const verification = await verified(world);
    expect(kinds(verification)).toEqual(['log-altered', 'log-missing', 'log-unreadable']);
    expect(verification.verdict).toBe('altered');
    expect(verification.chains[0]?.files).toEqual({ listed: 6, intact: 3 });
  });

  it('shows a digest that was deleted between others', async () => {
    const world = delivered(5);
    const gone = nth(world, 'CloudTrail-Digest', 2);
    world.files.delete(gone);
    const { problems, chains } = await verified(world);
    expect(problems).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'digest-missing', file: gone })]));
    expect(chains[0]?.gaps).toEqual([]);
  });

  it('shows a digest that was made up, whoever signed it', async () => {
    const world = delivered(4);
    const log = nth(world, '/CloudTrail/', 2);
    world.files.set(log, Buffer.from('{"Records":[]}'));
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    put(world, START + HOUR, [log], undefined, privateKey, keys[0]!.fingerprint);
    expect(kinds(await verified(world))).toEqual(expect.arrayContaining(['digest-altered', 'digest-not-signed']));
  });

  it('shows a digest in another place than its own, and one that overlaps', async () => {
    const world = delivered(2);
    world.files.set(digestName(START + 3 * HOUR), world.files.get(digestName(START + 2 * HOUR))!);
    expect(kinds(await verified(world))).toEqual(expect.arrayContaining(['digest-moved', 'digest-order']));
  });

  it('shows a file that no digest of its time lists', async () => {
    const world = delivered(5);
    world.files.set(logName(START + 2.5 * HOUR, 'planted'), Buffer.from('{}'));
    world.files.set(logName(START + 9 * HOUR, 'later'), Buffer.from('{}'));
    const { problems } = await verified(world);
    expect(problems).toEqual([
      expect.objectContaining({ kind: 'log-unlisted', file: expect.stringContaining('planted') }),
    ]);
  });

  it('may begin anew, which is a gap and no problem', async () => {
    const world = delivered(6, { first: [0, 4] });
    world.files.delete(nth(world, 'CloudTrail-Digest', 3));
    const { verdict, chains } = await verified(world);
    expect(verdict).toBe('intact');
    expect(chains[0]?.gaps).toEqual([{ from: START + 3 * HOUR, to: START + 4 * HOUR }]);
  });

  it('proves without metadata all but the newest digest', async () => {
    const world = delivered(3);
    world.signatures.clear();
    const { verdict, chains } = await verified(world);
    expect(verdict).toBe('intact');
    expect(chains[0]).toMatchObject({
      proven: 2,
      to: START + 2 * HOUR,
      unproven: [{ why: expect.stringContaining('metadata') }],
    });
  });

  it('proves nothing without the key, or without digests', async () => {
    const { verdict, chains } = await verified(delivered(2), []);
    expect(verdict).toBe('unproven');
    expect(chains[0]?.unproven[0]?.why).toContain('public key');
    expect((await verified({ files: new Map(), signatures: new Map() })).verdict).toBe('unproven');
    // A region whose key is not at hand is not covered by the one beside it.
    const world = delivered(2);
    const other = delivered(2, { rotated: 0, region: 'eu-west-1' });
    for (const [name, content] of other.files) world.files.set(name, content);
    for (const [name, signature] of other.signatures) world.signatures.set(name, signature);
    expect(await verified(world)).toMatchObject({ verdict: 'intact', problems: [] });
    expect(await verified(world, keys.slice(0, 1))).toMatchObject({ verdict: 'unproven', problems: [] });
  });

  it('is never called intact over a span in which any byte was changed', async () => {
    const world = delivered(3);
    const whole = START + 3 * HOUR;
    const names = [...world.files.keys()];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (name, place, change) => {
          const content = Buffer.from(world.files.get(name)!);
          content[place % content.length]! ^= change;
          const files = new Map(world.files).set(name, content);
          const { verdict, chains } = await verified({ ...world, files });
          if (verdict === 'altered') return;
          // The last digest may name a key that nobody has: then it proves nothing, and is told of as such.
          expect(name).toBe(names.at(-1));
          expect(chains[0]?.unproven.map(({ file }) => file)).toEqual([name]);
          expect(chains[0]?.to).toBeLessThan(whole);
        },
      ),
      { numRuns: 100 },
    );
  });
});
