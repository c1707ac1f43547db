import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, eventIdOf, positionOf } from './event-position.ts';

const position = fc.record({ at: fc.nat(4_102_444_800_000), chunk: fc.nat(2 ** 40), index: fc.nat(10_000) });

describe('event ids', () => {
  it('have 56 digits and name one position', () => {
    fc.assert(
      fc.property(position, (place) => {
        expect(eventIdOf(place)).toMatch(/^\d{56}$/);
        expect(positionOf(eventIdOf(place))).toEqual(place);
      }),
    );
  });

  it('sort as texts the way their events sort', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        const [left, right] = [eventIdOf(a), eventIdOf(b)];
        const order = left < right ? -1 : left > right ? 1 : 0;
        expect(order).toBe(Math.sign(comparePositions(a, b)));
      }),
    );
  });

  it('are told from other texts', () => {
    expect(positionOf('')).toBeUndefined();
    expect(positionOf('9'.repeat(56))).toBeUndefined();
  });
});
