import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
} from '@aws-sdk/client-cloudwatch';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, PurgeQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../src/base/fake-clock.ts';
import type { ServeSettings } from '../src/server/options.ts';
import type { EngineStatus } from '../src/server/status.ts';
import { startEngine } from './engine/start.ts';

const START = Date.UTC(2026, 0, 5, 12);
const MINUTE = 60_000;
const topic = (name: string): string => `arn:aws:sns:us-east-1:000000000000:${name}`;

/** An engine with the benchmark's controls, whose watchdog and rings go to a queue each. */
async function world(settings: ServeSettings = {}, heard = true) {
  let idle = async (): Promise<void> => undefined;
  const clock = new FakeClock(START, () => idle());
  const engine = await startEngine({ cis: true, ...settings }, clock);
  idle = () => engine.app.engine.idle();
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'any' };
  const client = { endpoint: engine.url, region: 'us-east-1', credentials };
  const [sqs, sns] = [new SQSClient(client), new SNSClient(client)];
  const queue = async (name: string) => (await sqs.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl ?? '';
  const subscribe = (name: string, to: string) =>
    sns.send(
      new SubscribeCommand({
        TopicArn: topic(to),
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:us-east-1:000000000000:${name}`,
      }),
    );
  const watched = await queue('watched');
  const hearWatchdog = () => subscribe('watched', 'trailbell-watchdog');
  if (heard) await hearWatchdog();
  await queue('rings');
  return {
    clock,
    engine,
    cloudwatch: new CloudWatchClient(client),
    hearWatchdog,
    hearRings: () => subscribe('rings', 'trailbell-cis'),
    /** What the watchdog has said since the last time. */
    async said(): Promise<{ subject: string; broken: string[]; mended: string[] }[]> {
      const receive = new ReceiveMessageCommand({ QueueUrl: watched, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await sqs.send(receive);
      await sqs.send(new PurgeQueueCommand({ QueueUrl: watched }));
      return Messages.map(({ Body }) => {
        const { Subject, Message } = JSON.parse(Body ?? '') as { Subject: string; Message: string };
        const { Trailbell } = JSON.parse(Message) as { Trailbell: { broken: { says: string }[]; mended: string[] } };
        return { subject: Subject, broken: Trailbell.broken.map(({ says }) => says), mended: Trailbell.mended };
      });
    },
    status: async () => (await (await fetch(`${engine.url}/api/v1/status`)).json()) as EngineStatus,
  };
}

describe('the watchdog', () => {
  it('tells once of what keeps a chain from ringing, within a minute, and once when it is whole again', async () => {
    const { clock, cloudwatch, hearRings, said, engine } = await world();
    await hearRings();
    await clock.advance(2 * MINUTE);
    expect(await said()).toEqual([]);

    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['cis-4.3'] }));
    await clock.advance(MINUTE);
    const off =
      'root-usage in us-east-1 of 000000000000 cannot ring: A3: The actions of alarm cis-4.3 are switched off';
    expect(await said()).toEqual([{ subject: `Trailbell: ${off}`.slice(0, 100), broken: [off], mended: [] }]);
    await clock.advance(10 * MINUTE);
    expect(await said()).toEqual([]);

    await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ['cis-4.3'] }));
    await clock.advance(MINUTE);
    expect(await said()).toEqual([{ subject: 'Trailbell: a trouble is over', broken: [], mended: [off] }]);
    expect(engine.logged).toEqual([]);
  });

  it('says nothing of trouble that passes within half a minute', async () => {
    const { clock, cloudwatch, hearRings, said } = await world();
    await hearRings();
    await clock.advance(MINUTE);
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['cis-4.3'] }));
    await clock.advance(20_000);
    await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ['cis-4.3'] }));
    await clock.advance(2 * MINUTE);
    expect(await said()).toEqual([]);
  });

  it('tells whoever subscribes later of what has long been broken', async () => {
    const { clock, hearWatchdog, said } = await world({}, false);
    await clock.advance(10 * MINUTE);
    await hearWatchdog();
    await clock.advance(MINUTE);
    expect((await said()).map(({ broken }) => broken.length)).toEqual([15]);
  });

  it('tells of many chains in one message', async () => {
    const { clock, said } = await world();
    await clock.advance(MINUTE);
    const [first, ...more] = await said();
    expect(first?.subject).toBe('Trailbell: 15 things keep it from ringing surely');
    expect(first?.broken).toHaveLength(15);
    expect(more).toEqual([]);
  });
});

describe('drills on a schedule', () => {
  it('ring, and the watchdog rings where one did not', async () => {
    const { clock, cloudwatch, hearRings, said, status, engine } = await world({ drillEvery: '1h' });
    await hearRings();
    await clock.advance(61 * MINUTE);
    expect((await status()).drill).toMatchObject({ outcome: 'rang', failed: null });
    expect(await said()).toEqual([]);
    expect(engine.logged).toEqual([]);

    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['cis-4.3'] }));
    await clock.advance(61 * MINUTE);
    const failed = 'alarm: no alarm watches the metric';
    expect(await status()).toMatchObject({ ok: false, drill: { outcome: 'silent', failed } });
    expect((await said()).flatMap(({ broken }) => broken)).toEqual([
      expect.stringContaining('cannot ring: A1: No alarm watches CISBenchmark/CIS-4.3'),
      `the last drill did not ring: ${failed}`,
    ]);
    expect(engine.logged.map(({ message }) => message)).toEqual(['A drill did not ring']);
  });
});
