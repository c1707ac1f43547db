import { ExpressionFault } from './expression.ts';
import { combineSeries, fillSeries, mapSeries, stepSeries, type TimeSeries } from './time-series.ts';
import { isList, isSeries, mapValue, typeName, type Value } from './value.ts';

/** A span of time under evaluation, in milliseconds; the end does not belong to it. */
export interface Span {
  readonly start: number;
  readonly until: number;
  readonly period: number;
  /** Told how many points a step works on; it throws when a request has become too much. */
  readonly work: (points: number) => void;
}

/** What a function is given: values, and the texts and words of its call. */
export type Given = Value | { readonly text: string } | { readonly word: string };

type Compute = (args: readonly Given[], span: Span) => Value;

interface Signature {
  /** How many arguments it takes. */
  readonly takes: readonly number[];
  readonly compute: Compute;
}

/**
 * Calls a function by its name.
 * @throws ExpressionFault for one that does not exist, or that does not take what it is given.
 */
export function callFunction(name: string, args: readonly Given[], span: Span): Value {
  const known = FUNCTIONS.get(name);
  if (!known) throw new ExpressionFault(`Function '${name}' not found`);
  if (!known.takes.includes(args.length))
    throw new ExpressionFault(`Function '${name}' takes ${known.takes.join(' or ')} arguments, not ${args.length}`);
  return known.compute(args, span);
}

const givenValue = (given: Given | undefined, name: string): Value => {
  if (given === undefined || (typeof given === 'object' && ('text' in given || 'word' in given)))
    throw new ExpressionFault(`Function '${name}' takes metrics and numbers only`);
  return given;
};

const givenSeries = (given: Given | undefined, name: string): TimeSeries => {
  const value = givenValue(given, name);
  if (!isSeries(value)) throw new ExpressionFault(`Function '${name}' takes a time series, not ${typeName(value)}`);
  return value;
};

const givenNumber = (given: Given | undefined, name: string): number => {
  const value = givenValue(given, name);
  if (typeof value !== 'number') throw new ExpressionFault(`Function '${name}' takes a number, not ${typeName(value)}`);
  return value;
};

/** A function of each point. */
const pointwise = (name: string, compute: (value: number) => number): [string, Signature] => [
  name,
  { takes: [1], compute: ([given]) => mapValue(givenValue(given, name), compute) },
];

/** A function of each series as a whole. */
const serieswise = (name: string, compute: (series: TimeSeries) => TimeSeries): [string, Signature] => [
  name,
  {
    takes: [1],
    compute: ([given]) => {
      const value = givenValue(given, name);
      return isList(value) ? value.map(compute) : compute(givenSeries(value, name));
    },
  },
];

/**
 * A function that makes one number of many: of all points of a time series, or, at each time, of the
 * points of all series in an array. `isMissingZero` says that it counts absent points of an array as 0.
 */
const aggregate = (
  name: string,
  isMissingZero: boolean,
  compute: (values: readonly number[]) => number,
): [string, Signature] => [
  name,
  {
    takes: [1],
    compute: ([given]) => {
      const value = givenValue(given, name);
      if (!isList(value)) return compute([...givenSeries(value, name).points.values()]);
      return combineSeries(value, (values) =>
        compute(isMissingZero ? values.map((number) => number ?? 0) : values.filter((number) => number !== undefined)),
      );
    },
  },
];

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const leastOf = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const mostOf = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

