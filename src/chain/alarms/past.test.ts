import { expect, it } from 'vitest';
import { AlarmsWorld, ROOT, START } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { addDatapoints } from '../metrics/datapoints.ts';
import { sweepDatapoints } from '../metrics/retention.ts';
import { setOf } from '../metrics/statistic.ts';
import { defineAlarm, ruleOf } from './definition.ts';
import { findAlarm } from './past.ts';

const MINUTE = 60_000;

eachStore((open) => {
  it('finds the alarm in years of minutes, across the parts in which they are read', async () => {
    const world = new AlarmsWorld(await open());
    await world.stop();
    const metricId = await world.count(0);
    const first = START - 12_000 * MINUTE;
    // Three bad minutes in a row lie across the first boundary of 5,000 points.
    const bad = new Set([4_998, 4_999, 5_000, 9_000]);
    const points = Array.from({ length: 11_000 }, (_, i) => ({
      metricId,
      at: first + i * MINUTE,
      resolution: 60,
      unit: 'None',
      ...setOf(bad.has(i) ? 1 : 0),
    }));
    await world.context.store.write((tx) => addDatapoints(tx, points));
    const find = (change: object, from = first) => {
      const rule = ruleOf(defineAlarm({ ...ROOT, Period: 60, ...change }));
      return findAlarm(world.context.store.read, { metricIds: [metricId] }, rule, from, first + 11_000 * MINUTE);
    };
    const minuteOf = (range: Awaited<ReturnType<typeof find>>) => range && (range[0]!.start - first) / MINUTE;
    expect(minuteOf(await find({}))).toBe(4_998);
    expect(minuteOf(await find({ EvaluationPeriods: 3 }))).toBe(5_000);
    expect(minuteOf(await find({}, first + 5_001 * MINUTE))).toBe(9_000);
    expect(await find({ EvaluationPeriods: 4 })).toBeUndefined();
  });

  it('keeps old datapoints from the sweep until the history they came with is judged', async () => {
    const world = new AlarmsWorld(await open());
    await world.stop();
    const years = START - 1_000 * 1_440 * MINUTE;
    const metric_id = await world.count(1, years);
    const run = { run: 'r', metric_id, first_event_at: years, last_event_at: years, last_arrival_at: START };
    const count = async () => {
      while (await sweepDatapoints(world.context));
      return (await world.context.store.read.selectFrom('datapoints').selectAll().execute()).length;
    };
    await world.context.store.write(async ({ db }) => {
      await db
        .insertInto('history_runs')
        .values({ ...run, due_at: null })
        .execute();
    });
    expect(await count()).toBe(1);
    await world.context.store.write(async ({ db }) => {
      await db.deleteFrom('history_runs').execute();
    });
    expect(await count()).toBe(0);
  });
});
