import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, PutLogEventsCommand, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultPoint } from '../../src/base/faults.ts';
import { seededIds } from '../../src/base/ids.ts';
import { openStore } from '../../src/store/store.ts';
import { type ChildEngine, startChild } from '../engine/child.ts';
import { until } from '../engine/until.ts';

/** Kills per run: a short form in every test run, 200 with `npm run test:crash`. */
const KILLS = Number(process.env.TRAILBELL_CRASH_KILLS ?? 12);
const SEED = Number(process.env.TRAILBELL_CRASH_SEED ?? Date.now() % 1_000_000);
const POINTS: FaultPoint[] = [
  'before-commit',
  'between-commit-and-reply',
  'between-delivery-and-record',
  'between-read-and-ingest',
  'between-ingest-and-mark',
  'between-forward-and-cursor',
];

const random = seededIds(SEED);
const pick = (below: number): number => Math.floor(random.fraction() * below);
const GROUP = 'CloudTrail/logs';

/** What the outside knows. */
const accepted = new Set<string>();
const attempted = new Set<string>();
const dropped = new Set<string>();
const published = new Set<string>();
const received = new Map<string, number>();

let folder: string;
let hook: Server;
let serial = 0;

function nextSerial(): number {
  serial += 1;
  return serial;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trailbell-crash-'));
  mkdirSync(join(folder, 'watched'));
  const forward = { type: 'file', path: forwarded(), from: 'beginning', batch: { records: 50, seconds: 0.05 } };
  writeFileSync(join(folder, 'trailbell.json'), JSON.stringify({ forwards: { siem: forward } }));
  hook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, string>;
      if (message.Type === 'SubscriptionConfirmation') void fetch(message.SubscribeURL ?? '').catch(() => undefined);
      else received.set(message.MessageId ?? '', (received.get(message.MessageId ?? '') ?? 0) + 1);
      response.end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  hook.closeAllConnections();
  hook.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Where everything goes on to. */
const forwarded = (): string => join(folder, 'forwarded.ndjson');

const start = (env: NodeJS.ProcessEnv = {}): Promise<ChildEngine> =>
  startChild(
    [
      '--config',
      join(folder, 'trailbell.json'),
      '--port',
      '0',
      '--data-dir',
      join(folder, 'data'),
      '--cis',
      '--watch',
      join(folder, 'watched'),
      '--log-level',
      'error',
    ],
    env,
  );

const client = (url: string) => ({
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
  maxAttempts: 1,
});

const rootCall = (id: string): string =>
  JSON.stringify({
    eventVersion: '1.11',
    eventTime: `${new Date().toISOString().slice(0, 19)}Z`,
    eventName: 'DescribeInstances',
    eventSource: 'ec2.amazonaws.com',
    eventType: 'AwsApiCall',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    eventID: id,
    recipientAccountId: '000000000000',
    userIdentity: {
      type: 'Root',
      accountId: '000000000000',
      sessionContext: {
        attributes: { creationDate: new Date(1_700_000_000_000 + Math.floor(serial / 50) * 60_000).toISOString() },
      },
    },
  });

/** Sends until the engine is gone: batches, files and publications, each noted only when it was answered. */
async function traffic(engine: ChildEngine): Promise<void> {
  const logs = new CloudWatchLogsClient(client(engine.url));
  const sns = new SNSClient(client(engine.url));
  let alive = true;
  void engine.gone.then(() => {
    alive = false;
  });
  const put = async (): Promise<void> => {
    while (alive) {
      const ids = Array.from({ length: 1 + pick(5) }, () => `put-${nextSerial()}`);
      for (const id of ids) attempted.add(id);
      const now = Date.now();
      const logEvents = ids.map((id) => ({ timestamp: now, message: rootCall(id) }));
      try {
        await logs.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName: 'crash', logEvents }));
        for (const id of ids) accepted.add(id);
      } catch {
        alive &&= engine.process.exitCode === null && engine.process.signalCode === null;
      }
      await new Promise((resolve) => setTimeout(resolve, pick(10)));
    }
  };
  const drop = async (): Promise<void> => {
    while (alive) {
      const ids = Array.from({ length: 1 + pick(20) }, () => `file-${nextSerial()}`);
      const name = join(folder, `part-${serial}`);
      writeFileSync(name, ids.map((id) => `${rootCall(id)}\n`).join(''));
      renameSync(name, join(folder, 'watched', `${serial}.json`));
      for (const id of ids) dropped.add(id);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  };
  const publish = async (): Promise<void> => {
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:trailbell-cis';
    while (alive) {
      try {
        const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Message: 'x' }));
        published.add(MessageId ?? '');
      } catch {
        alive &&= engine.process.exitCode === null && engine.process.signalCode === null;
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  };
  await Promise.all([put(), put(), drop(), publish()]);
}

