import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DeleteMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import { SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it, onTestFinished } from 'vitest';
import type { DrillReport } from '../src/server/drill/follow-drill.ts';
import { settingOf } from '../src/store/settings.ts';
import type { Store } from '../src/store/store.ts';
import { httpReceiver } from './engine/receivers.ts';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';
import { command } from './public-face/command.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:trailbell-cis';
const COUNTED = ['log group', 'metric filter', 'metric'];

it('rings for a drill, says that it is one, and names the link that breaks it', async () => {
  const engine = await startEngine({ cis: true });
  const hook = await httpReceiver();
  const client = {
    endpoint: engine.url,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
  };
  const [sns, cloudwatch, logs] = [
    new SNSClient(client),
    new CloudWatchClient(client),
    new CloudWatchLogsClient(client),
  ];

  const drill = async (wanted: DrillReport['outcome']): Promise<DrillReport> => {
    const started = await fetch(`${engine.url}/api/v1/drills`, { method: 'POST' });
    expect(started.status).toBe(201);
    const { id } = (await started.json()) as { id: string };
    return await until(`the drill to be ${wanted}`, async () => {
      const report = (await (await fetch(`${engine.url}/api/v1/drills/${id}`)).json()) as DrillReport;
      return report.outcome === wanted && report;
    });
  };
  const holding = ({ links }: DrillReport) => links.filter(({ holds }) => holds).map(({ link }) => link);
  const broken = ({ links }: DrillReport) => links.filter(({ holds }) => !holds).map(({ link, says }) => [link, says]);

  const nobody = await drill('silent');
  expect(holding(nobody)).toEqual([...COUNTED, 'alarm', 'topic']);
  expect(broken(nobody)).toEqual([['subscription', 'nobody is subscribed and has confirmed']]);

  const subscribe = new SubscribeCommand({
    TopicArn: TOPIC,
    Protocol: 'http',
    Endpoint: hook.url,
    ReturnSubscriptionArn: true,
  });
  const { SubscriptionArn } = await sns.send(subscribe);
  const invitation = await until('the handshake', () => hook.received[0]);
  await fetch((JSON.parse(invitation.body) as { SubscribeURL: string }).SubscribeURL);

  const good = await drill('rang');
  expect(holding(good)).toEqual([...COUNTED, 'alarm', 'topic', 'subscription']);
  expect(broken(good)).toEqual([]);
  const message = JSON.parse(hook.received.at(-1)?.body ?? '{}') as { Message: string };
  expect(message.Message).toContain(
    'A drill in the name of root of 0000-0000-0000 signed in to the console from 192.0.2.1',
  );

  await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['cis-4.3'] }));
  expect(broken(await drill('silent'))).toEqual([['alarm', 'its actions are switched off']]);
  await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ['cis-4.3'] }));
  await drill('rang');

  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  expect(broken(await drill('silent'))).toEqual([['subscription', 'nobody is subscribed and has confirmed']]);

  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['cis-4.3'] }));
  expect(broken(await drill('silent'))).toEqual([['alarm', 'no alarm watches the metric']]);

  await logs.send(new DeleteMetricFilterCommand({ logGroupName: 'CloudTrail/logs', filterName: 'cis-4.3' }));
  expect(broken(await drill('silent'))).toEqual([['metric filter', 'no metric filter counted the drill']]);
  expect(engine.logged).toEqual([]);
});

it('waits until whoever was expected has confirmed, files the proof, and declares the drill', async () => {
  const engine = await startEngine({ cis: true });
  const folder = await mkdtemp(join(tmpdir(), 'trailbell-drill-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'any' };
  const client = { endpoint: engine.url, region: 'us-east-1', credentials };
  await new SQSClient(client).send(new CreateQueueCommand({ QueueName: 'bell' }));
  const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:bell';
  await new SNSClient(client).send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: 'sqs', Endpoint }));
  const [declarations, proof] = [join(folder, 'declarations.json'), join(folder, 'proofs.jsonl')];
  const drill = (...words: string[]) =>
    command('drill', '--endpoint-url', engine.url, '--declarations', declarations, '--proof', proof, ...words);

  expect((await drill('--inject')).notes).toContain("--inject is for drills through AWS's API: give --aws, too");
  const late = await drill('--expect', 'night shift', '--wait', '1');
  expect([late.code, late.out]).toEqual([1, expect.stringContaining('✗ receipt        night shift did not confirm')]);

  const running = drill('--expect', 'Splunk');
  const link = await until('the address', () => shownIn(engine.app.engine.context.store.read, 'Splunk'));
  expect((await fetch(`${engine.url}/drills/receipt?${link}&by=SOC`, { method: 'POST' })).status).toBe(200);
  const { code, out, notes } = await running;
  expect(notes).toContain(`/drills/receipt?${link}`);
  expect(out).toMatch(/✓ receipt {8}Splunk, by SOC {2}after/);
  expect(code).toBe(0);
  const means = { name: 'Splunk', controls: ['root-usage'], accounts: ['000000000000'] };
  const drills = [{ confirmedBy: 'SOC', eventId: expect.any(String) as string }];
  expect(JSON.parse(await readFile(declarations, 'utf8'))).toMatchObject({ means: [{ ...means, drills }] });
  const proofs = (await readFile(proof, 'utf8')).trim().split('\n');
  expect(proofs.map((line) => JSON.parse(line) as object)).toMatchObject([
    { outcome: 'rang', receipt: null },
    { outcome: 'rang', receipt: { expect: 'Splunk', confirmedBy: 'SOC' } },
  ]);
});

/** The query of the address that was shown for somebody. */
it('refuses a file of declarations that is none before anybody is rung', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'trailbell-drill-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const engine = await startEngine({ cis: true });
  const file = join(dir, 'declarations.json');
  await writeFile(file, '{"means": ');
  const words = ['--endpoint-url', engine.url, '--expect', 'Splunk', '--declarations', file, '--wait', '1'];
  expect(await command('drill', ...words)).toMatchObject({
    code: 2,
    notes: expect.stringContaining(`--declarations ${file}: `),
  });
  expect(await (await fetch(`${engine.url}/api/v1/rings`)).json()).toEqual({ rings: [] });
});

async function shownIn(db: Store['read'], expected: string): Promise<string | undefined> {
  const kept = JSON.parse((await settingOf(db, 'drill-receipts')) ?? '[]') as Record<'id' | 'key' | 'expect', string>[];
  const found = kept.find((one) => one.expect === expected);
  return found && `id=${found.id}&key=${found.key}`;
}
