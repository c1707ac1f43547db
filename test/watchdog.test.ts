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
import { httpReceiver } from './engine/receivers.ts';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

const START = Date.UTC(2026, 0, 5, 12);
const MINUTE = 60_000;
const topic = (name: string): string => `arn:aws:sns:us-east-1:000000000000:${name}`;

/** An engine with the benchmark's controls, whose watchdog and rings go to a queue each. */
async function world(settings: ServeSettings = {}, heard = true) {
  let idle = async (): Promise<void> => undefined;
  const clock = new FakeClock(START, () => idle());
  const engine = await startEngine({ cis: true, ...settings }, clock);
  idle = () => engine.app.idle();
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
    const { clock, cloudwatch, hearRings, said, status, engine } = await world({ drillEvery: '10m' });
    await hearRings();
    await clock.advance(11 * MINUTE);
    expect((await status()).drill).toMatchObject({ outcome: 'rang', failed: null });
    expect(await said()).toEqual([]);
    expect(engine.logged).toEqual([]);

    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['cis-4.3'] }));
    await clock.advance(11 * MINUTE);
    const failed = 'alarm: no alarm watches the metric';
    expect(await status()).toMatchObject({ ok: false, drill: { outcome: 'silent', failed } });
    expect((await said()).flatMap(({ broken }) => broken)).toEqual([
      expect.stringContaining('cannot ring: A1: No alarm watches CISBenchmark/CIS-4.3'),
      `the last drill did not ring: ${failed}`,
    ]);
    expect(engine.logged.map(({ message }) => message)).toEqual(['A drill did not ring']);
  });
});

describe('the heartbeat to the outside', () => {
  /** Until so many calls have come; the network keeps to no clock of ours. */
  const called = (hook: { received: unknown[] }, count: number) =>
    until(`call ${count}`, () => hook.received.length >= count);

  it('is sent while every chain can ring, and pauses while one cannot', async () => {
    const hook = await httpReceiver();
    const { clock, cloudwatch, hearRings, status, engine } = await world({
      heartbeatUrl: hook.url,
      heartbeatEvery: '5m',
    });
    // Nobody is subscribed yet.
    await clock.advance(5 * MINUTE);
    expect(hook.received).toHaveLength(0);
    expect((await status()).heartbeat).toEqual({ sentAt: null, paused: true, failing: null });
    await hearRings();
    await clock.advance(5 * MINUTE);
    await called(hook, 1);
    await until('the heartbeat to be noted', async () => (await status()).heartbeat?.sentAt);

    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['cis-4.3'] }));
    await clock.advance(10 * MINUTE);
    expect(hook.received).toHaveLength(1);
    expect((await status()).heartbeat).toMatchObject({ paused: true });
    await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ['cis-4.3'] }));
    await clock.advance(5 * MINUTE);
    await called(hook, 2);
    expect(engine.logged).toEqual([]);
  });

  it('says once that it does not arrive, without the address, and goes on', async () => {
    const hook = await httpReceiver(() => 404);
    const { clock, hearRings, status, engine } = await world({ heartbeatUrl: `${hook.url}/secret` });
    await hearRings();
    for (let beat = 1; beat <= 3; beat += 1) {
      await clock.advance(MINUTE);
      await called(hook, beat);
    }
    const { ok, warnings } = await until('the failure to be noted', async () => {
      const now = await status();
      return now.heartbeat?.failing ? now : undefined;
    });
    expect(ok).toBe(true);
    const told = 'the heartbeat to the outside does not arrive: the address answered 404 (--heartbeat-url)';
    expect(warnings).toContain(told);
    expect(engine.logged).toHaveLength(1);
    expect(JSON.stringify([engine.logged, await status()])).not.toContain('secret');
  });

  it('goes to no host that the operator has not allowed', async () => {
    const { clock, hearRings, status } = await world({ heartbeatUrl: 'http://169.254.169.254/latest' });
    await hearRings();
    await clock.advance(2 * MINUTE);
    const { heartbeat } = await until('the refusal', async () => {
      const now = await status();
      return now.heartbeat?.failing ? now : undefined;
    });
    expect(heartbeat?.failing).toContain('is not a public address');
  });
});
