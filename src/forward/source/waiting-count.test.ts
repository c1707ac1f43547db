import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WaitingCount } from './waiting-count.ts';

it('comes to the same as counting everything, whatever comes in and goes out between the looks', async () => {
  const step = fc.record({ arrive: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }), send: fc.nat(4) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const chunks: number[] = [];
      let after = 0;
      const sum = (from: number, to: number): number => chunks.slice(from, to).reduce((total, one) => total + one, 0);
      const waiting = new WaitingCount(async (from, head) => sum(from, head));
      for (const [turn, { arrive, send }] of steps.entries()) {
        chunks.push(...arrive);
        after = Math.min(chunks.length, after + send);
        expect(await waiting.count(after, chunks.length, { end: 0, from: 0 }, turn)).toBe(sum(after, chunks.length));
      }
    }),
  );
});

it('looks at what is new only, and counts anew when a forward goes back or time has passed', async () => {
  const asked: [number, number][] = [];
  const waiting = new WaitingCount(async (from, to) => {
    asked.push([from, to]);
    return to - from;
  });
  const all = { end: 0, from: 0 };
  expect(await waiting.count(0, 100_000, all, 0)).toBe(100_000);
  expect(await waiting.count(10, 100_005, all, 1)).toBe(99_995);
  expect(asked.slice(1)).toEqual([
    [100_000, 100_005],
    [0, 10],
  ]);
  expect(await waiting.count(0, 100_005, { end: 10, from: 5 }, 2)).toBe(100_005);
  expect(await waiting.count(0, 100_006, { end: 10, from: 5 }, 600_003)).toBe(100_006);
  expect(asked.at(-1)).toEqual([0, 100_006]);
});
