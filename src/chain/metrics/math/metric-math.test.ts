import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression } from './expression.ts';
import { ExpressionFault } from './expression.ts';
import { parseExpression } from './parser.ts';
import { compileMath, notComputed, resultSeries, runMath } from './program.ts';
import type { TimeSeries } from './time-series.ts';

const MINUTE = 60_000;

/** A metric with a value a minute; null where it has none. */
const metric = (...values: (number | null)[]): TimeSeries => ({
  start: 0,
  period: MINUTE,
  points: new Map(values.flatMap((value, i) => (value === null ? [] : [[i * MINUTE, value] as const]))),
});

const METRICS: Readonly<Record<string, TimeSeries>> = {
  m1: metric(30, 20, 0, 0, null),
  m2: metric(20, null, 20, null, null),
  errors4xx: metric(1, null, 4, null, 6),
};
const LENGTH = 5;

/** The series that `expression` gives, each as a list of minutes. */
function results(expression: string, metrics = METRICS): (number | null)[][] {
  const queries = [...Object.keys(metrics).map((Id) => ({ Id })), { Id: 'e1', Expression: expression }];
  const span = { start: 0, until: LENGTH * MINUTE, period: MINUTE };
  const values = runMath(compileMath(queries), new Map(Object.entries(metrics)), span);
  return resultSeries('e1', values.get('e1')).map(({ points }) =>
    Array.from({ length: LENGTH }, (_, i) => points.get(i * MINUTE) ?? null),
  );
}
const result = (expression: string, metrics?: Record<string, TimeSeries>) => results(expression, metrics)[0];

describe('metric math', () => {
  it.each([
    ['m1 * 2', [60, 40, 0, 0, null]],
    ['-m1 + 1', [-29, -19, 1, 1, null]],
    ['m1 - m2', [10, 20, -20, 0, null]],
    ['m1 / m2', [1.5, null, 0, null, null]],
    ['100 / m1', [100 / 30, 5, null, null, null]],
    ['m2 ^ 2 ^ 0', [20, null, 20, null, null]],
    ['m2 * (1 + 2) / 2', [30, null, 30, null, null]],
    ['m1 < m2', [0, 0, 1, 0, null]],
    ['m1 >= 30', [1, 0, 0, 0, null]],
    ['m1 > 15 AND m2 > 15', [1, 0, 0, 0, null]],
    ['m1 > 25 || m2 == 20', [1, 0, 1, 0, null]],
    ['FILL(m2, 7)', [20, 7, 20, 7, 7]],
    ['FILL(m2, REPEAT)', [20, 20, 20, 20, 20]],
    ['FILL(errors4xx, LINEAR)', [1, 2.5, 4, 5, 6]],
    ['FILL(m2, LINEAR)', [20, 20, 20, null, null]],
    ['FILL(m2, MIN(errors4xx))', [20, 1, 20, 1, 1]],
    ['FILL(m2, m1)', [20, 20, 20, 0, null]],
    ['IF(m1 < 25, m1)', [null, 20, 0, 0, null]],
    ['IF(m1 < 25, 10, 2)', [2, 10, 10, 10, null]],
    ['IF(m1, m2, errors4xx)', [20, 0, 4, null, null]],
    ['IF(1, m2, 5)', [20, null, 20, null, null]],
    ['IF(0, m2, 5)', [5, 5, 5, 5, 5]],
    ['DIFF(m1)', [null, -10, -20, 0, null]],
    ['RATE(errors4xx)', [null, null, 3 / 120, null, 2 / 120]],
    ['ABS(m1 - 25)', [5, 5, 25, 25, null]],
    ['CEIL(m1 / 7) + FLOOR(m1 / 7)', [9, 5, 0, 0, null]],
    ['SUM([m1, m2])', [50, 20, 20, 0, null]],
    ['AVG([m1, m2])', [25, 10, 10, 0, null]],
    ['MIN([m1, m2])', [20, 20, 0, 0, null]],
    ['MAX(METRICS())', [30, 20, 20, 0, 6]],
    ['SUM(METRICS("4x"))', [1, null, 4, null, 6]],
    ['SUM([METRICS("m1"), errors4xx])', [31, 20, 4, 0, 6]],
    ['m1 - AVG(m1)', [17.5, 7.5, -12.5, -12.5, null]],
    ['TIME_SERIES(SUM(m1) + MAX(m2))', [70, 70, 70, 70, 70]],
    ['m1 / PERIOD(m1)', [0.5, 20 / 60, 0, 0, null]],
  ])('computes %s', (expression, expected) => {
    expect(result(expression)).toEqual(expected);
  });

  it('gives one series for each of an array', () => {
    expect(results('METRICS("m") * 2')).toEqual([
      [60, 40, 0, 0, null],
      [40, null, 40, null, null],
    ]);
    expect(results('METRICS("m") - METRICS("m")')).toHaveLength(2);
  });

  it('fills a metric that never had data', () => {
    expect(result('FILL(m1, 0)', { m1: metric() })).toEqual([0, 0, 0, 0, 0]);
    expect(result('FILL(m1, REPEAT)', { m1: metric() })).toEqual([null, null, null, null, null]);
  });

  it('computes expressions on expressions, in any order given', () => {
    const program = compileMath([{ Id: 'e2', Expression: 'e1 + 1' }, { Id: 'e1', Expression: 'm1 * 2' }, { Id: 'm1' }]);
    const values = runMath(program, new Map([['m1', metric(4)]]), { start: 0, until: MINUTE, period: MINUTE });
    expect(values.get('e2')).toMatchObject({ points: new Map([[0, 9]]) });
  });

  it.each([
    ['m9', `Error in expression 'e1': The id 'm9' does not exist`],
    ['e1 + 1', `Error in expression 'e1': The expression refers to itself`],
    ['ANOMALY_DETECTOR(m1)', `Error in expression 'e1': Function 'ANOMALY_DETECTOR' not found`],
    ['m1 +', `Error in expression 'e1': The expression ends too early`],
    ['m1 m2', `Error in expression 'e1': Unexpected 'm2' at character 4`],
    ['m1 $ 2', `Error in expression 'e1': Unexpected character '$'`],
    ['FILL(m1)', `Error in expression 'e1': Function 'FILL' takes 2 arguments, not 1`],
    ['FILL(m1, NEVER)', `Error in expression 'e1': Function 'FILL' takes a number, REPEAT or LINEAR, not NEVER`],
    ['METRICS() + METRICS("m1")', `Error in expression 'e1': The arrays of '+' have 3 and 1 time series`],
    ['SUM(m1)', `Error in expression 'e1': The result must be a time series, not Scalar`],
    ['RATE(3)', `Error in expression 'e1': Function 'RATE' takes a time series, not Scalar`],
    ['[1, 2]', `Error in expression 'e1': An array holds time series, not Scalar`],
    ['toString', `Error in expression 'e1': The id 'toString' does not exist`],
    ['"m1"', `Error in expression 'e1': Unexpected '"m1"' at character 1`],
    [`${'('.repeat(200)}m1`, `Error in expression 'e1': The expression is nested deeper than 100 levels`],
    ['1'.repeat(3_000), `Error in expression 'e1': The expression is longer than 2048 characters`],
  ])('refuses %s, saying why', (expression, message) => {
    expect(() => results(expression)).toThrow(message);
  });

  it('knows what only AWS can compute', () => {
    expect(notComputed(`SUM(SEARCH('{AWS/EC2} CPU', 'Sum'))`)).toBe('SEARCH');
    expect(notComputed('ANOMALY_DETECTION_BAND(m1)')).toBe('ANOMALY_DETECTION_BAND');
    expect(notComputed('select max(x) from y')).toBe('SELECT');
    expect(notComputed('m1 + SUM(m2)')).toBeUndefined();
  });

  it('stops requests that would take too long', () => {
    const points = new Map(Array.from({ length: 2_000 }, (_, i) => [i * MINUTE, i] as const));
    const series = { start: 0, period: MINUTE, points };
    const ids = Array.from({ length: 100 }, (_, i) => `m${i}`);
    const Expression = Array.from({ length: 150 }, () => 'METRICS()').join('+');
    const program = compileMath([...ids.map((Id) => ({ Id })), { Id: 'e1', Expression }]);
    const run = () =>
      runMath(program, new Map(ids.map((id) => [id, series])), { start: 0, until: 2_000 * MINUTE, period: MINUTE });
    expect(run).toThrow(`Error in expression 'e1': The request is too large`);
  });
});

