import { describe, expect, it } from 'vitest';
import { AlarmsWorld, ROOT, SCOPE, TOPIC } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { acknowledge } from '../answers/acknowledge.ts';
import { createSilence } from '../answers/silences.ts';
import { linksUnder } from '../channels/links.ts';
import { readNotice } from '../channels/notice.ts';
import { noticeLinks } from '../channels/notice-links.ts';
import { setTags } from './alarms.ts';
import { findAnyAlarm } from './find-alarm.ts';

const MINUTE = 60;
const ON_CALL = 'arn:aws:sns:eu-west-1:111122223333:on-call';
const SECOND_LINE = 'arn:aws:sns:eu-west-1:111122223333:second-line';
const TAGS = { 'trailbell:escalate-1': '15m on-call', 'trailbell:escalate-2': '1h second-line' };

const told = (world: AlarmsWorld) => world.published.map(({ topicArn }) => topicArn);

/** No data come, and missing ones are ignored: the alarm stays in the state it is put into. */
const over = (world: AlarmsWorld) => world.setState('OK');
const again = (world: AlarmsWorld) => world.setState('ALARM');

/** Time that nothing but timers fills. */
async function wait(world: AlarmsWorld, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await world.clock.advance(MINUTE * 1_000);
    await world.settled();
  }
}

async function ringing(world: AlarmsWorld, tags: Record<string, string>) {
  await world.put({ ...ROOT, TreatMissingData: 'ignore' }, tags);
  await again(world);
  expect(told(world)).toEqual([TOPIC]);
  const [ring] = await world.rings();
  return ring!;
}

