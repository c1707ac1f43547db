import { expect, it } from 'vitest';
import { EngineWorld, SCOPE } from '../../../test/engine/engine-world.ts';
import { until } from '../../../test/engine/until.ts';
import { sqliteStore } from '../../../test/stores.ts';
import { DrillSchedule } from './drill-schedule.ts';
import { lastDrill } from './last-drill.ts';

const MINUTE = 60_000;
const open = sqliteStore();

it('a drill that hangs is overdue once it should long be over', async () => {
  const world = await EngineWorld.open(await open());
  const { clock, engine } = world;
  // The door for records does not answer.
  const accept = () => new Promise<never>(() => undefined);
  const drills = new DrillSchedule({ context: engine.context, accept, scope: SCOPE, every: 60 * MINUTE });
  await drills.start();
  const due = clock.now() + 60 * MINUTE;
  await clock.advance(69 * MINUTE);
  expect(drills.overdueSince(clock.now())).toBeNull();
  await clock.advance(2 * MINUTE);
  expect(drills.overdueSince(clock.now())).toBe(due);
  drills.stop();
  await engine.stop();
});

it('is not put off for ever by restarts that come more often than drills', async () => {
  const world = await EngineWorld.open(await open());
  const { clock, engine } = world;
  const held: number[] = [];
  const accept = async () => {
    held.push(clock.now());
    return { stored: 0 } as Awaited<ReturnType<typeof engine.acceptRecords>>;
  };
  const due = clock.now() + 60 * MINUTE;
  for (let restart = 0; restart < 3; restart += 1) {
    const drills = new DrillSchedule({ context: engine.context, accept, scope: SCOPE, every: 60 * MINUTE });
    await drills.start();
    await clock.advance(25 * MINUTE);
    drills.stop();
  }
  expect(held).toEqual([due]);
  await engine.stop();
});

it('a drill that cannot be begun is tried again, and is overdue until it can be', async () => {
  const world = await EngineWorld.open(await open());
  const { clock, engine } = world;
  let isBroken = true;
  const accept: typeof engine.acceptRecords = (batch) =>
    isBroken ? Promise.reject(new Error('no room left')) : engine.acceptRecords(batch);
  const drills = new DrillSchedule({ context: engine.context, accept, scope: SCOPE, every: 60 * MINUTE });
  await drills.start();
  const due = clock.now() + 60 * MINUTE;
  await clock.advance(71 * MINUTE);
  expect(drills.overdueSince(clock.now())).toBe(due);
  isBroken = false;
  const last = await until('the drill to be over', async () => {
    await clock.advance(MINUTE);
    return (await lastDrill(engine.context.store.read)) ?? false;
  });
  expect(last).toMatchObject({ outcome: 'silent' });
  await until('the next to be due', () => drills.overdueSince(clock.now()) === null);
  drills.stop();
  await engine.stop();
});