const OPERATORS = ['OR', 'AND', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '^'] as const;

const expressions: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('number' as const), value: fc.integer({ min: 0, max: 999 }).map((n) => n / 8) }),
    fc.record({ kind: fc.constant('id' as const), id: fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,5}$/) }),
    fc.record({ kind: fc.constant('negate' as const), of: tie('any') }),
    fc.record({ kind: fc.constant('list' as const), items: fc.array(tie('any'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: fc.constantFrom(...OPERATORS),
      left: tie('any'),
      right: tie('any'),
    }),
    fc.record({
      kind: fc.constant('call' as const),
      name: fc.constantFrom('SUM', 'FILL', 'METRICS'),
      args: fc.array(
        fc.oneof(
          tie('any'),
          fc.record({ kind: fc.constant('word' as const), word: fc.constantFrom('REPEAT', 'LINEAR') }),
          fc.record({ kind: fc.constant('text' as const), text: fc.stringMatching(/^[^"]{0,5}$/) }),
        ),
        { maxLength: 3 },
      ),
    }),
  ),
})).any;

/** The expression with every part in brackets. */
function write(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'id':
      return expression.id;
    case 'negate':
      return `(-${write(expression.of)})`;
    case 'list':
      return `[${expression.items.map(write).join(',')}]`;
    case 'binary':
      return `(${write(expression.left)} ${expression.operator} ${write(expression.right)})`;
    case 'call':
      return `${expression.name}(${expression.args
        .map((arg) => (arg.kind === 'text' ? `"${arg.text}"` : arg.kind === 'word' ? arg.word : write(arg)))
        .join(' , ')})`;
  }
}

describe('the parser of metric math', () => {
  it('reads back every expression that can be written', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        const text = write(expression);
        fc.pre(text.length <= 2_048);
        expect(parseExpression(text)).toEqual(expression);
      }),
      { numRuns: 500 },
    );
  });

  it('reads or refuses any text, and never fails in another way', () => {
    const pieces = fc.constantFrom('m1', 'SUM', '(', ')', '[', ']', ',', '-', '^', '1.5', '"x"', ' ', 'AND', '&&', '<');
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionFault);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
