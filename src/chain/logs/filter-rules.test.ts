import { describe, expect, it } from 'vitest';
import { checkMetricFilter } from './filter-rules.ts';
import type { MetricFilterOptions, MetricTransformation } from './metric-filter.ts';

const check = (
  pattern: string,
  transformation: Partial<MetricTransformation> = {},
  options: Partial<MetricFilterOptions> = {},
) =>
  checkMetricFilter({
    name: 'f',
    pattern,
    transformation: { metricName: 'm', metricNamespace: 'n', metricValue: '1', ...transformation },
    options: { applyOnTransformedLogs: false, ...options },
  });

describe('a metric filter', () => {
  it('may take its value and dimensions from the event', () => {
    expect(() => check('{ $.val = * }', { metricValue: '$.value' })).not.toThrow();
    expect(() => check('[ip, size]', { metricValue: '$size', dimensions: { ip: '$ip', second: '$2' } })).not.toThrow();
    expect(() => check('', { metricValue: '-2.5e3', defaultValue: 0 })).not.toThrow();
  });

  it.each([
    ['{ $.a', {}, "If a filter pattern starts with '{' it must end with '}'"],
    ['[a', {}, "If a filter pattern starts with '[' it must end with ']'"],
    ['{ a = 1 }', {}, 'Invalid metric filter pattern'],
    ['{ $.a = 1 }', { metricValue: 'x' }, 'Invalid metric transformation: metric value x must be a valid number'],
    ['ERROR', { metricValue: '$.x' }, 'Invalid metric transformation: metric value $.x must be a valid number'],
    ['ERROR', { metricValue: '' }, 'Invalid metric transformation: metric value  must be a valid number'],
    [
      '{ $.a = 1 }',
      { dimensions: { A: '$.a' }, defaultValue: 0 },
      'Invalid metric transformation: dimensions and default value are mutually exclusive properties',
    ],
    ['ERROR', { dimensions: { A: '$.a' } }, 'The specified filter pattern does not support dimensions'],
    [
      '{ $.a = 1 }',
      { dimensions: { A: 'text' } },
      'Invalid metric transformation: dimension value must be valid selector',
    ],
    [
      '{ $.a = 1 }',
      { dimensions: { A: '$.a', B: '$.b', C: '$.c', D: '$.d' } },
      'Invalid metric transformation: a metric filter can have at most 3 dimensions',
    ],
    ['x', { metricName: '' }, 'Invalid metric transformation: metric name must not be empty'],
    ['x', { defaultValue: Number.NaN }, 'Invalid metric transformation: default value NaN must be a valid number'],
  ])('is refused: %s %o', (pattern, transformation, message) => {
    expect(() => check(pattern, transformation)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterException', message }),
    );
  });

  it('counts emitted system fields as dimensions', () => {
    const dimensions = { A: '$.a', B: '$.b' };
    const one = { emitSystemFieldDimensions: ['@aws.region'] };
    const both = { emitSystemFieldDimensions: ['@aws.region', '@aws.account'] };
    expect(() => check('{ $.a = 1 }', { dimensions }, one)).not.toThrow();
    expect(() => check('{ $.a = 1 }', { dimensions }, both)).toThrow('at most 3 dimensions');
    expect(() => check('ERROR', { defaultValue: 1 }, one)).toThrow('mutually exclusive');
    expect(() => check('ERROR', {}, { emitSystemFieldDimensions: ['@aws.user'] })).toThrow('Invalid system field');
    expect(() => check('ERROR', {}, { fieldSelectionCriteria: 'x' })).toThrow('Invalid field selection criteria');
  });
});
