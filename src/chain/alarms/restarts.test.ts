import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AlarmsWorld, START } from '../../../test/chain/alarms-world.ts';
import { sqliteStore } from '../../../test/stores.ts';
import type { SimulatedTransition, TimelineVector } from './simulate.ts';

type Expected = TimelineVector & { transitions: SimulatedTransition[]; finalState: string };

const { vectors } = JSON.parse(
  readFileSync(new URL('../../../test/data/alarm-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Expected[] };

/** Timelines of a metric filter's alarm that start with its creation; operations are replayed elsewhere. */
const timelines = vectors
  .filter((vector) => vector.kind === 'timeline' && vector.operations.length === 0 && vector.createdAt === 0)
  .map((vector) => [vector.id, vector] as const);

const ARN = 'arn:aws:sns:eu-west-1:111122223333:';

/** An alarm's own second follows from its creation; the timelines have theirs. */
async function useSecond({ context }: AlarmsWorld, second: number): Promise<void> {
  await context.store.write(async ({ db }) => {
    await db
      .updateTable('alarms')
      .set({ phase: second * 1000 })
      .execute();
    await db
      .updateTable('alarms')
      .set({ due_at: START + second * 1000 })
      .where('due_at', 'is not', null)
      .execute();
  });
}

/** Where the process stops and another goes on. */
interface Stops {
  /** Brings a datum to a world. */
  readonly bring: (world: AlarmsWorld, value: number, at: number) => Promise<void>;
  /** Whether it stops at this second, by the instant at which the alarm is due. */
  readonly at: (second: number, due: number | null) => boolean;
}

const afterEveryDatum: Stops = {
  async bring(world, value, at) {
    await world.putData(value, at);
    await world.restart();
  },
  at: (second) => second % 60 === 0,
};

/** Data are committed and nobody looks at them; then the process ends just before it would, and just after it has. */
const aroundEveryLook: Stops = {
  async bring(world, value, at) {
    await world.stop();
    await world.putData(value, at);
    await world.restart();
  },
  at: (second, due) => due !== null && Math.abs(due - START - second * 1000) <= 1_000,
};

/** Replays a timeline live, and compares history, messages and the state in the end. */
async function replay(world: AlarmsWorld, vector: Expected, stops: Stops): Promise<void> {
  const arns = (names: unknown) => ((names ?? []) as string[]).map((name) => ARN + name);
  const { AlarmActions, OKActions, InsufficientDataActions } = vector.alarm;
  await world.put({
    ...vector.alarm,
    AlarmName: 'root-used',
    Namespace: 'CISBenchmark',
    MetricName: 'RootUse',
    AlarmActions: arns(AlarmActions),
    OKActions: arns(OKActions),
    InsufficientDataActions: arns(InsufficientDataActions),
  });
  await useSecond(world, vector.evaluatePhase);
  const arrival = (datum: (typeof vector.datapoints)[number]) => datum.availableAt ?? datum.t;
  let next = 0;
  const data = vector.datapoints.toSorted((a, b) => arrival(a) - arrival(b));
  for (let second = 0; second < vector.until; second += 1) {
    for (; next < data.length && arrival(data[next]!) <= second; next += 1)
      await stops.bring(world, data[next]!.Value ?? 0, START + data[next]!.t * 1000);
    if (stops.at(second, (await world.alarm()).dueAt)) await world.restart();
    await world.run(1);
  }
  const updates = await world.context.store.read
    .selectFrom('alarm_history')
    .selectAll()
    .where('type', '=', 'StateUpdate')
    .orderBy('id')
    .execute();
  const expected = vector.transitions.map(({ from, to }) => `Alarm updated from ${from} to ${to}`);
  expect(updates.map(({ summary }) => summary)).toEqual(expected);
  updates.forEach(({ at }, i) => {
    expect((at - START) / 1000).toBeLessThanOrEqual(vector.transitions[i]!.at);
  });
  const told = vector.transitions.flatMap(({ actions }) => actions.map((name) => ARN + name));
  expect(world.published.map(({ topicArn }) => topicArn)).toEqual(told);
  expect((await world.alarm()).state).toBe(vector.finalState);
  expect(world.errors).toEqual([]);
}

describe.each([
  ['after every datum and every minute', afterEveryDatum],
  ['between every datum and its look, before and after every look', aroundEveryLook],
] as const)('recorded timelines, live, with a restart %s', (_, stops) => {
  const open = sqliteStore();

  it.each(timelines)('%s makes the same transitions, none lost, none twice, none later', async (_, vector) => {
    const world = new AlarmsWorld(await open());
    await replay(world, vector, stops);
    await world.stop();
  });
});
