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

describe('recorded timelines, live, with a restart at every step', () => {
  const open = sqliteStore();

  it.each(timelines)('%s makes the same transitions, none lost, none twice, none later', async (_, vector) => {
    const world = new AlarmsWorld(await open());
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
      for (; next < data.length && arrival(data[next]!) <= second; next += 1) {
        await world.putData(data[next]!.Value ?? 0, START + data[next]!.t * 1000);
        await world.restart();
      }
      if (second % 60 === 0) await world.restart();
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
    await world.stop();
  });
});
