import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packEvents, unpackEvents } from './chunk.ts';

describe('a chunk of log events', () => {
  const message = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 200 }));

  it('gives back what was packed, whatever characters and times', () => {
    const event = fc.record({ at: fc.integer({ min: 0, max: 10 ** 15 - 1 }), message });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1 }), (events) => {
        expect(unpackEvents(packEvents(events))).toEqual(events);
      }),
    );
  });

  it('keeps halves of surrogate pairs, which UTF-8 has no form for', () => {
    const events = [
      { at: 1, message: 'whole' },
      { at: 2, message: 'a half \ud83d of one' },
    ];
    const packed = packEvents(events);
    expect(packed.codec).toBe('deflate');
    expect(unpackEvents(packed)).toEqual(events);
  });

  it('takes a message beyond the largest chunk', () => {
    const events = [{ at: 5, message: 'x\n'.repeat(3_000_000) }];
    const packed = packEvents(events);
    expect(packed.codec).toBe('texts');
    expect(unpackEvents(packed)).toEqual(events);
    // The next one is laid out in other memory.
    const next = [{ at: 6, message: 'small' }];
    expect(unpackEvents(packEvents(next))).toEqual(next);
  });

  it('reads what older versions wrote', () => {
    const text = JSON.stringify([
      [1, 'é'],
      [1, 'b'],
    ]);
    const events = [
      { at: 1, message: 'é' },
      { at: 1, message: 'b' },
    ];
    expect(unpackEvents({ codec: 'deflate', bytes: deflateSync(text) })).toEqual(events);
    expect(unpackEvents({ codec: 'plain', bytes: Buffer.from(text) })).toEqual(events);
  });

  it('refuses a codec that it does not know, by name', () => {
    expect(() => unpackEvents({ codec: 'later', bytes: Buffer.of() })).toThrow('in later');
  });
});
