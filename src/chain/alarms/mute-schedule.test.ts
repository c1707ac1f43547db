import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import { isOver, parseMuteSchedule, windowEndAt } from './mute-schedule.ts';

const HOUR = 3_600_000;

/** Ends of the window open at each of these times, as ISO text without seconds. */
const ends = (expression: string, duration: string, zone: string | undefined, ...times: string[]) => {
  const schedule = parseMuteSchedule(expression, duration, zone);
  return times.map((time) => {
    const end = windowEndAt(schedule, Date.parse(`${time}:00Z`));
    return end === undefined ? undefined : new Date(end).toISOString().slice(0, 16);
  });
};

describe('a mute schedule', () => {
  it('opens windows by day of week, day of month and month', () => {
    // The fourth of March 2026 is a Wednesday.
    expect(
      ends(
        'cron(0 2 * * *)',
        'PT4H',
        undefined,
        '2026-03-04T01:59',
        '2026-03-04T02:00',
        '2026-03-04T05:59',
        '2026-03-04T06:00',
      ),
    ).toEqual([undefined, '2026-03-04T06:00', '2026-03-04T06:00', undefined]);
    expect(
      ends('cron(0 18 * * FRI)', 'P2DT12H', undefined, '2026-03-06T17:59', '2026-03-09T05:00', '2026-03-09T06:00'),
    ).toEqual([undefined, '2026-03-09T06:00', undefined]);
    expect(
      ends(
        'cron(0,30 1-2 1 MAR,APR *)',
        'PT10M',
        undefined,
        '2026-03-01T02:35',
        '2026-04-01T01:00',
        '2026-05-01T01:00',
      ),
    ).toEqual(['2026-03-01T02:40', '2026-04-01T01:10', undefined]);
    expect(
      ends('cron(0 0 15 * MON)', 'PT1H', undefined, '2026-03-15T00:10', '2026-03-16T00:10', '2026-03-17T00:10'),
    ).toEqual(['2026-03-15T01:00', '2026-03-16T01:00', undefined]);
  });

  it('follows the clocks of its time zone, through summer time too', () => {
    expect(
      ends('cron(0 9 * * *)', 'PT1H', 'America/New_York', '2026-03-07T14:30', '2026-03-09T13:30', '2026-03-09T14:30'),
    ).toEqual(['2026-03-07T15:00', '2026-03-09T14:00', undefined]);
    expect(ends('cron(30 0 * * *)', 'PT1H', 'Asia/Tokyo', '2026-03-04T15:45')).toEqual(['2026-03-04T16:30']);
    // 02:30 is skipped on the eighth of March in New York, and comes an hour later by the clock.
    expect(ends('at(2026-03-08T02:30)', 'PT1H', 'America/New_York', '2026-03-08T07:29', '2026-03-08T07:30')).toEqual([
      undefined,
      '2026-03-08T08:30',
    ]);
  });

  it('knows when a single window is over', () => {
    const expression = 'at(2026-05-10T14:00)';
    const schedule = parseMuteSchedule(expression, 'PT1H', 'Europe/Berlin');
    expect(isOver(schedule, expression, Date.UTC(2026, 4, 10, 12, 59))).toBe(false);
    expect(isOver(schedule, expression, Date.UTC(2026, 4, 10, 13))).toBe(true);
    expect(isOver(parseMuteSchedule('cron(0 0 * * *)', 'PT1H'), 'cron(0 0 * * *)', Number.MAX_SAFE_INTEGER)).toBe(
      false,
    );
  });

  it('opens a window that lasts its duration, wherever it is looked at', () => {
    const minute = Date.UTC(2026, 0, 1) / 60_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500_000 }), fc.integer({ min: 1, max: 15 * 24 }), (offset, hours) => {
        const now = (minute + offset) * 60_000;
        const schedule = parseMuteSchedule('cron(15 3 * * *)', `PT${hours}H`, 'Europe/London');
        const end = windowEndAt(schedule, now);
        if (end === undefined) return;
        const start = end - hours * HOUR;
        expect(start).toBeLessThanOrEqual(now);
        expect(end).toBeGreaterThan(now);
        expect(windowEndAt(schedule, start)).toBe(end);
        expect(windowEndAt(schedule, start - 60_000)).not.toBe(end);
      }),
    );
  });

  it.each([
    ['cron(0 2 * *)', 'PT1H', 'UTC'],
    ['cron(60 2 * * *)', 'PT1H', 'UTC'],
    ['cron(*/5 2 * * *)', 'PT1H', 'UTC'],
    ['cron(5-1 2 * * *)', 'PT1H', 'UTC'],
    ['cron(0 2 * * FOO)', 'PT1H', 'UTC'],
    ['at(2026-02-30T10:00)', 'PT1H', 'UTC'],
    ['at(2026-02-20T24:00)', 'PT1H', 'UTC'],
    ['rate(5 minutes)', 'PT1H', 'UTC'],
    ['cron(0 2 * * *)', 'PT30S', 'UTC'],
    ['cron(0 2 * * *)', 'P16D', 'UTC'],
    ['cron(0 2 * * *)', 'P', 'UTC'],
    ['cron(0 2 * * *)', 'PT1H', 'Mars/Olympus'],
  ])('refuses %s for %s in %s', (expression, duration, zone) => {
    expect(() => parseMuteSchedule(expression, duration, zone)).toThrow(Refusal);
  });

  it('reads or refuses any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 256 }), fc.string({ maxLength: 50 }), (expression, duration) => {
        for (const text of [expression, `cron(${expression})`, `at(${expression})`])
          try {
            parseMuteSchedule(text, duration);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
      }),
    );
  });
});