eachStore((open) => {
  it('a ring that would not fit into a message keeps its id, so that it can be found and acknowledged', async () => {
    const world = new AlarmsWorld(await open());
    const events = Array.from({ length: 1_000 }, (_, n) => ({ eventId: `${n}`.padEnd(300, 'x') }));
    const detail = { total: 1_000, sessionTotal: 1, events };
    const evidence = {
      headline: 'Root of 1111-2222-3333 did much',
      detail,
      text: 'much'.repeat(100_000),
      sessions: [],
    };
    Object.assign(world, { evidenceFor: async () => evidence });
    await world.restart();
    await world.filter('1');
    await world.put(ROOT, { 'trailbell:runbook': 'https://wiki.example.com/root' });
    await world.count();
    const [ring] = await world.rings();
    const [{ message }] = world.published as unknown as [{ message: string }];
    expect(Buffer.byteLength(message)).toBeLessThan(10_000);
    const { default: text } = JSON.parse(message) as { default: string };
    expect(JSON.parse(text).Trailbell).toEqual({
      ring: 'transition',
      id: ring!.id,
      headline: evidence.headline,
      runbook: 'https://wiki.example.com/root',
      total: 1_000,
      sessionTotal: 1,
      truncated: true,
    });
    const notice = readNotice(text)!;
    const links = linksUnder(
      () => 'https://bell.example',
      (id) => `/rings/acknowledge?ring=${id}`,
    );
    expect(noticeLinks(notice, links).map(({ url }) => url)).toContain(
      `https://bell.example/rings/acknowledge?ring=${ring!.id}`,
    );
    expect([notice.total, notice.sessionTotal]).toEqual([1_000, 1]);
    await world.stop();
  });

  describe('a ring that nobody acknowledges', () => {
    it('goes to the next topic and the one after, though the alarm is over and the engine was restarted', async () => {
      const world = new AlarmsWorld(await open());
      const first = await ringing(world, TAGS);
      await over(world);
      await wait(world, 14);
      expect([told(world), (await world.alarm()).state]).toEqual([[TOPIC], 'OK']);
      await world.restart();
      await wait(world, 2);
      expect(told(world)).toEqual([TOPIC, ON_CALL]);
      await wait(world, 60);
      expect(told(world)).toEqual([TOPIC, ON_CALL, SECOND_LINE]);
      await wait(world, 300);
      expect(told(world)).toHaveLength(3);
      const { subject, message } = world.published[1]!;
      expect(subject).toBe('[escalation] ALARM: "root-used" in EU (Ireland)');
      const { default: text } = JSON.parse(message) as { default: string };
      expect(JSON.parse(text)).toMatchObject({
        NewStateReason: `Not acknowledged for 15 minutes: ${first.headline}`,
        Trailbell: { ring: 'escalation', headline: first.headline },
      });
      await world.stop();
    });

    it('is passed on though an earlier one was passed on while it waited', async () => {
      const world = new AlarmsWorld(await open());
      await ringing(world, { 'trailbell:escalate-1': '15m on-call' });
      await over(world);
      await wait(world, 5);
      await again(world);
      const [, second] = await world.rings();
      await wait(world, 11);
      expect(told(world)).toEqual([TOPIC, TOPIC, ON_CALL]);
      await wait(world, 5);
      expect(told(world)).toEqual([TOPIC, TOPIC, ON_CALL, ON_CALL]);
      const { default: text } = JSON.parse(world.published[3]!.message) as { default: string };
      expect(JSON.parse(text)).toMatchObject({
        StateChangeTime: new Date(second!.at).toISOString().replace('Z', '+0000'),
      });
      await wait(world, 60);
      expect(told(world)).toHaveLength(4);
      await world.stop();
    });

    it('is not passed on once its tag is gone', async () => {
      const world = new AlarmsWorld(await open());
      await ringing(world, TAGS);
      await world.context.store.write(async (tx) => {
        const alarm = await findAnyAlarm(tx.db, SCOPE, 'root-used');
        await setTags(tx, alarm!, {}, world.clock.now());
      });
      await wait(world, 90);
      expect(told(world)).toEqual([TOPIC]);
      await world.stop();
    });
  });

  describe('a ring that somebody acknowledges', () => {
    it('is neither passed on nor repeated', async () => {
      const world = new AlarmsWorld(await open());
      await world.put({ ...ROOT, TreatMissingData: 'ignore' }, { ...TAGS, 'trailbell:repeat': '10m' });
      await world.setState('ALARM');
      await wait(world, 11);
      expect(told(world)).toEqual([TOPIC, TOPIC]);
      const [first] = await world.rings();
      const [, repeat] = await world.rings();
      expect(await acknowledge(world.context, repeat!.id, ' Ada\u0007 Lovelace ')).toEqual({
        at: world.clock.now(),
        by: 'Ada Lovelace',
      });
      await world.restart();
      await wait(world, 120);
      expect(told(world)).toEqual([TOPIC, TOPIC]);
      const rings = await world.rings();
      expect(rings.map(({ acknowledged_by }) => acknowledged_by)).toEqual(['Ada Lovelace', 'Ada Lovelace']);
      // The first word stands.
      expect((await acknowledge(world.context, first!.id, 'Grace'))?.by).toBe('Ada Lovelace');
      expect(await acknowledge(world.context, 'unknown', 'Grace')).toBeUndefined();
      await world.stop();
    });

    it('takes along what only told of it again, however it was told', async () => {
      const world = new AlarmsWorld(await open());
      const first = await ringing(world, { 'trailbell:escalate-1': '15m on-call', 'trailbell:repeat': '10m' });
      await wait(world, 21);
      expect(told(world)).toEqual([TOPIC, TOPIC, ON_CALL, TOPIC]);
      // By the link in the first mail, which is the one at hand.
      await acknowledge(world.context, first.id, 'Ada');
      expect((await world.rings()).map(({ acknowledged_by }) => acknowledged_by)).toEqual(Array(4).fill('Ada'));
      await wait(world, 60);
      expect(told(world)).toHaveLength(4);
      await world.stop();
    });

    it('does not take along the repeats of a later one', async () => {
      const world = new AlarmsWorld(await open());
      const first = await ringing(world, { 'trailbell:repeat': '10m' });
      await over(world);
      await wait(world, 5);
      await again(world);
      await wait(world, 11);
      await acknowledge(world.context, first.id, 'Ada');
      expect((await world.rings()).map(({ kind, acknowledged_by }) => [kind, acknowledged_by])).toEqual([
        ['transition', 'Ada'],
        ['transition', null],
        ['repeat', null],
      ]);
      await wait(world, 10);
      expect(told(world)).toHaveLength(4);
      await world.stop();
    });

    it('leaves a later ring asking', async () => {
      const world = new AlarmsWorld(await open());
      const first = await ringing(world, TAGS);
      await acknowledge(world.context, first.id, 'Ada');
      await over(world);
      await wait(world, 20);
      await again(world);
      expect(told(world)).toEqual([TOPIC, TOPIC]);
      await wait(world, 16);
      expect(told(world)).toEqual([TOPIC, TOPIC, ON_CALL]);
      await world.stop();
    });

    it('does not call off what a later ring waits for, when only the earlier one is acknowledged', async () => {
      const world = new AlarmsWorld(await open());
      const first = await ringing(world, TAGS);
      await over(world);
      await wait(world, 8);
      await again(world);
      expect(told(world)).toEqual([TOPIC, TOPIC]);
      await acknowledge(world.context, first.id, 'Ada');
      await wait(world, 20);
      expect(told(world)).toEqual([TOPIC, TOPIC, ON_CALL]);
      await world.stop();
    });

    it('is repeated anew once a new session rings', async () => {
      const world = new AlarmsWorld(await open());
      const tags = { 'trailbell:repeat': '10m', 'trailbell:ring': 'every-session' };
      await world.put({ ...ROOT, TreatMissingData: 'notBreaching' }, tags);
      const metric = await world.count();
      const [first] = await world.rings();
      await acknowledge(world.context, first!.id, 'Ada');
      await world.run(MINUTE);
      expect(told(world)).toHaveLength(1);
      await world.session('later', metric);
      await world.count();
      expect((await world.rings()).map(({ kind }) => kind)).toEqual(['transition', 'session']);
      const timers = await world.context.store.read.selectFrom('alarm_timers').select('kind').execute();
      expect(timers).toEqual([{ kind: 'repeat' }]);
      await world.stop();
    });
  });

  describe('a silenced ring', () => {
    it('is kept, names its silence, and is told to nobody, now or later', async () => {
      const world = new AlarmsWorld(await open());
      const silence = await createSilence(world.context, {
        matcher: { alarm: 'root-*' },
        reason: 'planned work',
        owner: 'Ada',
        until: '2h',
      });
      if (typeof silence === 'string') throw new Error(silence);
      await world.put({ ...ROOT, TreatMissingData: 'ignore' }, TAGS);
      await again(world);
      await wait(world, 90);
      expect(told(world)).toEqual([]);
      expect(await world.rings()).toMatchObject([{ kind: 'transition', silenced_by: silence.id, published: '[]' }]);
      await wait(world, 31);
      await over(world);
      await again(world);
      expect(told(world)).toEqual([TOPIC]);
      await world.stop();
    });
  });

  describe('the end of an alarm', () => {
    it('is told to those who were told of it, where its tag asks for that', async () => {
      const world = new AlarmsWorld(await open());
      await ringing(world, { 'trailbell:end': 'tell' });
      await over(world);
      expect(world.published.map(({ topicArn, subject }) => [topicArn, subject])).toEqual([
        [TOPIC, 'ALARM: "root-used" in EU (Ireland)'],
        [TOPIC, 'OK: "root-used" in EU (Ireland)'],
      ]);
      await world.stop();
    });
  });
});
