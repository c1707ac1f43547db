import { describe, expect, it } from 'vitest';
import { AlarmsWorld, ROOT, SCOPE, START, TOPIC } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { defineComposite } from '../alarms/composite-definition.ts';
import { putComposite } from '../alarms/composites.ts';
import { putMuteRule } from '../alarms/mute-rules.ts';
import { createSilence, listSilences } from '../answers/silences.ts';
import { createQueue, setQueueAttributes } from '../queues/manage.ts';
import { confirmSubscription } from '../topics/confirm.ts';
import { subscribe } from '../topics/subscribe.ts';
import { createTopic } from '../topics/topics.ts';
import { chainStates } from './chain-states.ts';
import { deafHeartbeats } from './deaf-heartbeats.ts';
import { idleSilences } from './silence-problems.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

eachStore((open) => {
  const statesAt = async (world: AlarmsWorld, now = world.clock.now()) => {
    const settings = { endpoint: 'http://127.0.0.1:4780', mailConfigured: true, now };
    return await chainStates(world.context.store.read, settings);
  };
  const problemsAt = async (world: AlarmsWorld, now?: number) =>
    (await statesAt(world, now)).flatMap(({ alarm, problems }) =>
      problems.map(({ code, message, silent }) => ({ alarm, code, message, silent })),
    );
  const quietAt = async (world: AlarmsWorld, now: number) =>
    (await problemsAt(world, now)).filter(({ code }) => code === 'quiet');

  /** An event that the log group took in at `at`. */
  const event = (world: AlarmsWorld, at: number) =>
    world.context.store.write(async ({ db }) => {
      const group = await db.selectFrom('log_groups').select('id').executeTakeFirstOrThrow();
      await db
        .insertInto('log_streams')
        .values({
          group_id: group.id,
          name: `s${at}`,
          created_at: at,
          stored_bytes: 1,
          first_event_at: at,
          last_event_at: at,
          last_ingested_at: at,
        })
        .execute();
    });

  describe('a quiet chain', () => {
    it('cannot ring once its log group is a day old without an event, or had none for a day', async () => {
      const world = new AlarmsWorld(await open());
      await world.filter('1');
      await world.put(ROOT);
      expect(await quietAt(world, START + DAY - 1)).toEqual([]);
      expect(await quietAt(world, START + DAY)).toEqual([
        {
          alarm: 'root-used',
          code: 'quiet',
          message: 'no event has ever come into its log group trail, which is a day old',
          silent: true,
        },
      ]);
      await event(world, START + DAY + HOUR);
      expect(await quietAt(world, START + 2 * DAY)).toEqual([]);
      expect((await quietAt(world, START + 4 * DAY)).map(({ message }) => message)).toEqual([
        'no event has come into its log group trail for 2 days',
      ]);
      expect((await statesAt(world, START + 4 * DAY)).map(({ canRing }) => canRing)).toEqual([false]);
      await world.stop();
    });

    it('is none where data come by PutMetricData', async () => {
      const world = new AlarmsWorld(await open());
      await world.filter('1');
      await world.put(ROOT);
      await world.putData(0);
      expect(await quietAt(world, START + 3 * DAY)).toEqual([]);
      await world.stop();
    });
  });

  it.each([
    ['email', 'ops@example.com', true, 'open the link in the mail to ops@example.com'],
    [
      'email',
      'ops@example.com',
      false,
      'open the link in the mail to ops@example.com, which waits at http://127.0.0.1:4780/console/mail',
    ],
    [
      'https',
      'https://hook.example',
      true,
      'have https://hook.example visit the SubscribeURL that was posted to it; subscribe again for a new one',
    ],
  ])('says where the link lies that confirms %s of %s', async (protocol, endpoint, mailConfigured, fix) => {
    const world = new AlarmsWorld(await open());
    await world.put(ROOT);
    await createTopic(world.context, { ...SCOPE, name: 'security' });
    await subscribe(world.context, SCOPE, {
      topicArn: TOPIC,
      protocol,
      endpoint,
      principal: 'arn:aws:iam::111122223333:root',
    });
    const settings = { endpoint: 'http://127.0.0.1:4780', mailConfigured, now: START };
    const [state] = await chainStates(world.context.store.read, settings);
    expect(state?.problems.find(({ code }) => code === 'unconfirmed')?.fix).toBe(fix);
    await world.stop();
  });

  it('says what is muted, which tags mean nothing, and that a child of a composite alarm needs no topic', async () => {
    const world = new AlarmsWorld(await open());
    await world.filter('1');
    await world.put({ ...ROOT, AlarmActions: [] }, { 'trailbell:repeat': 'often' });
    await world.context.store.write(async (tx) => {
      const parameters = { AlarmName: 'whole', AlarmRule: 'ALARM(root-used)', AlarmActions: [TOPIC] };
      const definition = defineComposite(parameters, SCOPE);
      await putComposite(tx, world.deps, SCOPE, { definition, actionsEnabled: true, tags: {} }, START);
      const Schedule = { Expression: 'at(2026-03-04T10:00)', Duration: 'PT1H' };
      const mute = { Name: 'm', Rule: { Schedule }, MuteTargets: { AlarmNames: ['whole'] } };
      await putMuteRule(tx, SCOPE, mute, {}, START);
    });
    expect(await problemsAt(world, START)).toEqual([
      {
        alarm: 'root-used',
        code: 'tag-ignored',
        message: 'its tag trailbell:repeat=often is ignored: a time from 1m to 30d is wanted, such as 4h',
        silent: false,
      },
      { alarm: 'whole', code: 'no-topic', message: `its topic ${TOPIC} does not exist`, silent: true },
      { alarm: 'whole', code: 'muted', message: 'its actions are muted until 2026-03-04T11:00:00.000Z', silent: false },
    ]);
    await world.stop();
  });

  describe('a chain whose topic', () => {
    const settled = async (attributes: Record<string, string>, name = 'security') => {
      const world = new AlarmsWorld(await open());
      await world.filter('1');
      await world.put({ ...ROOT, AlarmActions: [TOPIC, `${TOPIC}-2`] });
      const topic = await createTopic(world.context, { ...SCOPE, name, attributes });
      await confirmed(world, topic.arn);
      return world;
    };
    const only = (account: string) =>
      JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'SNS:Publish' }] });
    const refusal = `Resource: arn:aws:cloudwatch:eu-west-1:111122223333:alarm:root-used is not authorized to perform: SNS:Publish on resource: ${TOPIC}`;

    it('does not let CloudWatch publish cannot ring, and the fix is the statement that lets it', async () => {
      const world = await settled({ Policy: only('111122223333') });
      const [state] = await statesAt(world);
      expect(state?.canRing).toBe(false);
      expect(state?.problems).toEqual([
        {
          code: 'topic-refuses',
          silent: true,
          message: `topic security refuses its rings: ${refusal}`,
          fix: `add to its policy {"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"SNS:Publish","Resource":"${TOPIC}","Condition":{"StringEquals":{"AWS:SourceAccount":"111122223333"}}}`,
        },
      ]);
      await createTopic(world.context, { ...SCOPE, name: 'security-2' }).then(({ arn }) => confirmed(world, arn));
      const [other] = await statesAt(world);
      expect(other).toMatchObject({ canRing: true, problems: [{ code: 'topic-refuses', silent: false }] });
      await world.stop();
    });

    it('leads to a queue whose policy does not let it send cannot ring, before it has tried', async () => {
      const world = new AlarmsWorld(await open());
      await world.filter('1');
      await world.put(ROOT);
      await createTopic(world.context, { ...SCOPE, name: 'security' });
      const Policy = only('444455556666').replace('SNS:Publish', 'SQS:SendMessage');
      const queue = await createQueue(world.context, { ...SCOPE, name: 'jobs', attributes: { Policy } });
      const principal = 'arn:aws:iam::111122223333:root';
      await subscribe(world.context, SCOPE, { topicArn: TOPIC, protocol: 'sqs', endpoint: queue.arn, principal });
      const [state] = await statesAt(world);
      expect(state?.canRing).toBe(false);
      expect(state?.problems).toEqual([
        {
          code: 'cannot-deliver',
          silent: true,
          message: `the policy of queue ${queue.arn} does not let topic ${TOPIC} send to it`,
          fix: `add to its policy {"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"${queue.arn}","Condition":{"ArnEquals":{"aws:SourceArn":"${TOPIC}"}}}`,
        },
      ]);
      await setQueueAttributes(world.context, SCOPE, 'jobs', { Policy: '' });
      expect(await problemsAt(world)).toEqual([]);
      await world.stop();
    });

    it('is encrypted with the key that AWS manages cannot ring', async () => {
      const world = await settled({ KmsMasterKeyId: 'alias/aws/sns' });
      expect(await problemsAt(world)).toMatchObject([{ code: 'topic-refuses', silent: true }]);
      await world.stop();
    });
  });

  it('says which escalations reach nobody, and which silences lie over a chain', async () => {
    const world = new AlarmsWorld(await open());
    await world.filter('1');
    const tags = { 'trailbell:escalate-1': '15m on-call', 'trailbell:escalate-2': '1h second-line' };
    await world.put(ROOT, tags);
    for (const name of ['security', 'second-line']) {
      const { arn } = await createTopic(world.context, { ...SCOPE, name });
      if (name === 'security') await confirmed(world, arn);
    }
    const wish = { reason: 'moving house', owner: 'ops', until: '2h' };
    await createSilence(world.context, { ...wish, matcher: { alarm: 'root-*' } });
    await createSilence(world.context, { ...wish, until: '3h', matcher: { alarm: 'root-*', principal: 'x' } });
    await createSilence(world.context, { ...wish, until: '3h', matcher: { alarm: 'rot-used' } });
    const problems = await problemsAt(world);
    expect(problems.map(({ message, silent }) => [message, silent])).toEqual([
      ['silenced until 2026-03-04T12:00:00.000Z by ops: moving house', false],
      ['its escalation after 15 minutes to topic on-call reaches nobody: there is no topic of that name', false],
      [
        'its escalation after 1 hour to topic second-line reaches nobody: nobody has confirmed a subscription to it',
        false,
      ],
    ]);
    const silences = await listSilences(world.context.store.read, world.clock.now());
    expect(idleSilences(silences, await statesAt(world)).map(({ matcher }) => matcher)).toEqual([
      { alarm: 'rot-used' },
    ]);
    await world.stop();
  });

  it('finds topics whose heartbeats go to nobody', async () => {
    const world = new AlarmsWorld(await open());
    const tags = [{ Key: 'trailbell:heartbeat', Value: '1d' }];
    const { arn } = await createTopic(world.context, { ...SCOPE, name: 'security', tags });
    expect(await deafHeartbeats(world.context.store.read)).toEqual([arn]);
    await confirmed(world, arn);
    expect(await deafHeartbeats(world.context.store.read)).toEqual([]);
    await world.stop();
  });
});

/** A subscriber who has confirmed. */
async function confirmed({ context }: AlarmsWorld, topicArn: string): Promise<void> {
  const principal = 'arn:aws:iam::111122223333:root';
  const wish = { topicArn, protocol: 'https', endpoint: 'https://hook.example', principal };
  const { token } = await subscribe(context, SCOPE, wish);
  await confirmSubscription(context, { token, topicArn, caller: SCOPE });
}
