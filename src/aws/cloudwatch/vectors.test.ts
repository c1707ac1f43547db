import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCOPE, START } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { sqliteStore } from '../../../test/stores.ts';
import type {
  PointVector,
  SimulatedDatum,
  SimulatedTransition,
  TimelineVector,
  Vector,
  WindowVector,
} from '../../chain/alarms/simulate.ts';

type Expected = Vector & {
  expectedByPrior: Record<string, string>;
  expected: string;
  transitions: SimulatedTransition[];
  finalState: string;
};
type Calls = ReturnType<typeof cloudWatchOn>;

const { vectors } = JSON.parse(
  readFileSync(new URL('../../../test/data/alarm-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Expected[] };
const ofKind = (kind: Vector['kind']) =>
  vectors.filter((vector) => vector.kind === kind).map((vector) => [vector.id, vector] as const);

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Second 0 of the vectors: a whole hour, early enough for no datum to be in the future. */
const ZERO = START + 2 * 3_600_000;
const ARN = `arn:aws:sns:${SCOPE.region}:${SCOPE.account}:`;
const ON_SCHEDULE = [{ Key: 'trailbell:evaluate', Value: 'on-schedule' }];

const arns = (names: unknown) => ((names ?? []) as string[]).map((name) => ARN + name);

/** A vector's alarm as PutMetricAlarm takes it: actions are ARNs, and Metrics have the period to themselves. */
function alarmOf(vector: Vector, more: object = {}) {
  const { Period, ...alarm } = { Namespace: 'Test', MetricName: 'm', ...vector.alarm } as Record<string, unknown>;
  const { Namespace: _, MetricName: __, ...math } = alarm;
  const { OKActions, AlarmActions, InsufficientDataActions } = alarm;
  const actions = {
    OKActions: arns(OKActions),
    AlarmActions: arns(AlarmActions),
    InsufficientDataActions: arns(InsufficientDataActions),
  };
  const judged = alarm.Metrics ? math : { ...alarm, Period };
  return { AlarmName: vector.id, Tags: ON_SCHEDULE, ...judged, ...actions, ...more };
}

async function put(calls: Calls, vector: Vector, { t, availableAt: _, ...datum }: SimulatedDatum): Promise<void> {
  const { Namespace = 'Test', MetricName = 'm', Dimensions = [], Period } = vector.alarm;
  const MetricData = [
    {
      MetricName,
      Dimensions,
      Timestamp: new Date(ZERO + t * SECOND),
      ...(Number(Period) < 60 && { StorageResolution: 1 }),
      ...datum,
    },
  ];
  await calls.call('PutMetricData', { Namespace, MetricData });
}

const stateOf = async ({ call }: Calls, AlarmName: string): Promise<string> =>
  (await call('DescribeAlarms', { AlarmNames: [AlarmName] })).MetricAlarms[0].StateValue;

/** A judgement at `judgedAt` of `data`, from each prior state: alarms are made one step before, and data come in between. */
async function judgeOnce(
  calls: Calls,
  vector: Vector,
  data: readonly SimulatedDatum[],
  judgedAt: number,
  priors: readonly string[],
): Promise<string[]> {
  const { clock } = calls.world;
  await clock.advance(judgedAt - MINUTE - clock.now());
  for (const AlarmName of priors) await calls.call('PutMetricAlarm', alarmOf(vector, { AlarmName }));
  await clock.advance(MINUTE - 5 * SECOND);
  for (const state of priors)
    await calls.call('SetAlarmState', { AlarmName: state, StateValue: state, StateReason: 'prior' });
  for (const datum of data) await put(calls, vector, datum);
  await clock.advance(5 * SECOND);
  await calls.world.settled();
  return Promise.all(priors.map((prior) => stateOf(calls, prior)));
}

/** A judgement that sees the same window and falls into no minute's first ten seconds, where alarms have no second. */
function judgementLike(vector: PointVector): number {
  const at = ZERO + Math.round(vector.at * SECOND);
  const isEarly = at % MINUTE < 10 * SECOND && Number(vector.alarm.Period) >= 60;
  if (!isEarly) return at;
  return vector.alarm.Metrics ? at + 10 * SECOND : at - 10 * SECOND;
}

describe('recorded and documented behaviour, through the API', () => {
  const open = sqliteStore();

  it.each(ofKind('window'))('decides %s', async (_, given) => {
    const vector = given as WindowVector & Expected;
    const period = Number(vector.alarm.Period);
    const judgedAt = ZERO + 40 * SECOND;
    const data = vector.range.flatMap((Value, i) =>
      Value === null ? [] : [{ t: (i - vector.range.length) * period, Value }],
    );
    const calls = cloudWatchOn(await open(), 'json1.0');
    const states = await judgeOnce(calls, vector, data, judgedAt, Object.keys(vector.expectedByPrior));
    expect(states).toEqual(Object.values(vector.expectedByPrior));
    await calls.world.stop();
  });

  it.each(ofKind('point'))('judges %s', async (_, given) => {
    const vector = given as PointVector & Expected;
    const calls = cloudWatchOn(await open(), 'json1.0');
    const data = vector.datapoints.filter(({ t, availableAt }) => (availableAt ?? t) <= vector.at);
    expect(await judgeOnce(calls, vector, data, judgementLike(vector), [vector.priorState])).toEqual([vector.expected]);
    await calls.world.stop();
  });

  it.each(ofKind('timeline'))('replays %s', async (_, given) => {
    const vector = given as TimelineVector & Expected;
    const calls = cloudWatchOn(await open(), 'json1.0');
    const { world, call } = calls;
    const created = ZERO + vector.createdAt * SECOND;
    const happenings = [
      ...vector.datapoints.map((datum) => ({ at: datum.availableAt ?? datum.t, act: () => put(calls, vector, datum) })),
      ...vector.operations.map(({ t: at, op, set, ...rest }) => ({ at, act: () => operate(op, set, rest) })),
      { at: vector.createdAt, act: create },
    ].sort((a, b) => a.at - b.at);

    /** Its second follows from its creation; the vector has one of its own. */
    async function create(): Promise<void> {
      await call('PutMetricAlarm', alarmOf(vector));
      await world.context.store.write(async ({ db }) => {
        await db
          .updateTable('alarms')
          .set({ phase: vector.evaluatePhase * SECOND })
          .execute();
        const due = created + ((vector.evaluatePhase * SECOND - (created % MINUTE) + MINUTE) % MINUTE);
        await db.updateTable('alarms').set({ due_at: due }).where('due_at', 'is not', null).execute();
      });
      world.context.signals.raise('alarms');
      await world.settled();
    }
    async function operate(op: string, set: object | undefined, rest: object): Promise<void> {
      if (op === 'PutMetricAlarm') await call(op, alarmOf(vector, set));
      else if (op === 'SetAlarmState') await call(op, { AlarmName: vector.id, ...rest });
      else await call(op, { AlarmNames: [vector.id] });
    }

    await world.clock.advance(ZERO - world.clock.now());
    const end = ZERO + vector.until * SECOND;
    while (world.clock.now() < end) {
      while (happenings[0] && ZERO + happenings[0].at * SECOND <= world.clock.now()) await happenings.shift()?.act();
      const second = world.clock.now() / SECOND;
      const next = second + 60 - ((second - vector.evaluatePhase) % 60);
      const happens = happenings[0] ? ZERO / SECOND + happenings[0].at : next;
      await world.clock.advance(Math.min(next, happens, end / SECOND) * SECOND - world.clock.now());
      await world.settled();
    }
    const items = (await call('DescribeAlarmHistory', { HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' }))
      .AlarmHistoryItems as { HistorySummary: string; Timestamp: Date }[];
    expect(items.map(({ HistorySummary }) => HistorySummary)).toEqual(
      vector.transitions.map(({ from, to }) => `Alarm updated from ${from} to ${to}`),
    );
    items.forEach(({ Timestamp }, i) => {
      expect((Number(Timestamp) - ZERO) / SECOND).toBeLessThanOrEqual(vector.transitions[i]!.at);
    });
    expect(world.published.map(({ topicArn }) => topicArn)).toEqual(
      vector.transitions.flatMap(({ actions }) => arns(actions)),
    );
    expect(await stateOf(calls, vector.id)).toBe(vector.finalState);
    expect(world.errors).toEqual([]);
    await world.stop();
  });
});
