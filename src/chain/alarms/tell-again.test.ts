import { describe, expect, it } from 'vitest';
import { AlarmsWorld, ROOT } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { createSilence } from '../answers/silences.ts';
import { setTimer } from './timers.ts';

const MINUTE = 60_000;

/** It becomes known who was behind a ring, eleven minutes after it. */
async function story(world: AlarmsWorld): Promise<void> {
  world.sessions = ['s-1'];
  await world.filter('1');
  await world.put({ ...ROOT, TreatMissingData: 'ignore' });
  await world.session('s-1', await world.count());
  const [ring] = await world.rings();
  await world.clock.advance(11 * MINUTE);
  await world.settled();
  const detail = { total: 1, sessions: [{ behind: { principal: 'eve' } }] };
  const evidence = { headline: 'Root, by eve', detail, text: 'who', sessions: ['s-1'] };
  Object.assign(world, { evidenceFor: async () => evidence });
  const { id } = await world.alarm();
  await world.context.store.write((tx) => setTimer(tx, id, 'behind', world.clock.now(), { rings: [ring!.id] }));
  await world.restart();
  expect((await world.rings()).map(({ headline }) => headline)).toEqual(['Root, by eve']);
}

eachStore((open) => {
  describe('a ring whose story has a new part', () => {
    it('is told again', async () => {
      const world = new AlarmsWorld(await open());
      await story(world);
      expect(world.published.map(({ subject }) => subject)).toEqual([
        'ALARM: "root-used" in EU (Ireland)',
        '[update] ALARM: "root-used" in EU (Ireland)',
      ]);
      await world.stop();
    });

    it('is told to nobody where it was silenced, though the silence is over', async () => {
      const world = new AlarmsWorld(await open());
      const matcher = { alarm: 'root-used' };
      await createSilence(world.context, { matcher, reason: 'planned', owner: 'Ada', until: '10m' });
      await story(world);
      expect(await world.rings()).toMatchObject([{ published: '[]', silenced_by: expect.any(String) }]);
      expect(world.published).toEqual([]);
      await world.stop();
    });
  });
});
