import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSets, parseStatistic, setOf, setOfValues, statisticOf } from './statistic.ts';

const of = (name: string, set: Parameters<typeof statisticOf>[0]) => statisticOf(set, parseStatistic(name)!);

describe('statistics', () => {
  const set = setOfValues([
    [4, 1],
    [0, 2],
  ]);

  it('gives the five plain ones', () => {
    expect(['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'].map((name) => of(name, set))).toEqual([
      3,
      4,
      4 / 3,
      0,
      4,
    ]);
  });

  it('gives percentiles by rank', () => {
    const ten = setOfValues(Array.from({ length: 10 }, (_, i) => [i + 1, 1] as const));
    expect(['p0', 'p10', 'p50', 'p90', 'p99.9', 'p100'].map((name) => of(name, ten))).toEqual([1, 1, 5, 9, 10, 10]);
  });

  it('gives no percentile of negative values or of values it was never told', () => {
    expect(of('p50', setOfValues([[-1, 1]]))).toBeUndefined();
    expect(of('p50', { count: 3, sum: 6, minimum: 1, maximum: 3 })).toBeUndefined();
    expect(of('p50', { count: 3, sum: 6, minimum: 2, maximum: 2 })).toBe(2);
  });

  it('knows the names that AWS knows and refuses others', () => {
    expect(parseStatistic('p99.9')).toEqual({ kind: 'percentile', name: 'p99.9', percent: 99.9 });
    for (const name of ['p101', 'p', 'p-1', 'p1.12345678901', 'sum', 'tm90', 'IQM', '__proto__', ''])
      expect(parseStatistic(name)).toBeUndefined();
  });

  it('merges in any order to the same as all samples at once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 }), (values) => {
        const whole = setOfValues(values.map((value) => [value, 1] as const));
        const merged = values.map((value) => setOf(value)).reduce(mergeSets);
        expect(merged).toEqual(whole);
      }),
    );
  });
});
