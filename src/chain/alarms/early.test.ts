import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SimulatedDatum, simulateTimeline, type TimelineVector } from './simulate.ts';

const root: TimelineVector = {
  id: 'root',
  kind: 'timeline',
  alarm: {
    Namespace: 'CISBenchmark',
    MetricName: 'RootUse',
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: ['al'],
    OKActions: ['ok'],
  },
  createdAt: 0,
  evaluatePhase: 20,
  datapoints: [{ t: 1000, Value: 1 }],
  operations: [],
  until: 3600,
};
const quiet = { everyPointBreaches: true };
const open = { everyPointBreaches: false };
const entry = (vector: TimelineVector, outlook = open) =>
  simulateTimeline(vector, outlook).transitions.find(({ to }) => to === 'ALARM')?.at;

describe('ringing before the schedule', () => {
  it('rings in the instant of the event where only breaching points can come', () => {
    expect(entry(root, quiet)).toBe(1000);
  });

  it('rings in the instant of the event from OK, whatever else may come', () => {
    expect(entry({ ...root, alarm: { ...root.alarm, TreatMissingData: 'notBreaching' } })).toBe(1000);
  });

  it('waits for the judgement in between where a good point could first make it OK', () => {
    // 1000 is 40 s into the minute: only the judgement at 1040 is pending. At 965 the one at 980 is, too.
    expect(entry(root)).toBe(1000);
    expect(entry({ ...root, datapoints: [{ t: 965, Value: 1 }] })).toBe(980);
    expect(entry({ ...root, datapoints: [{ t: 965, Value: 1 }] }, quiet)).toBe(965);
  });

  it('rings for an event that arrives late where only breaching points can come', () => {
    const late = [{ t: 1000, availableAt: 1690, Value: 1 }];
    expect(entry({ ...root, datapoints: late }, quiet)).toBe(1690);
    expect(entry({ ...root, datapoints: late })).toBe(1700);
  });

  it('never rings early for an average, for values below a threshold or for sums that can shrink', () => {
    const onTime = 1040;
    expect(entry({ ...root, alarm: { ...root.alarm, Statistic: 'Average' } }, quiet)).toBe(onTime);
    const below = { ...root.alarm, Threshold: 2, ComparisonOperator: 'LessThanThreshold' };
    expect(entry({ ...root, alarm: below }, quiet)).toBe(onTime);
    const shrinking = [
      { t: 1000, Value: 3 },
      { t: 1000, Value: -1 },
    ];
    expect(entry({ ...root, datapoints: shrinking })).toBe(onTime);
  });

  it('waits for a judgement that must first say INSUFFICIENT_DATA', () => {
    const alarm = { ...root.alarm, Period: 60 };
    // The zero leaves the range of three minutes with the window that ends at 480, judged at 500.
    const datapoints = [
      { t: 250, Value: 0 },
      { t: 490, Value: 1 },
    ];
    expect(simulateTimeline({ ...root, alarm, datapoints, until: 520 }, quiet).transitions).toEqual([
      { at: 320, from: 'INSUFFICIENT_DATA', to: 'OK', actions: ['ok'] },
      { at: 500, from: 'OK', to: 'INSUFFICIENT_DATA', actions: [] },
      { at: 500, from: 'INSUFFICIENT_DATA', to: 'ALARM', actions: ['al'] },
    ]);
  });
});

const MISSING = ['missing', 'ignore', 'breaching', 'notBreaching'];

const alarms = fc
  .record({
    Statistic: fc.constantFrom('Sum', 'SampleCount', 'Maximum', 'Average', 'Minimum'),
    Period: fc.constantFrom(10, 20, 30, 60, 120, 300),
    EvaluationPeriods: fc.integer({ min: 1, max: 4 }),
    Threshold: fc.integer({ min: 0, max: 3 }),
    ComparisonOperator: fc.constantFrom(
      'GreaterThanOrEqualToThreshold',
      'GreaterThanThreshold',
      'LessThanThreshold',
      'LessThanOrEqualToThreshold',
    ),
    TreatMissingData: fc.constantFrom(...MISSING),
    share: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ share, ...alarm }) => ({
    Namespace: 'Test',
    MetricName: 'm',
    AlarmActions: ['al'],
    OKActions: ['ok'],
    InsufficientDataActions: ['no'],
    ...alarm,
    DatapointsToAlarm: Math.min(share, alarm.EvaluationPeriods),
  }));

const growing = fc.record({
  Statistic: fc.constantFrom('Sum', 'SampleCount', 'Maximum'),
  ComparisonOperator: fc.constantFrom('GreaterThanOrEqualToThreshold', 'GreaterThanThreshold'),
});

const data = (values: fc.Arbitrary<number>, horizon: number): fc.Arbitrary<SimulatedDatum[]> =>
  fc.array(
    fc
      .record({
        t: fc.integer({ min: 0, max: horizon }),
        delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
        Value: values,
      })
      .map(({ t, delay, Value }) => ({ t, availableAt: t + delay, Value })),
    { maxLength: 14 },
  );

/** Times are drawn over a few ranges of the alarm's length, so that data meet. */
const timelines = (values: fc.Arbitrary<number>, extra: fc.Arbitrary<object> = fc.constant({})) =>
  fc
    .tuple(alarms, extra)
    .chain(([alarm, more]) =>
      fc.record({
        alarm: fc.constant({ ...alarm, ...more }),
        evaluatePhase: fc.integer({ min: 0, max: 59 }),
        createdAt: fc.integer({ min: 0, max: 120 }),
        datapoints: data(values, 120 + alarm.Period * 10),
      }),
    )
    .map(
      (drawn): TimelineVector => ({
        ...drawn,
        id: 'drawn',
        kind: 'timeline',
        operations: [],
        until: 200 + Number(drawn.alarm.Period) * 20,
      }),
    );

function expectSame(vector: TimelineVector, outlook: { everyPointBreaches: boolean }): void {
  const onTime = simulateTimeline(vector);
  const early = simulateTimeline(vector, outlook);
  expect(early.transitions.map(({ at: _, ...rest }) => rest)).toEqual(
    onTime.transitions.map(({ at: _, ...rest }) => rest),
  );
  early.transitions.forEach(({ at }, i) => {
    expect(at).toBeLessThanOrEqual(onTime.transitions[i]!.at);
  });
}

describe('judging on arrival', () => {
  it('makes the transitions of the schedule, in the same order, none later, on any timeline', () => {
    fc.assert(
      fc.property(timelines(fc.integer({ min: 0, max: 4 })), (vector) => expectSame(vector, open)),
      { numRuns: 1500 },
    );
  });

  it('does so for the alarms that can ring early', () => {
    fc.assert(
      fc.property(timelines(fc.integer({ min: 0, max: 4 }), growing), (vector) => expectSame(vector, open)),
      { numRuns: 1500 },
    );
  });

  it('does so where every point breaches and old events may ring at once', () => {
    const breaching = fc.record({
      Threshold: fc.constant(1),
      ComparisonOperator: fc.constant('GreaterThanOrEqualToThreshold'),
      Statistic: fc.constantFrom('Sum', 'SampleCount', 'Maximum'),
    });
    fc.assert(
      fc.property(timelines(fc.constant(1), breaching), (vector) => expectSame(vector, quiet)),
      { numRuns: 1500 },
    );
  });
});