describe(`kill -9 (seed ${SEED})`, () => {
  it(`loses nothing and counts nothing twice over ${KILLS} deaths`, { timeout: 60_000 + KILLS * 15_000 }, async () => {
    const setUp = await start();
    const call = (body: Record<string, string>) =>
      fetch(setUp.url, { method: 'POST', body: new URLSearchParams({ Version: '2010-03-31', ...body }) });
    const { port } = hook.address() as AddressInfo;
    const topic = 'arn:aws:sns:us-east-1:000000000000:trailbell-cis';
    await call({ Action: 'Subscribe', TopicArn: topic, Protocol: 'http', Endpoint: `http://127.0.0.1:${port}/` });
    await until('the subscription', async () => {
      const answer = await call({ Action: 'GetTopicAttributes', TopicArn: topic });
      return /SubscriptionsConfirmed<\/key><value>1</.test(await answer.text());
    });
    await fetch(setUp.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'Logs_20140328.CreateLogStream', 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ logGroupName: GROUP, logStreamName: 'crash' }),
    });
    expect(await setUp.stop()).toBe(0);

    for (let death = 0; death < KILLS; death += 1) {
      const point = POINTS[death % (POINTS.length * 2)];
      const engine = await start(point ? { TRAILBELL_FAULT: `${point}:${1 + pick(20)}` } : {}).catch((error: Error) => {
        // The named instant may come while it starts; nothing else may end it there.
        expect(error.message).toContain('ended with null before it was ready');
      });
      if (!engine) continue;
      const sending = traffic(engine);
      const patience = new Promise<void>((resolve) => setTimeout(resolve, 200 + pick(800)));
      await Promise.race([engine.gone, patience]);
      await engine.kill();
      await sending;
    }

    const engine = await start();
    const count = (await stored(engine.url)).reduce(
      (counts, id) => counts.set(id, (counts.get(id) ?? 0) + 1),
      new Map<string, number>(),
    );
    for (const id of accepted) expect(count.get(id), `${id} was accepted`).toBe(1);
    await until(
      'all dropped files',
      async () => {
        const now = new Set(await stored(engine.url));
        return [...dropped].every((id) => now.has(id));
      },
      60_000,
    );
    const final = await stored(engine.url);
    expect(new Set(final).size, 'nothing is stored twice').toBe(final.length);
    for (const id of final) expect(attempted.has(id) || dropped.has(id)).toBe(true);
    await until('the outbox to be empty', () => outboxIsEmpty(), 60_000);
    await until('the last event to be forwarded', () => forwardedIds().size >= final.length, 60_000);
    expect(forwardedIds(), 'everything stored was forwarded, and nothing else').toEqual(new Set(final));
    await engine.stop();
    await compareWithStore(final.length);
    for (const id of published) expect(received.get(id), `${id} was published`).toBeGreaterThanOrEqual(1);
  });
});

async function stored(url: string): Promise<string[]> {
  const ids: string[] = [];
  const pages = paginateFilterLogEvents({ client: new CloudWatchLogsClient(client(url)) }, { logGroupName: GROUP });
  for await (const page of pages) {
    for (const event of page.events ?? []) ids.push((JSON.parse(event.message ?? '{}') as { eventID: string }).eventID);
  }
  return ids;
}

/** Of whole lines: a line that a crash cut short would not be JSON. */
const forwardedIds = (): Set<string> =>
  new Set(
    readFileSync(forwarded(), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { eventID: string }).eventID),
  );

async function outboxIsEmpty(): Promise<boolean> {
  const store = await openStore(join(folder, 'data', 'trailbell.db'));
  const waiting = await store.read.selectFrom('deliveries').select('id').where('status', '=', 'waiting').execute();
  await store.close();
  return waiting.length === 0;
}

/** Metrics, evidence and rings, against what is stored. */
async function compareWithStore(events: number): Promise<void> {
  const store = await openStore(join(folder, 'data', 'trailbell.db'));
  const { read } = store;
  const metric = read.selectFrom('metrics').select('id').where('name', '=', 'CIS-4.3');
  const { sum } = await read
    .selectFrom('datapoints')
    .select(({ fn }) => fn.sum<number>('sum').as('sum'))
    .where('metric_id', 'in', metric)
    .executeTakeFirstOrThrow();
  expect(sum, 'every event is counted once').toBe(events);
  const rings = await read
    .selectFrom('rings')
    .leftJoin('messages', 'messages.ring_id', 'rings.id')
    .select(['rings.id', 'messages.id as message'])
    .execute();
  expect(rings.length).toBeGreaterThan(0);
  for (const { id, message } of rings) {
    expect(message, `ring ${id} has its message`).not.toBeNull();
    expect(received.has(message ?? ''), `ring ${id} was delivered`).toBe(true);
  }
  const known = await read.selectFrom('messages').select('id').execute();
  const ids = new Set(known.map((row) => row.id));
  for (const id of received.keys()) expect(ids.has(id), 'a repeat comes under the same id').toBe(true);
  await store.close();
}
