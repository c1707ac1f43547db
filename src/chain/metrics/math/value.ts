import { ExpressionFault, type Operator } from './expression.ts';
import { combineSeries, mapSeries, type TimeSeries } from './time-series.ts';

/** AWS's S, TS and TS[]. A scalar that does not exist, such as the mean of nothing, is NaN. */
export type Value = number | TimeSeries | readonly TimeSeries[];

export const isList = (value: Value): value is readonly TimeSeries[] => Array.isArray(value);

export const isSeries = (value: Value): value is TimeSeries => typeof value === 'object' && !isList(value);

/** What AWS calls the type of a value. */
export const typeName = (value: Value): string =>
  typeof value === 'number' ? 'Scalar' : isList(value) ? 'TimeSeries[]' : 'TimeSeries';

/** Applies `compute` to a scalar, to every point of a series, or to every series of an array. */
export function mapValue(value: Value, compute: (number: number) => number): Value {
  if (typeof value === 'number') return compute(value);
  if (isList(value)) return value.map((series) => mapSeries(series, compute));
  return mapSeries(value, compute);
}

/**
 * Both sides of an operator. AWS documents that where one of two series has a value and the other
 * has not, the missing one counts as 0, and that a division by zero drops the point.
 */
export function operate(operator: Operator, left: Value, right: Value): Value {
  const compute = (a: number, b: number): number =>
    Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : OPERATIONS[operator](a, b);
  if (typeof left === 'number' && typeof right === 'number') return compute(left, right);
  if (isList(left) && isList(right)) {
    if (left.length !== right.length)
      throw new ExpressionFault(`The arrays of '${operator}' have ${left.length} and ${right.length} time series`);
    return left.map((series, i) => pair(series, right[i]!, compute));
  }
  if (isList(left)) return left.map((series) => pair(series, right as number | TimeSeries, compute));
  if (isList(right)) return right.map((series) => pair(left, series, compute));
  return pair(left, right, compute);
}

function pair(
  left: number | TimeSeries,
  right: number | TimeSeries,
  compute: (a: number, b: number) => number,
): TimeSeries {
  if (typeof left === 'number') return mapSeries(right as TimeSeries, (value) => compute(left, value));
  if (typeof right === 'number') return mapSeries(left, (value) => compute(value, right));
  return combineSeries([left, right], ([a = 0, b = 0]) => compute(a, b));
}

const OPERATIONS: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  OR: (a, b) => truth(a !== 0 || b !== 0),
  AND: (a, b) => truth(a !== 0 && b !== 0),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? Number.NaN : a / b),
  '^': (a, b) => a ** b,
};

const truth = (holds: boolean): number => (holds ? 1 : 0);
