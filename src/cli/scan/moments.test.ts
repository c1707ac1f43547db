import { describe, expect, it } from 'vitest';
import { spanOf } from './moments.ts';

const NOW = Date.parse('2026-06-30T12:00:00Z');
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
const span = (options: Parameters<typeof spanOf>[0]) => {
  const { from, to } = spanOf(options, NOW);
  return [iso(from), iso(to)];
};

describe('a span of time', () => {
  it('is given by days, moments and ages; its end belongs to it', () => {
    expect(span({})).toEqual([undefined, undefined]);
    expect(span({ startTime: '2026-01-31', endTime: '2026-01-31' })).toEqual([
      '2026-01-31T00:00:00.000Z',
      '2026-02-01T00:00:00.000Z',
    ]);
    expect(span({ startTime: '2026-01-31T10:00:00+02:00', endTime: '2026-01-31T09:00:00Z' })).toEqual([
      '2026-01-31T08:00:00.000Z',
      '2026-01-31T09:00:00.001Z',
    ]);
    expect(span({ since: '90d' })).toEqual(['2026-04-01T12:00:00.000Z', undefined]);
    expect(span({ since: '2h', endTime: '2026-06-30' })[0]).toBe('2026-06-30T10:00:00.000Z');
  });

  it.each([
    [{ startTime: 'yesterday' }, '--start-time yesterday is no time'],
    [{ startTime: '2026-02-30' }, '--start-time 2026-02-30 is no time'],
    [{ since: '90' }, '--since 90 is no age'],
    [{ since: '1d', startTime: '2026-01-01' }, 'give one of them'],
    [{ startTime: '2026-01-02', endTime: '2026-01-01' }, 'ends before it begins'],
  ])('is refused for %j', (options, message) => {
    expect(() => spanOf(options, NOW)).toThrow(message);
  });
});
