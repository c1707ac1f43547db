import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MailWindow, placeMail } from './mail-windows.ts';

/** When mails leave that come at these times, in milliseconds. */
function departures(times: readonly number[], kind: 'ring' | 'message' = 'ring'): number[] {
  let window: MailWindow | undefined;
  return times.map((at) => {
    const placed = placeMail(window, kind, at);
    window = placed.window;
    return placed.heldUntil ?? at;
  });
}

const seconds = (...times: number[]): number[] => times.map((time) => time * 1_000);

describe('mails about one thing', () => {
  it('leave at once the first time, then together, in windows that grow while more comes', () => {
    expect(departures(seconds(0, 1, 9, 10, 29, 31))).toEqual(seconds(0, 10, 10, 30, 30, 70));
  });

  it('are first again after a window in which nothing waited', () => {
    expect(departures(seconds(0, 10, 15, 20.5, 41))).toEqual(seconds(0, 10, 20, 40, 80));
    expect(departures(seconds(0, 1, 31))).toEqual(seconds(0, 10, 31));
    expect(departures(seconds(0, 11, 22, 33))).toEqual(seconds(0, 11, 22, 33));
  });

  it('of what others publish leave at once up to ten in ten seconds', () => {
    const times = Array.from({ length: 12 }, (_, n) => n * 100);
    expect(departures(times, 'message')).toEqual([...times.slice(0, 10), 10_000, 10_000]);
  });

  it('never wait for more than four minutes, leave in order, and a flood of a day makes few mails', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.constantFrom('ring' as const, 'message' as const), (pauses, kind) => {
        let now = 0;
        const times = pauses.map((pause) => (now += pause));
        const left = departures(times, kind);
        expect(left[0]).toBe(times[0]);
        for (const [index, at] of left.entries()) {
          expect(at).toBeGreaterThanOrEqual(times[index]!);
          expect(at - times[index]!).toBeLessThanOrEqual(240_000);
          if (kind === 'ring' && index > 0) expect(at).toBeGreaterThanOrEqual(left[index - 1]!);
        }
      }),
    );
    const day = Array.from({ length: 86_400 }, (_, second) => second * 1_000);
    expect(new Set(departures(day)).size).toBeLessThan(400);
  });
});
