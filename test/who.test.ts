import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chatReceiver } from './chat/receiver.ts';
import { startEngine, type TestEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

const TopicArn = 'arn:aws:sns:us-east-1:000000000000:trailbell-cis';
const KEY = 'ASIAEXAMPLE000000007';

const second = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** What the management account's trail says: somebody was given root of the member account. */
const grant = (at: number) => ({
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE000000007:ops',
    arn: 'arn:aws:sts::900080007000:assumed-role/RootTasks/ops',
    accountId: '900080007000',
  },
  eventTime: second(at),
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRoot',
  awsRegion: 'us-east-1',
  sourceIPAddress: '198.51.100.9',
  requestParameters: {
    targetPrincipal: '100020003000',
    taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' },
  },
  responseElements: { credentials: { accessKeyId: KEY } },
  eventID: 'grant',
  eventType: 'AwsApiCall',
  recipientAccountId: '900080007000',
});

/** What the member account's trail says: root of it did something. */
const use = (at: number) => ({
  userIdentity: {
    type: 'Root',
    principalId: '100020003000',
    arn: 'arn:aws:iam::100020003000:root',
    accountId: '100020003000',
    accessKeyId: KEY,
    sessionContext: { attributes: { creationDate: second(at), mfaAuthenticated: 'false' }, assumedRoot: 'true' },
  },
  eventTime: second(at),
  eventSource: 's3.amazonaws.com',
  eventName: 'DeleteBucketPolicy',
  awsRegion: 'us-east-1',
  sourceIPAddress: '198.51.100.9',
  eventID: 'use',
  eventType: 'AwsApiCall',
  recipientAccountId: '100020003000',
});

interface Told {
  readonly headline: string;
  readonly ring: { readonly id: string; readonly kind: string };
  readonly alarm: { readonly name: string };
}

async function bell(settings: Parameters<typeof startEngine>[0] = {}) {
  const engine = await startEngine({ cis: true, ...settings });
  const { url, received } = await chatReceiver('json');
  await fetch(`${engine.url}/api/v1/channels`, {
    method: 'POST',
    body: JSON.stringify({ topic: TopicArn, channel: 'json', endpoint: url }),
  });
  return { engine, told: () => received.map(({ body }) => body as Told) };
}

const ingest = async ({ url }: TestEngine, record: object): Promise<void> => {
  expect((await fetch(`${url}/api/v1/ingest`, { method: 'POST', body: JSON.stringify(record) })).status).toBe(200);
};

