import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GROUP, LogsWorld, MINUTE, NOON, SCOPE } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { comparePositions } from './event-position.ts';
import { getLogGroup } from './log-groups.ts';
import { findLogStream } from './log-streams.ts';

eachStore((open) => {
  it('reads any window, streams and gap as a plain filter over all events would', async () => {
    const world = new LogsWorld(await open());
    const time = fc.integer({ min: NOON, max: NOON + 150 * MINUTE });
    const batch = fc.tuple(fc.constantFrom('a', 'b'), fc.array(time, { minLength: 1, maxLength: 20 }));
    const [batches = []] = fc.sample(fc.array(batch, { minLength: 20, maxLength: 20 }), { numRuns: 1, seed: 5 });
    for (const [stream, times] of batches)
      await world.put([], { stream, door: 'own', events: times.map((at) => ({ at, message: String(at) })) });
    const all = await world.readAll();
    expect(all).toHaveLength(batches.reduce((sum, [, times]) => sum + times.length, 0));
    const group = await getLogGroup(world.store.read, SCOPE, GROUP);
    const ids = new Map<string, number>();
    for (const name of ['a', 'b']) ids.set(name, (await findLogStream(world.store.read, group, name))?.id ?? 0);

    const query = fc.record({
      from: time,
      until: time,
      forward: fc.boolean(),
      gap: fc.option(fc.nat(all.length - 1)),
      streams: fc.option(fc.subarray(['a', 'b'], { minLength: 1 })),
    });
    await fc.assert(
      fc.asyncProperty(query, async ({ from, until, forward, gap: gapIndex, streams }) => {
        const gap = gapIndex === null ? undefined : all[gapIndex];
        const direction = forward ? 'forward' : 'backward';
        const streamIds = streams?.map((name) => ids.get(name) ?? 0);
        const wanted = all.filter(
          (event) =>
            event.at >= from &&
            event.at < until &&
            (!gap || comparePositions(event, gap) >= 0 === forward) &&
            (!streams || streams.includes(event.stream)),
        );
        const found = await world.readAll({ from, until, direction, gap, streamIds });
        expect(found).toEqual(forward ? wanted : wanted.toReversed());
      }),
      { numRuns: 60 },
    );
  });

  it('pages through more chunks than it plans at a time', async () => {
    const world = new LogsWorld(await open());
    for (let round = 0; round < 5; round += 1)
      await world.store.write(async (tx) => {
        for (let index = 0; index < 90; index += 1) {
          const at = NOON + ((index * 37 + round) % 90) * 1000;
          const batch = {
            scope: SCOPE,
            group: GROUP,
            stream: 's',
            door: 'own',
            events: [{ at, message: `${at}` }],
          } as const;
          await world.accept(tx, batch);
        }
      });
    const events = await world.readAll();
    expect(events).toHaveLength(450);
    expect(events).toEqual(events.toSorted(comparePositions));
    expect(await world.readAll({ direction: 'backward' })).toEqual(events.toReversed());
  });
});