const FUNCTIONS: ReadonlyMap<string, Signature> = new Map([
  pointwise('ABS', Math.abs),
  pointwise('CEIL', Math.ceil),
  pointwise('FLOOR', Math.floor),
  serieswise('DIFF', (series) => stepSeries(series, (value, before) => value - before)),
  serieswise('RATE', (series) => stepSeries(series, (value, before, seconds) => (value - before) / seconds)),
  aggregate('SUM', true, sumOf),
  // AWS documents that AVG counts what is missing as 0; of no points at all there is no mean.
  aggregate('AVG', true, (values) => (values.length === 0 ? Number.NaN : sumOf(values) / values.length)),
  aggregate('MIN', false, leastOf),
  aggregate('MAX', false, mostOf),
  ['FILL', { takes: [2], compute: fill }],
  ['IF', { takes: [2, 3], compute: choose }],
  ['PERIOD', { takes: [1], compute: ([given]) => givenSeries(given, 'PERIOD').period / 1_000 }],
  ['TIME_SERIES', { takes: [1], compute: ([given], span) => constant(givenNumber(given, 'TIME_SERIES'), span) }],
]);

const constant = (value: number, span: Span): TimeSeries =>
  filled({ start: span.start, period: span.period, points: new Map() }, span, () => value);

function filled(series: TimeSeries, { until, work }: Span, filler: (at: number) => number | undefined): TimeSeries {
  work((until - series.start) / series.period);
  return fillSeries(series, until, filler);
}

function fill([given, filler]: readonly Given[], span: Span): Value {
  const value = givenValue(given, 'FILL');
  const fillOne = (series: TimeSeries): TimeSeries => filled(series, span, fillerFor(series, filler));
  return isList(value) ? value.map(fillOne) : fillOne(givenSeries(value, 'FILL'));
}

function fillerFor(series: TimeSeries, filler: Given | undefined): (at: number) => number | undefined {
  if (typeof filler === 'object' && 'word' in filler) {
    if (filler.word === 'REPEAT') return repeating(series);
    if (filler.word === 'LINEAR') return linear(series);
    throw new ExpressionFault(`Function 'FILL' takes a number, REPEAT or LINEAR, not ${filler.word}`);
  }
  const value = givenValue(filler, 'FILL');
  if (isList(value)) throw new ExpressionFault(`Function 'FILL' cannot fill with ${typeName(value)}`);
  return typeof value === 'number' ? () => value : (at) => value.points.get(at);
}

/** The newest value before a gap. Asked for rising times only. */
function repeating({ points }: TimeSeries): (at: number) => number | undefined {
  const times = [...points.keys()];
  let next = 0;
  return (at) => {
    while (next < times.length && times[next]! < at) next += 1;
    return points.get(times[next - 1] ?? Number.NaN);
  };
}

/** What lies on the line from the value before a gap to the one after it. Asked for rising times only. */
function linear({ points }: TimeSeries): (at: number) => number | undefined {
  const times = [...points.keys()];
  let next = 0;
  return (at) => {
    while (next < times.length && times[next]! < at) next += 1;
    const [before, after] = [times[next - 1], times[next]];
    if (before === undefined || after === undefined) return undefined;
    const [low, high] = [points.get(before)!, points.get(after)!];
    return low + ((high - low) * (at - before)) / (after - before);
  };
}

/** IF, as AWS documents it point by point: a true one without a value gives 0, a false one without gives none. */
function choose([condition, yes, no]: readonly Given[], span: Span): Value {
  const asked = givenValue(condition, 'IF');
  const branches = [yes, ...(no === undefined ? [] : [no])].map((given) => givenValue(given, 'IF'));
  if (isList(asked) || branches.some(isList)) throw new ExpressionFault(`Function 'IF' takes no TimeSeries[]`);
  const [then, otherwise] = branches as (number | TimeSeries)[];
  if (typeof asked === 'number') {
    const chosen = asked !== 0 ? then! : (otherwise ?? Number.NaN);
    const isScalar = typeof then === 'number' && typeof otherwise !== 'object';
    return isScalar || typeof chosen !== 'number' ? chosen : constant(chosen, span);
  }
  const at = (branch: number | TimeSeries | undefined, time: number): number | undefined =>
    typeof branch === 'object' ? branch.points.get(time) : branch;
  return mapSeries(asked, (value, time) => (value !== 0 ? (at(then, time) ?? 0) : (at(otherwise, time) ?? Number.NaN)));
}
