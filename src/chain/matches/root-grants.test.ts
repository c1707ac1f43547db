import { describe, expect, it } from 'vitest';
import { LogsWorld } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { createNoteGrants, grantsOf, noteRootUses, sweepRootGrants } from './root-grants.ts';

const grant = (accessKeyId: string, session = 'ops') =>
  JSON.stringify({
    eventName: 'AssumeRoot',
    eventSource: 'sts.amazonaws.com',
    userIdentity: { type: 'AssumedRole', arn: `arn:aws:sts::900080007000:assumed-role/RootTasks/${session}` },
    responseElements: { credentials: { accessKeyId } },
  });

eachStore((open) => {
  describe('grants of central root access', () => {
    it('are joined with the sessions that used their keys, whichever comes first', async () => {
      const world = new LogsWorld(await open());
      const note = createNoteGrants(world.context);
      await world.store.write(async (tx) => {
        await note(tx, ['ERROR "AssumeRoot" {', grant('K1'), grant('K2', 'ann')]);
        await noteRootUses(tx, [
          { accessKeyId: 'K1', sessionId: 's-1' },
          { accessKeyId: 'K1', sessionId: 's-1' },
          { accessKeyId: 'K3', sessionId: 's-3' },
        ]);
        await noteRootUses(tx, [{ accessKeyId: 'K1', sessionId: 's-1' }]);
      });
      const known = async () =>
        [...(await grantsOf(world.store.read, ['s-1', 's-3', 's-4']))].map(([id, { principal }]) => [id, principal]);
      expect(await known()).toEqual([['s-1', 'role RootTasks (session ops)']]);
      await world.store.write((tx) => note(tx, [grant('K3', 'eve')]));
      expect((await known()).sort()).toEqual([
        ['s-1', 'role RootTasks (session ops)'],
        ['s-3', 'role RootTasks (session eve)'],
      ]);
      expect(await grantsOf(world.store.read, [])).toEqual(new Map());
    });

    it('that come after a ring wake its alarm, once, and never for a grant that is known', async () => {
      const world = new LogsWorld(await open());
      const note = createNoteGrants(world.context);
      let woken = 0;
      world.context.signals.on('alarms', () => {
        woken += 1;
      });
      await world.store.write(async (tx) => {
        await noteRootUses(tx, [
          { accessKeyId: 'K1', sessionId: 's-1' },
          { accessKeyId: 'K2', sessionId: 's-2' },
        ]);
        for (const [session_id, ring_id] of [
          ['s-1', 'r-1'],
          ['s-2', 'r-2'],
        ] as const)
          await tx.db.insertInto('ring_sessions').values({ alarm_id: 7, session_id, ring_id }).execute();
      });
      await world.store.write((tx) => note(tx, [grant('K1')]));
      await world.store.write((tx) => note(tx, [grant('K2')]));
      await world.store.write((tx) => note(tx, [grant('K1'), grant('K9')]));
      const timers = await world.store.read.selectFrom('alarm_timers').selectAll().execute();
      expect(timers.map(({ alarm_id, kind, detail }) => [alarm_id, kind, JSON.parse(detail)])).toEqual([
        [7, 'behind', { rings: ['r-1', 'r-2'] }],
      ]);
      expect(woken).toBe(2);
    });

    it('are kept as long as the rings they explain', async () => {
      const world = new LogsWorld(await open());
      const note = createNoteGrants(world.context);
      await world.store.write(async (tx) => {
        await note(tx, [grant('K1')]);
        await noteRootUses(tx, [{ accessKeyId: 'K1', sessionId: 's-1' }]);
      });
      await world.clock.advance(454 * 86_400_000);
      await sweepRootGrants(world.context);
      expect((await grantsOf(world.store.read, ['s-1'])).size).toBe(1);
      await world.clock.advance(2 * 86_400_000);
      await sweepRootGrants(world.context);
      expect((await grantsOf(world.store.read, ['s-1'])).size).toBe(0);
      expect(await world.store.read.selectFrom('root_uses').selectAll().execute()).toEqual([]);
    });
  });
});
