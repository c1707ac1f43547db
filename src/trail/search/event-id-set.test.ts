import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventIdSet } from './event-id-set.ts';

describe('the memory of event ids', () => {
  it('answers as a list of all that was seen would', () => {
    const id = fc.oneof(
      fc.uuid(),
      fc.constantFrom('', 'redacted', '00000000-0000-0000-0000-000000000000', 'ABCDEF00-0000-0000-0000-000000000000'),
      fc.string({ maxLength: 3 }),
    );
    const rules = fc.uniqueArray(fc.nat(69), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(id, rules), { maxLength: 200 }), fc.nat(), (events, seed) => {
        const set = new EventIdSet(70, seed);
        const model = new Set<string>();
        const ids = new Set<string>();
        for (const [eventId, seen] of events) {
          const fresh = seen.filter((rule) => !model.has(`${rule} ${eventId}`));
          expect(set.see(eventId, seen)).toEqual(fresh);
          for (const rule of seen) model.add(`${rule} ${eventId}`);
          ids.add(eventId);
        }
        expect(set.size).toBe(ids.size);
      }),
    );
  });

  it('grows', () => {
    const set = new EventIdSet(1, 7);
    const id = (n: number): string => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
    for (let n = 0; n < 20_000; n += 1) expect(set.see(id(n), [0])).toEqual([0]);
    for (let n = 0; n < 20_000; n += 1) expect(set.see(id(n), [0])).toEqual([]);
    expect(set.size).toBe(20_000);
  });
});
