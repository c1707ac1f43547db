import { describe, expect, it } from 'vitest';
import { AlarmsWorld, START, TOPIC } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';

const MINUTE = 60_000;
const metric = (Id: string, MetricName: string) => ({
  Id,
  MetricStat: { Metric: { Namespace: 'CISBenchmark', MetricName }, Period: 60, Stat: 'Sum' },
  ReturnData: false,
});
/** Rings when both metrics together reach three; FILL clears it as soon as no more comes. */
const BOTH = {
  AlarmName: 'root-used',
  EvaluationPeriods: 1,
  Threshold: 3,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  AlarmActions: [TOPIC],
  Metrics: [metric('m1', 'RootUse'), metric('m2', 'KeyUse'), { Id: 'e1', Expression: 'FILL(m1, 0) + FILL(m2, 0)' }],
};

eachStore((open) => {
  describe('an alarm on metric math', () => {
    it('is judged when any of its metrics gets data, and is at rest when none does', async () => {
      const world = new AlarmsWorld(await open());
      await world.put(BOTH);
      expect(await world.alarm()).toMatchObject({ state: 'OK', dueAt: null });
      await world.run(30);
      await world.count(1);
      await world.count(2, world.clock.now(), 'KeyUse');
      await world.run(40);
      expect(await world.alarm()).toMatchObject({ state: 'ALARM' });
      await world.run(300);
      expect(await world.alarm()).toMatchObject({ state: 'OK', dueAt: null });
      expect(await world.history('StateUpdate')).toEqual([
        'Alarm updated from INSUFFICIENT_DATA to OK',
        'Alarm updated from OK to ALARM',
        'Alarm updated from ALARM to OK',
      ]);
      expect(world.errors).toEqual([]);
      await world.stop();
    });

    it('tells of its metrics, and of no statistic', async () => {
      const world = new AlarmsWorld(await open());
      await world.put(BOTH);
      await world.count(3);
      await world.run(90);
      const { reason, reasonData } = await world.alarm();
      expect(reason).toBe(
        'Threshold Crossed: 1 datapoint [3.0 (04/03/26 10:00:00)] was greater than or equal to the threshold (3.0).',
      );
      const data = JSON.parse(reasonData ?? '{}');
      expect(data.statistic).toBeUndefined();
      expect(data).toMatchObject({ period: 60, evaluatedDatapoints: [{ value: 3 }] });
      expect(data.evaluatedDatapoints[0].sampleCount).toBeUndefined();
      const { default: text, email } = JSON.parse(world.published[0]?.message ?? '{}');
      const { Trigger } = JSON.parse(text);
      expect(Object.keys(Trigger)).toEqual([
        'Period',
        'EvaluationPeriods',
        'ComparisonOperator',
        'Threshold',
        'TreatMissingData',
        'EvaluateLowSampleCountPercentile',
        'Metrics',
      ]);
      expect(Trigger.Metrics).toEqual([
        {
          Id: 'm1',
          MetricStat: {
            Metric: { Dimensions: [], MetricName: 'RootUse', Namespace: 'CISBenchmark' },
            Period: 60,
            Stat: 'Sum',
          },
          ReturnData: false,
        },
        expect.objectContaining({ Id: 'm2' }),
        { Expression: 'FILL(m1, 0) + FILL(m2, 0)', Id: 'e1', ReturnData: true },
      ]);
      expect(email).toContain('FILL(m1, 0) + FILL(m2, 0)');
      await world.stop();
    });

    it('has no trail of ten seconds: a minute is judged as soon as it is over', async () => {
      const world = new AlarmsWorld(await open());
      await world.run(11);
      await world.put(BOTH);
      await world.count(3);
      await world.run(59);
      expect(await world.alarm()).toMatchObject({ state: 'OK' });
      await world.run(1);
      expect(await world.alarm()).toMatchObject({ state: 'ALARM', stateUpdatedAt: START + 71_000 });
      await world.stop();
    });

    describe('tells of all the metrics that its expression reads', () => {
      /** Reads two metrics of three; how they are called must not matter. */
      const READING = {
        ...BOTH,
        Threshold: 2,
        Metrics: [
          metric('a', 'Unread'),
          metric('m1', 'RootUse'),
          metric('m2', 'KeyUse'),
          { Id: 'e0', Expression: 'SUM(METRICS("m"))', ReturnData: false },
          { Id: 'e1', Expression: 'FILL(e0, 0)' },
        ],
      };
      const NAMES = ['Unread', 'RootUse', 'KeyUse'];

      /** The ids of the three metrics, made known by a count of nothing. */
      async function metricsOf(world: AlarmsWorld): Promise<number[]> {
        const ids: number[] = [];
        for (const name of NAMES) ids.push(await world.count(0, START, name));
        return ids;
      }

      it('when it rings, and for each new sign-in session of any of them', async () => {
        const world = new AlarmsWorld(await open());
        await world.put(READING, { 'trailbell:ring': 'every-session' });
        const [unread, root, key] = (await metricsOf(world)) as [number, number, number];
        await world.run(30);
        await world.count(2, world.clock.now(), 'KeyUse');
        await world.run(40);
        expect(world.asked[0]).toMatchObject({ metricIds: [root, key] });
        await world.session('of-key', key);
        await world.session('of-both', root);
        await world.session('of-both', key);
        await world.session('of-another', unread);
        await world.count(1, world.clock.now(), 'RootUse');
        const rung = (await world.rings()).filter(({ kind }) => kind === 'session');
        expect(rung.map(({ headline }) => headline).sort()).toEqual(['Root of of-both', 'Root of of-key']);
        expect(world.errors).toEqual([]);
        await world.stop();
      });

      it('for late data of any of them, judged at its own time', async () => {
        const world = new AlarmsWorld(await open());
        await world.put(READING, { 'trailbell:evaluate': 'event-time' });
        const [, root, key] = (await metricsOf(world)) as [number, number, number];
        await world.run(3_000);
        await world.count(2, world.clock.now() - 20 * MINUTE, 'KeyUse');
        expect((await world.alarm()).state).toBe('ALARM');
        expect(world.asked).toEqual([expect.objectContaining({ metricIds: [root, key] })]);
        await world.run(3_000);
        await world.count(9, world.clock.now() - 20 * MINUTE, 'Unread');
        expect((await world.rings()).map(({ kind }) => kind)).toEqual(['transition']);
        await world.stop();
      });

      it('for an imported archive, once, with the last of its metrics', async () => {
        const world = new AlarmsWorld(await open());
        await world.put(READING);
        await world.run(120);
        const ids = (await metricsOf(world)) as [number, number, number];
        const day = START - 24 * 60 * MINUTE;
        // Neither metric alone has enough.
        for (const name of NAMES) await world.count(1, day, name);
        const run = { run: 'r1', last_arrival_at: START };
        const spans = [
          { metric_id: ids[0], first_event_at: day, last_event_at: day, due_at: START + 130_000 },
          { metric_id: ids[1], first_event_at: day - 7, last_event_at: day, due_at: START + 130_000 },
          { metric_id: ids[2], first_event_at: day, last_event_at: day + 9, due_at: START + 140_000 },
        ];
        await world.context.store.write(async (tx) => {
          for (const span of spans)
            await tx.db
              .insertInto('history_runs')
              .values({ ...run, ...span })
              .execute();
          tx.onCommit(() => world.context.signals.raise('alarms'));
        });
        await world.run(12);
        expect(world.published).toEqual([]);
        await world.restart();
        await world.run(60);
        expect(world.published.map(({ subject }) => subject)).toEqual(['[history] ALARM: "root-used" in EU (Ireland)']);
        expect(world.asked).toEqual([{ metricIds: ids.slice(1), from: day - 7, until: day + 10, run: 'r1' }]);
        expect(await world.context.store.read.selectFrom('history_runs').selectAll().execute()).toEqual([]);
        expect((await world.alarm()).state).toBe('OK');
        await world.stop();
      });
    });

    it('forgets its old metrics when it is given others', async () => {
      const world = new AlarmsWorld(await open());
      await world.put(BOTH);
      await world.put({ ...BOTH, Metrics: [metric('m2', 'KeyUse'), { Id: 'e1', Expression: 'm2 * 1' }] });
      await world.count(9);
      await world.run(90);
      expect((await world.alarm()).state).toBe('INSUFFICIENT_DATA');
      await world.count(9, world.clock.now() - MINUTE, 'KeyUse');
      await world.run(90);
      expect((await world.alarm()).state).toBe('ALARM');
      const watched = await world.context.store.read.selectFrom('alarm_metrics').selectAll().execute();
      expect(watched.map(({ query_id }) => query_id)).toEqual(['m2']);
      await world.stop();
    });
  });
});
