import { type Argument, type Expression, ExpressionFault } from './expression.ts';
import { callFunction, type Given, type Span } from './functions.ts';
import type { TimeSeries } from './time-series.ts';
import { isList, isSeries, mapValue, operate, typeName, type Value } from './value.ts';

/** All that an expression may refer to. */
export interface Surroundings {
  readonly span: Span;
  /** The metrics of the request, in its order: what METRICS() means. */
  readonly metrics: ReadonlyMap<string, TimeSeries>;
  /** Metrics and the expressions computed so far, by Id. */
  readonly values: ReadonlyMap<string, Value>;
}

/**
 * The value of an expression.
 * @throws ExpressionFault for unknown names and for values that do not go together.
 */
export function evaluate(expression: Expression, around: Surroundings): Value {
  const value = compute(expression, around);
  around.span.work(sizeOf(value));
  return value;
}

function compute(expression: Expression, around: Surroundings): Value {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'id':
      return named(expression.id, around);
    case 'negate':
      return mapValue(evaluate(expression.of, around), (value) => -value);
    case 'binary':
      return operate(expression.operator, evaluate(expression.left, around), evaluate(expression.right, around));
    case 'list':
      return expression.items.flatMap((item) => seriesIn(evaluate(item, around)));
    case 'call':
      if (expression.name === 'METRICS') return metrics(expression.args, around);
      return callFunction(
        expression.name,
        expression.args.map((arg) => givenBy(arg, around)),
        around.span,
      );
  }
}

function named(id: string, { values }: Surroundings): Value {
  const value = values.get(id);
  if (value === undefined) throw new ExpressionFault(`The id '${id}' does not exist`);
  return value;
}

/** AWS documents that a text picks the metrics whose Id contains it. */
function metrics(args: readonly Argument[], around: Surroundings): Value {
  const [part] = args;
  if (args.length > 1 || (part && part.kind !== 'text'))
    throw new ExpressionFault(`Function 'METRICS' takes one text at most`);
  const all = [...around.metrics].filter(([id]) => isMeant(id, part));
  return all.map(([id, series]) => ({ ...series, id }));
}

/** Whether METRICS, with this argument or none, means a metric. */
export const isMeant = (id: string, part: Argument | undefined): boolean =>
  part?.kind !== 'text' || id.includes(part.text);

function seriesIn(value: Value): readonly TimeSeries[] {
  if (isSeries(value)) return [value];
  if (isList(value)) return value;
  throw new ExpressionFault(`An array holds time series, not ${typeName(value)}`);
}

function givenBy(arg: Argument, around: Surroundings): Given {
  if (arg.kind === 'text') return { text: arg.text };
  if (arg.kind === 'word') return { word: arg.word };
  return evaluate(arg, around);
}

function sizeOf(value: Value): number {
  if (isList(value)) return value.reduce((sum, { points }) => sum + points.size + 1, 1);
  return isSeries(value) ? value.points.size + 1 : 1;
}