function file(name: string, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'trailbell-known-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

const BY = 'by role RootTasks (session ops) of 9000-8000-7000 for S3UnlockBucketPolicy';

describe('central root access', () => {
  it('names who is behind it, whose record came before, from another account', async () => {
    const { engine, told } = await bell();
    await ingest(engine, grant(Date.now() - 60_000));
    await ingest(engine, use(Date.now()));
    const [first] = await until('the ring', () => told().length > 0 && told());
    expect(first!.headline).toBe(
      `Central root access to 1000-2000-3000 ${BY} called s3 DeleteBucketPolicy from 198.51.100.9`,
    );
  });

  it('is told again under the same id when that record comes later, once', async () => {
    const { engine, told } = await bell();
    await ingest(engine, use(Date.now()));
    const [first] = await until('the ring', () => told().length > 0 && told());
    expect(first!.headline).toBe(
      'Central root access to 1000-2000-3000 called s3 DeleteBucketPolicy from 198.51.100.9',
    );
    // Two controls ring: use of root, and a change of a bucket's policy.
    const before = await until('both rings', () => told().length === 2 && 2);
    await ingest(engine, grant(Date.now() - 60_000));
    await until('both updates', () => told().length === 4);
    await ingest(engine, grant(Date.now() - 60_000));
    await engine.app.idle();
    const updates = told().filter(({ ring }) => ring.kind === 'update');
    expect(updates.map(({ headline }) => headline)).toEqual(updates.map(() => expect.stringContaining(BY)));
    const ids = told().map(({ ring }) => ring.id);
    expect(updates.every(({ ring }) => ids.indexOf(ring.id) < ids.lastIndexOf(ring.id))).toBe(true);
    const { rings } = (await (await fetch(`${engine.url}/api/v1/rings`)).json()) as {
      rings: { id: string; headline: string }[];
    };
    expect(new Set(rings.map(({ id }) => id)).size).toBe(rings.length);
    expect(rings.find(({ id }) => id === first!.ring.id)?.headline).toContain(BY);
    expect([told().length, updates.length]).toEqual([4, before]);
  });
});

describe('a composite alarm', () => {
  it('brings its own ring up to date, too, when it becomes known who is behind it', async () => {
    const { engine, told } = await bell();
    const body = new URLSearchParams({
      Action: 'PutCompositeAlarm',
      Version: '2010-08-01',
      AlarmName: 'whole',
      AlarmRule: 'ALARM("cis-4.3") OR ALARM("cis-4.1")',
      'AlarmActions.member.1': TopicArn,
    });
    expect((await fetch(engine.url, { method: 'POST', body })).status).toBe(200);
    await ingest(engine, use(Date.now()));
    const ofWhole = () => told().filter(({ alarm }) => alarm.name === 'whole');
    const [first] = await until('its ring', () => ofWhole().length > 0 && ofWhole());
    expect(first).toMatchObject({
      headline: 'Central root access to 1000-2000-3000 called s3 DeleteBucketPolicy from 198.51.100.9',
      ring: { kind: 'transition' },
    });
    await ingest(engine, grant(Date.now() - 60_000));
    const [, update] = await until('its update', () => ofWhole().length > 1 && ofWhole());
    expect(update).toMatchObject({
      headline: `Central root access to 1000-2000-3000 ${BY} called s3 DeleteBucketPolicy from 198.51.100.9`,
      ring: { id: first!.ring.id, kind: 'update' },
    });
    await ingest(engine, grant(Date.now() - 60_000));
    await engine.app.idle();
    expect(ofWhole()).toHaveLength(2);
  });
});

describe('what the operator knows', () => {
  it('gives accounts their names, and labels automation with owner and expiry, and still rings', async () => {
    const { engine, told } = await bell({
      accountNames: file('names.csv', 'account,name\n100020003000,payments\n900080007000,management\n'),
      knownAutomation: file(
        'known.json',
        JSON.stringify([
          {
            name: 'bucket unlocker',
            owner: 'ops@example.com',
            expires: '2999-12-31',
            addresses: ['198.51.100.0/24'],
            actions: ['s3 DeleteBucketPolicy'],
          },
        ]),
      ),
    });
    await ingest(engine, grant(Date.now() - 60_000));
    await ingest(engine, use(Date.now()));
    const [first] = await until('the ring', () => told().length > 0 && told());
    expect(first!.headline).toBe(
      'Central root access to payments (1000-2000-3000) by role RootTasks (session ops) of management (9000-8000-7000) for ' +
        'S3UnlockBucketPolicy called s3 DeleteBucketPolicy from 198.51.100.9 (known automation: bucket unlocker of ops@example.com, until 2999-12-31)',
    );
    const [ring] = told() as unknown as { events: { principal: string }[] }[];
    expect(ring!.events[0]!.principal).toBe('root of payments (1000-2000-3000)');
  });

  it.each([
    [{ accountNames: '{"12": "x"}' }, '"12" is no account id of twelve digits'],
    [{ knownAutomation: '[{"name": "x", "owner": "y", "expires": "2026-01-01"}]' }, 'needs at least one of principal'],
    [{ knownAutomation: '[{"name": "x", "owner": "y", "expires": "soon", "principal": "z"}]' }, 'entry 0.expires'],
    [{ knownAutomation: '{}' }, 'the list: '],
  ])('is refused at the start when it reads %j', async (texts, message) => {
    const [[setting, text]] = Object.entries(texts) as [[string, string]];
    await expect(startEngine({ [setting]: file('x.json', text) })).rejects.toThrow(message);
  });
});
