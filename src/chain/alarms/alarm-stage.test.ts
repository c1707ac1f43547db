import { describe, expect, it } from 'vitest';
import { AlarmsWorld, ROOT, SCOPE, START, TOPIC } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { deleteAlarms, enableActions } from './alarms.ts';

const MINUTE = 60_000;

eachStore((open) => {
  describe("the benchmark's alarm", () => {
    it('rings in the instant of the event, stays 15 minutes, and then lacks data', async () => {
      const world = new AlarmsWorld(await open());
      await world.filter('1');
      await world.put(ROOT);
      await world.run(65);
      await world.count();
      expect(world.published.map(({ topicArn, subject, structure }) => [topicArn, subject, structure])).toEqual([
        [TOPIC, 'ALARM: "root-used" in EU (Ireland)', 'json'],
      ]);
      const texts = JSON.parse(world.published[0]!.message);
      expect(Object.keys(texts)).toEqual(['default', 'sms', 'email']);
      expect(JSON.parse(texts.default)).toMatchObject({
        OldStateValue: 'INSUFFICIENT_DATA',
        NewStateValue: 'ALARM',
        StateChangeTime: '2026-03-04T10:01:05.000+0000',
        NewStateReason:
          'Threshold Crossed: 1 datapoint [1.0 (04/03/26 09:57:00)] was greater than or equal to the threshold (1.0).',
        Trailbell: { ring: 'transition' },
      });
      await world.run(14 * 60);
      expect((await world.alarm()).state).toBe('ALARM');
      await world.run(130);
      expect(await world.alarm()).toMatchObject({
        state: 'INSUFFICIENT_DATA',
        reason: 'Insufficient Data: 1 datapoint was unknown.',
        dueAt: null,
      });
      expect(await world.history()).toEqual([
        'Alarm "root-used" created',
        'Alarm updated from INSUFFICIENT_DATA to ALARM',
        `Successfully executed action ${TOPIC}`,
        'Alarm updated from ALARM to INSUFFICIENT_DATA',
      ]);
      expect(await world.rings()).toHaveLength(1);
      expect(world.errors).toEqual([]);
      await world.stop();
    });

    it('is OK at once where missing data is not breaching, and rings for late events too', async () => {
      const world = new AlarmsWorld(await open());
      await world.filter('1');
      await world.put({ ...ROOT, TreatMissingData: 'notBreaching' });
      expect((await world.alarm()).state).toBe('OK');
      await world.run(60);
      await world.count(1, START - 10 * MINUTE);
      expect((await world.alarm()).state).toBe('ALARM');
      await world.stop();
    });

    it('keeps to its schedule where it is told to', async () => {
      const world = new AlarmsWorld(await open());
      await world.filter('1');
      await world.put(ROOT, { 'trailbell:evaluate': 'on-schedule' });
      await world.run(5);
      await world.count();
      await world.run(64);
      expect((await world.alarm()).state).toBe('INSUFFICIENT_DATA');
      await world.run(1);
      expect((await world.alarm()).state).toBe('ALARM');
      await world.stop();
    });

    it('makes the transitions that were due while the process was down', async () => {
      const world = new AlarmsWorld(await open());
      await world.put({ ...ROOT, TreatMissingData: 'notBreaching' });
      await world.count();
      expect((await world.alarm()).state).toBe('ALARM');
      await world.stop();
      await world.clock.advance(60 * MINUTE);
      await world.restart();
      expect((await world.alarm()).state).toBe('OK');
      expect(await world.history('StateUpdate')).toHaveLength(3);
      await world.stop();
    });
  });

  describe('actions', () => {
    it('that fail are kept as failed, and the state moves all the same', async () => {
      const world = new AlarmsWorld(await open());
      world.failure = 'Topic does not exist';
      const reboot = 'arn:aws:automate:eu-west-1:ec2:reboot';
      await world.put({ ...ROOT, AlarmActions: [TOPIC, TOPIC, reboot], TreatMissingData: 'notBreaching' });
      await world.count();
      expect(await world.history('Action')).toEqual([
        `Failed to execute action ${TOPIC}. Received error: "Topic does not exist"`,
        `Failed to execute action ${reboot}. Received error: "Trailbell publishes to SNS topics; it does not run actions of automate."`,
      ]);
      expect((await world.alarm()).state).toBe('ALARM');
      await world.stop();
    });

    it('that are switched off are not run, nor made up for when they are switched on', async () => {
      const world = new AlarmsWorld(await open());
      await world.put({ ...ROOT, ActionsEnabled: false, TreatMissingData: 'notBreaching' });
      await world.count();
      await world.context.store.write((tx) => enableActions(tx, SCOPE, ['root-used', 'unknown'], true, START));
      await world.run(120);
      expect(world.published).toEqual([]);
      expect(await world.rings()).toHaveLength(1);
      await world.stop();
    });
  });

  describe('a forced state', () => {
    it('runs its actions, and the next judgement puts the true one back', async () => {
      const world = new AlarmsWorld(await open());
      await world.put({ ...ROOT, OKActions: [TOPIC], TreatMissingData: 'notBreaching' });
      await world.run(20);
      await world.setState('ALARM');
      await world.setState('ALARM', 'again');
      expect(await world.alarm()).toMatchObject({ state: 'ALARM', reason: 'drill', reasonData: null });
      await world.run(60);
      expect((await world.alarm()).state).toBe('OK');
      expect(world.published.map(({ subject }) => subject)).toEqual([
        'OK: "root-used" in EU (Ireland)',
        'ALARM: "root-used" in EU (Ireland)',
        'OK: "root-used" in EU (Ireland)',
      ]);
      await world.stop();
    });
  });

  describe('a change of the alarm', () => {
    it('keeps the state and judges the stored data anew', async () => {
      const world = new AlarmsWorld(await open());
      await world.put({ ...ROOT, TreatMissingData: 'notBreaching' });
      await world.count();
      await world.put({ ...ROOT, Threshold: 5, TreatMissingData: 'notBreaching' });
      expect((await world.alarm()).state).toBe('ALARM');
      await world.run(130);
      expect((await world.alarm()).state).toBe('OK');
      expect(await world.history('ConfigurationUpdate')).toEqual([
        'Alarm "root-used" created',
        'Alarm "root-used" updated',
      ]);
      await world.context.store.write((tx) => deleteAlarms(tx, SCOPE, ['root-used', 'unknown'], START));
      await world.run(60);
      expect(world.errors).toEqual([]);
      await world.stop();
    });
  });

  describe('ringing while ringing', () => {
    it('tells of each new sign-in session once, and of none without the tag', async () => {
      const world = new AlarmsWorld(await open());
      world.sessions = ['s1'];
      const tags = { 'trailbell:ring': 'every-session' };
      await world.put({ ...ROOT, TreatMissingData: 'notBreaching' }, tags);
      const metric = await world.count();
      await world.session('s1', metric);
      await world.run(30);
      await world.count();
      expect(world.published).toHaveLength(1);
      await world.session('s2', metric);
      await world.count();
      await world.count();
      expect(world.published).toHaveLength(2);
      const again = JSON.parse(JSON.parse(world.published[1]!.message).default);
      expect(again).toMatchObject({
        OldStateValue: 'ALARM',
        NewStateValue: 'ALARM',
        StateChangeTime: '2026-03-04T10:00:00.000+0000',
        Trailbell: { ring: 'session', headline: 'Root of s2' },
      });
      expect(await world.history('StateUpdate')).toHaveLength(2);
      expect(await world.history('Action')).toHaveLength(2);
      await world.stop();

      const plain = new AlarmsWorld(await open());
      await plain.put({ ...ROOT, TreatMissingData: 'notBreaching' });
      const id = await plain.count();
      await plain.session('s2', id);
      await plain.count();
      expect(plain.published).toHaveLength(1);
      await plain.stop();
    });
  });

  describe('late data', () => {
    it('rings once for a feed that lags behind, where the alarm judges data at its own time', async () => {
      const world = new AlarmsWorld(await open());
      await world.put({ ...ROOT, TreatMissingData: 'notBreaching' }, { 'trailbell:evaluate': 'event-time' });
      for (let minute = 0; minute < 30; minute += 1) {
        await world.count(1, world.clock.now() - 25 * MINUTE);
        await world.run(60);
      }
      expect(world.published).toHaveLength(1);
      await world.run(17 * 60);
      expect((await world.alarm()).state).toBe('OK');
      await world.count(0, world.clock.now() - 40 * MINUTE);
      await world.run(60);
      expect(world.published).toHaveLength(1);
      await world.stop();
    });

    it('never rings beyond the range otherwise, as on AWS', async () => {
      const world = new AlarmsWorld(await open());
      await world.filter('1');
      await world.put({ ...ROOT, TreatMissingData: 'notBreaching' });
      await world.count(1, START - 25 * MINUTE);
      await world.run(120);
      expect(world.published).toEqual([]);
      await world.stop();
    });
  });

  describe('history', () => {
    it('rings once per intake run, beside the state', async () => {
      const world = new AlarmsWorld(await open());
      await world.put({ ...ROOT, TreatMissingData: 'notBreaching' });
      const day = START - 24 * 60 * MINUTE;
      const metric = await world.count(1, day);
      const run = { run: 'r1', metric_id: metric, first_event_at: day, last_event_at: day, last_arrival_at: START };
      await world.context.store.write(async (tx) => {
        await tx.db
          .insertInto('history_runs')
          .values({ ...run, due_at: START + 10_000 })
          .execute();
        tx.onCommit(() => world.context.signals.raise('alarms'));
      });
      await world.run(90);
      expect(world.published.map(({ subject }) => subject)).toEqual(['[history] ALARM: "root-used" in EU (Ireland)']);
      expect(world.asked).toEqual([{ metricIds: [metric], from: day, until: day + 1, run: 'r1' }]);
      expect((await world.alarm()).state).toBe('OK');
      expect(await world.history('StateUpdate')).toHaveLength(1);
      expect((await world.rings()).map(({ kind }) => kind)).toEqual(['history']);
      await world.stop();
    });
  });
});
