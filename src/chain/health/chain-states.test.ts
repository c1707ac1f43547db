import { describe, expect, it } from 'vitest';
import { AlarmsWorld, ROOT, SCOPE, START, TOPIC } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { defineComposite } from '../alarms/composite-definition.ts';
import { putComposite } from '../alarms/composites.ts';
import { putMuteRule } from '../alarms/mute-rules.ts';
import { subscribe } from '../topics/subscribe.ts';
import { createTopic } from '../topics/topics.ts';
import { chainStates } from './chain-states.ts';

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
});
