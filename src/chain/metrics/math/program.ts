import { Refusal } from '../../../base/refusal.ts';
import { evaluate, isMeant } from './evaluate.ts';
import { type Argument, type Expression, ExpressionFault } from './expression.ts';
import type { Span } from './functions.ts';
import { parseExpression } from './parser.ts';
import type { TimeSeries } from './time-series.ts';
import { isList, isSeries, typeName, type Value } from './value.ts';

/** Metrics and expressions that belong together: those of one alarm, or of one request. */
export interface MathProgram {
  /** Ids of the metrics, in the order given. */
  readonly metrics: readonly string[];
  /** Each expression after those that it refers to. */
  readonly expressions: readonly { readonly id: string; readonly expression: Expression }[];
}

/** A metric (without expression) or an expression. */
export interface MathQuery {
  readonly Id: string;
  readonly Expression?: string | undefined;
}

/** Functions of AWS that stand for more than arithmetic, and are refused by name. */
const NOT_COMPUTED = /\b(SEARCH|ANOMALY_DETECTION_BAND|INSIGHT_RULE_METRIC|SERVICE_QUOTA|DB_PERF_INSIGHTS|LAMBDA)\s*\(/;

/** The function in an expression that only AWS itself can compute; `SELECT` for Metrics Insights queries. */
export const notComputed = (expression: string): string | undefined =>
  /^\s*SELECT\b/i.test(expression) ? 'SELECT' : NOT_COMPUTED.exec(expression)?.[1];

/** Far beyond what a dashboard asks for, and about a second of work. */
const MOST_WORK = 5_000_000;

/**
 * Reads all expressions and checks that they can be computed, whatever the data.
 * @throws Refusal ValidationError naming the expression.
 */
export function compileMath(queries: readonly MathQuery[]): MathProgram {
  const parsed = new Map<string, Expression>();
  for (const { Id, Expression: source } of queries)
    if (source !== undefined)
      parsed.set(
        Id,
        explained(Id, () => parseExpression(source)),
      );
  const metrics = queries.filter(({ Expression: source }) => source === undefined).map(({ Id }) => Id);
  const program = { metrics, expressions: inOrder(parsed) };
  // Types do not depend on data, so that what can be computed on none can be computed on any.
  const nothing: TimeSeries = { start: 0, period: 60_000, points: new Map() };
  runMath(program, new Map(metrics.map((id) => [id, nothing])), { start: 0, until: 0, period: 60_000 });
  return program;
}

/**
 * The values of all metrics and expressions by Id.
 * @throws Refusal ValidationError for what takes too much work.
 */
export function runMath(
  { metrics, expressions }: MathProgram,
  series: ReadonlyMap<string, TimeSeries>,
  span: Omit<Span, 'work'>,
): ReadonlyMap<string, Value> {
  let left = MOST_WORK;
  const work = (points: number): void => {
    left -= points;
    if (left < 0) throw new ExpressionFault('The request is too large; ask for fewer metrics or a shorter time');
  };
  const inputs = new Map<string, TimeSeries>();
  for (const id of metrics) {
    const metric = series.get(id);
    if (metric) inputs.set(id, metric);
  }
  const values = new Map<string, Value>(inputs);
  for (const { id, expression } of expressions)
    values.set(
      id,
      explained(id, () => evaluate(expression, { span: { ...span, work }, metrics: inputs, values })),
    );
  return values;
}

/**
 * The time series in a result, of which an array has several.
 * @throws Refusal ValidationError for a number: AWS wants a time series in the end.
 */
export function resultSeries(id: string, value: Value | undefined): readonly TimeSeries[] {
  if (value !== undefined && isSeries(value)) return [value];
  if (value !== undefined && isList(value)) return value;
  return explained(id, () => {
    throw new ExpressionFault(`The result must be a time series, not ${typeName(value ?? Number.NaN)}`);
  });
}

/** Ids of the metrics that a result is made of, whatever others the program has. */
export function metricsRead({ metrics, expressions }: MathProgram, result: string): ReadonlySet<string> {
  const byId = new Map(expressions.map(({ id, expression }) => [id, expression]));
  const read = new Set<string>();
  const rest = [result];
  const seen = new Set(rest);
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    const expression = byId.get(id);
    if (!expression) read.add(id);
    for (const other of expression ? idsIn(expression, metrics) : []) {
      if (seen.has(other)) continue;
      seen.add(other);
      rest.push(other);
    }
  }
  return read;
}

/** Expressions sorted so that each comes after those it refers to. */
function inOrder(parsed: ReadonlyMap<string, Expression>): MathProgram['expressions'] {
  const done = new Set<string>();
  const open = new Set<string>();
  const order: { id: string; expression: Expression }[] = [];
  const visit = (id: string): void => {
    const expression = parsed.get(id);
    if (!expression || done.has(id)) return;
    if (open.has(id))
      explained(id, () => {
        throw new ExpressionFault('The expression refers to itself');
      });
    open.add(id);
    for (const other of idsIn(expression)) visit(other);
    done.add(id);
    order.push({ id, expression });
  };
  for (const id of parsed.keys()) visit(id);
  return order;
}

/** The Ids that an expression names, with those of `metrics` that it means by METRICS. */
function idsIn(expression: Expression, metrics: readonly string[] = []): Set<string> {
  const ids = new Set<string>();
  const rest: Argument[] = [expression];
  for (let part = rest.pop(); part; part = rest.pop()) {
    if (part.kind === 'id') ids.add(part.id);
    if (part.kind === 'negate') rest.push(part.of);
    if (part.kind === 'binary') rest.push(part.left, part.right);
    if (part.kind === 'list') rest.push(...part.items);
    if (part.kind === 'call') rest.push(...part.args);
    if (part.kind === 'call' && part.name === 'METRICS')
      for (const id of metrics) if (isMeant(id, part.args[0])) ids.add(id);
  }
  return ids;
}

function explained<Result>(id: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    throw new Refusal('ValidationError', `Error in expression '${id}': ${error.message}`);
  }
}
