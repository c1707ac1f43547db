import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { hasMoto, startMoto } from '../s3/moto.ts';
import { bucketOf, deliveryKey, storedIds } from './trail-world.ts';

const ROOT = 'AWSLogs/';

describe.skipIf(!hasMoto)('the intake of a queue', { timeout: 60_000 }, () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let serial = 0;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '111122223333');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    moto = await startMoto();
  }, 60_000);
  afterAll(async () => {
    await moto?.stop();
    vi.unstubAllEnvs();
  });

  /** A bucket on moto, a queue on `endpoint`, and an engine that reads both. */
  async function world(endpoint: string, more: object = {}) {
    serial += 1;
    const name = `noted-${serial}`;
    const bucket = await bucketOf(moto.url, name);
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'test' };
    const client = new SQSClient({ endpoint, region: 'us-east-1', credentials });
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name }));
    const queueUrl = `${endpoint}${new URL(QueueUrl).pathname}`;
    const sqs = [{ name: 'noted', queueUrl, buckets: [name], endpoint: moto.url, ...more }];
    const engine = await startEngine({ intakes: { sqs } });
    const state = async () => {
      const { intakes } = (await (await fetch(`${engine.url}/api/v1/intakes`)).json()) as {
        intakes: { stats: Record<string, number>; objects: Record<string, number>; trouble: { kind: string } | null }[];
      };
      return intakes[0]!;
    };
    const ids = async () => {
      const store = await openStore(`${engine.dataDir}/trailbell.db`);
      const found = await storedIds(store);
      await store.close();
      return found;
    };
    const send = (body: unknown) =>
      client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      );
    const left = async () => {
      const AttributeNames = ['All' as const];
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames }));
      return (
        Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
      );
    };
    return { name, bucket, engine, state, ids, send, left };
  }

  type World = Awaited<ReturnType<typeof world>>;
  const now = Date.now();
  const delivery = (id: string) => ({ at: now - 300_000, ids: [id] });
  const ofS3 = (name: string, key: string, etag: string) => ({
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name }, object: { key: encodeURIComponent(key), eTag: etag.replaceAll('"', '') } },
      },
    ],
  });
  const inSns = (message: object) => ({
    Type: 'Notification',
    MessageId: 'm',
    TopicArn: 'arn:aws:sns:us-east-1:111122223333:trail',
    Message: JSON.stringify(message),
  });

  async function everyForm({ bucket, name, send, ids, state, left }: World) {
    const etags = new Map<string, string>();
    const keyOf = (id: string) => deliveryKey(ROOT, delivery(id));
    for (const id of ['a', 'b', 'c', 'd', 'e']) etags.set(id, await bucket.deliver(ROOT, delivery(id)));
    const note = (id: string) => ofS3(name, keyOf(id), etags.get(id) ?? '');
    await send({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: name });
    await send('CloudTrail validation message.');
    await send(note('a'));
    await send(inSns(note('b')));
    await send({ s3Bucket: name, s3ObjectKey: [keyOf('c'), keyOf('d')] });
    const detail = { bucket: { name }, object: { key: keyOf('e'), etag: etags.get('e') } };
    await send({ source: 'aws.s3', 'detail-type': 'Object Created', detail });
    // The same again, as queues do: counted as duplicates.
    await send(inSns({ s3Bucket: name, s3ObjectKey: [keyOf('a')] }));
    await send(note('b'));
    await until('the queue to be empty', async () => (await left()) === 0);
    expect(await ids()).toEqual(['a', 'b', 'c', 'd', 'e']);
    const { stats, objects, trouble } = await state();
    expect(stats).toMatchObject({ records: 7, stored: 5, duplicates: 2, refused: 0 });
    expect({ objects, trouble }).toMatchObject({ objects: { read: 7, setAside: 0, waiting: 0 }, trouble: null });
  }

  it('reads every form of notification, each object once (an independent queue: moto)', async () => {
    await everyForm(await world(moto.url));
  });

  it("does so from the engine's own queues", async () => {
    const queues = await startEngine();
    await everyForm(await world(queues.url));
  });

  it('sets aside what is no notification, what names another bucket, and objects that are gone', async () => {
    const w = await world(moto.url);
    await w.send('{"what": "is this"}');
    await w.send({ s3Bucket: 'somebody-elses', s3ObjectKey: ['AWSLogs/x.json.gz'] });
    await w.send({ s3Bucket: w.name, s3ObjectKey: [deliveryKey(ROOT, delivery('gone'))] });
    await w.bucket.deliver(ROOT, delivery('a'));
    await w.send({ s3Bucket: w.name, s3ObjectKey: [deliveryKey(ROOT, delivery('a'))] });
    await until('the queue to be empty', async () => (await w.left()) === 0);
    expect(await w.ids()).toEqual(['a']);
    expect((await w.state()).stats).toMatchObject({ records: 4, stored: 1, refused: 3 });
    const { objects } = (await (await fetch(`${w.engine.url}/api/v1/intakes/set-aside`)).json()) as {
      objects: { error: string }[];
    };
    expect(objects.map(({ error }) => error).sort()).toEqual([
      'it is no notification of an object: {"what": "is this"}',
      expect.stringContaining('it names the bucket somebody-elses, which is none of "buckets"'),
      'there is no such object',
    ]);
    const metrics = await (await fetch(`${w.engine.url}/metrics`)).text();
    expect(metrics).toContain('trailbell_intake_objects_total{intake="sqs noted",outcome="set_aside"} 3');
    expect(metrics).toContain(
      `trailbell_intake_set_aside_objects{source="s3://${w.name}@${new URL(moto.url).host}"} 1`,
    );
    // Back in its place, it is read when that is asked for.
    await w.bucket.deliver(ROOT, delivery('gone'));
    const source = `s3://${w.name}@${new URL(moto.url).host}`;
    const body = JSON.stringify({ source });
    await fetch(`${w.engine.url}/api/v1/intakes/set-aside/retry`, { method: 'POST', body });
    await until('the object to be read', async () => (await w.ids()).includes('gone'));
  });

  it('says that a queue is not there, in status and metrics', async () => {
    const w = await world(moto.url, { queueUrl: `${moto.url}/123456789012/nobody` });
    await until('the trouble', async () => (await w.state()).trouble?.kind === 'no-queue');
    const status = (await (await fetch(`${w.engine.url}/api/v1/status`)).json()) as { ok: boolean; warnings: string[] };
    expect(status.ok).toBe(false);
    await until('the warning', async () => {
      const { warnings } = (await (await fetch(`${w.engine.url}/api/v1/status`)).json()) as { warnings: string[] };
      return warnings.some((text) => text.includes('intake noted') && text.includes('there is no queue'));
    });
    const metrics = await (await fetch(`${w.engine.url}/metrics`)).text();
    expect(metrics).toContain('trailbell_intake_failing{intake="sqs noted",kind="no-queue"} 1');
  });
});
