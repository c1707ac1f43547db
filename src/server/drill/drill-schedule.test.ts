import { expect, it } from 'vitest';
import { EngineWorld, SCOPE } from '../../../test/engine/engine-world.ts';
import { sqliteStore } from '../../../test/stores.ts';
import { DrillSchedule } from './drill-schedule.ts';

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
