import { describe, expect, it } from 'vitest';
import { labelsOf } from './metric-labels.ts';

type Metric = {
  Namespace?: string;
  MetricName?: string;
  Dimensions?: Record<string, string>;
  Stat?: string;
  Period?: number;
};

/** The labels of queries for these metrics. */
function labels(metrics: readonly Metric[], extra: Readonly<Record<number, object>> = {}): (string | undefined)[] {
  const queries = metrics.map(({ Namespace = 'N', MetricName = 'AllZero', Dimensions = {}, Stat, Period }, i) => ({
    Id: `q${i}`,
    MetricStat: {
      Metric: {
        Namespace,
        MetricName,
        Dimensions: Object.entries(Dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Stat: Stat ?? 'Sum',
      Period: Period ?? 60,
    },
    ...extra[i],
  }));
  const known = labelsOf(queries);
  return queries.map(({ Id }) => known.get(Id));
}

describe('labels recorded on AWS', () => {
  it.each<[string, Metric[], string[]]>([
    ['one metric', [{ Stat: 'p50', Dimensions: { Zone: 'a' } }], ['AllZero']],
    ['names', [{ Stat: 'SampleCount' }, { MetricName: 'Weighted' }], ['AllZero', 'Weighted']],
    ['statistics', [{}, { Stat: 'Average' }], ['AllZero Sum', 'AllZero Average']],
    ['a dimension that one lacks', [{}, { Stat: 'Average', Dimensions: { Probe: 'missing' } }], ['AllZero', 'missing']],
    ['namespaces', [{}, { Namespace: 'Other', Stat: 'Average' }], ['N', 'Other']],
    ['groups', [{}, { Stat: 'Average' }, { MetricName: 'Weighted' }], ['AllZero Sum', 'AllZero Average', 'Weighted']],
    ['dimensions', [{ Dimensions: { Zone: 'a', C: 's' } }, { Dimensions: { Zone: 'b', C: 's' } }], ['a', 'b']],
    [
      'dimensions and names',
      [{ Dimensions: { Zone: 'a' } }, { MetricName: 'Weighted', Dimensions: { Zone: 'b' } }],
      ['a AllZero', 'b Weighted'],
    ],
    ['namespaces and names', [{}, { Namespace: 'Other', MetricName: 'Weighted' }], ['N AllZero', 'Other Weighted']],
    ['periods', [{}, { Period: 120 }], ['AllZero 60', 'AllZero 120']],
    [
      'dimensions in order of their names',
      [{ Dimensions: { Zebra: 'z1', Alpha: 'a1' } }, { Dimensions: { Alpha: 'a2', Zebra: 'z2' } }],
      ['a1 z1', 'a2 z2'],
    ],
  ])('tell %s', (_, metrics, expected) => {
    expect(labels(metrics)).toEqual(expected);
  });

  it('count only what is shown without a label of its own', () => {
    expect(labels([{}, { Stat: 'Average' }], { 1: { Label: 'named' } })).toEqual(['AllZero', 'named']);
    expect(labels([{}, { Stat: 'Average' }], { 1: { ReturnData: false } })[0]).toBe('AllZero');
  });

  it('call an expression by its Id', () => {
    expect(labelsOf([{ Id: 'e1' }]).get('e1')).toBe('e1');
  });
});
