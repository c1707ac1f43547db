import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutBatch, LONGEST_SPAN, sizeOf } from './cut-batch.ts';

const HOUR = 3_600_000;

describe('cutting a batch', () => {
  it('leaves an ordinary batch in one piece', () => {
    const events = [1, 2, 3].map((at) => ({ at, message: 'm' }));
    expect(cutBatch(events)).toEqual([{ events, size: 3 * 27 }]);
    expect(cutBatch([])).toEqual([]);
  });

  it('sorts by time and keeps the order of events of one time', () => {
    const events = [
      { at: 2, message: 'a' },
      { at: 1, message: 'b' },
      { at: 2, message: 'c' },
    ];
    expect(
      cutBatch(events)
        .flatMap((piece) => piece.events)
        .map(({ message }) => message),
    ).toEqual(['b', 'a', 'c']);
  });

  it('cuts before a piece spans an hour, grows beyond 10,000 events or 1 MiB', () => {
    expect(cutBatch([0, HOUR - 1, HOUR].map((at) => ({ at, message: 'm' })))).toHaveLength(2);
    const many = Array.from({ length: 10_001 }, (_, at) => ({ at, message: 'm' }));
    expect(cutBatch(many).map(({ events }) => events.length)).toEqual([10_000, 1]);
    const large = Array.from({ length: 3 }, (_, at) => ({ at, message: 'x'.repeat(500_000) }));
    expect(cutBatch(large).map(({ events }) => events.length)).toEqual([2, 1]);
  });

  it('counts UTF-8 bytes and 26 for each event', () => {
    expect(sizeOf({ at: 0, message: 'é' })).toBe(28);
  });

  it('loses and invents nothing', () => {
    const event = fc.record({ at: fc.nat(5 * HOUR), message: fc.string({ minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const pieces = cutBatch(events);
        const sorted = [...events].sort((a, b) => a.at - b.at);
        expect(pieces.flatMap((piece) => piece.events)).toEqual(sorted);
        for (const piece of pieces) {
          expect((piece.events.at(-1)?.at ?? 0) - (piece.events[0]?.at ?? 0)).toBeLessThan(LONGEST_SPAN);
          expect(piece.size).toBe(piece.events.reduce((sum, each) => sum + sizeOf(each), 0));
        }
      }),
    );
  });
});
