import type { AlarmParameters } from './definition.ts';
import type { SimulatedDatum, SimulatedOperation, Vector } from './simulate.ts';

/** What is wrong with a file of vectors, and where in it. */
export class VectorFault extends Error {}

type Members = Readonly<Record<string, unknown>>;

/** A second in a vector; beyond three thousand years is a misprint. */
const FURTHEST = 1e11;

/** The longest timeline. Seconds. */
const LONGEST = 366 * 86_400;

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const OPERATIONS = ['SetAlarmState', 'PutMetricAlarm', 'EnableAlarmActions', 'DisableAlarmActions'] as const;
const TEXTS = ['MetricName', 'Namespace', 'Statistic', 'ExtendedStatistic', 'Unit', 'ComparisonOperator'] as const;
const CHOICES = ['TreatMissingData', 'EvaluateLowSampleCountPercentile', 'AlarmDescription', 'AlarmName'] as const;
const COUNTS = ['Period', 'EvaluationPeriods', 'DatapointsToAlarm'] as const;
const ACTIONS = ['OKActions', 'AlarmActions', 'InsufficientDataActions'] as const;

/**
 * The vectors in a JSON text: one, a list of them, or an object that holds a list as `vectors`.
 * @throws VectorFault naming the first member that is not as it must be.
 */
export function readVectors(text: string): Vector[] {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new VectorFault(`not JSON: ${(error as Error).message}`);
  }
  const held = isMembers(input) && 'vectors' in input ? input.vectors : input;
  const list = Array.isArray(held) ? held : [held];
  return list.map((vector, i) => vectorFrom(vector, Array.isArray(held) ? i : undefined));
}

function vectorFrom(input: unknown, index: number | undefined): Vector {
  const place = index === undefined ? 'the vector' : `vectors[${index}]`;
  const given = membersAt(input, place);
  const id = given.id === undefined ? String((index ?? 0) + 1) : textAt(given.id, `${place}.id`);
  const path = given.id === undefined ? place : id;
  const alarm = alarmAt(given.alarm, `${path}.alarm`);
  switch (given.kind) {
    case 'window': {
      const range = listAt(given.range, `${path}.range`).map((value, i) =>
        value === null ? null : numberAt(value, `${path}.range[${i}]`),
      );
      return { id, kind: 'window', alarm, range };
    }
    case 'point': {
      const priorState = oneOf(given.priorState ?? 'INSUFFICIENT_DATA', STATES, `${path}.priorState`);
      const datapoints = dataAt(given.datapoints, `${path}.datapoints`);
      return { id, kind: 'point', alarm, datapoints, at: timeAt(given.at, `${path}.at`), priorState };
    }
    case 'timeline': {
      const createdAt = timeAt(given.createdAt ?? 0, `${path}.createdAt`);
      const until = timeAt(given.until, `${path}.until`);
      if (until < createdAt || until - createdAt > LONGEST)
        throw new VectorFault(`${path}.until must lie within a year after createdAt`);
      const evaluatePhase = numberAt(given.evaluatePhase ?? 0, `${path}.evaluatePhase`);
      if (evaluatePhase < 0 || evaluatePhase >= 3_600)
        throw new VectorFault(`${path}.evaluatePhase must be a second of the minute`);
      const datapoints = dataAt(given.datapoints ?? [], `${path}.datapoints`);
      const operations = listAt(given.operations ?? [], `${path}.operations`).map((operation, i) =>
        operationAt(operation, `${path}.operations[${i}]`),
      );
      return { id, kind: 'timeline', alarm, createdAt, evaluatePhase, datapoints, operations, until };
    }
    default:
      throw new VectorFault(`${path}.kind must be "window", "point" or "timeline"`);
  }
}

/** An alarm whose members have the types that PutMetricAlarm wants; what they say is checked there. */
function alarmAt(input: unknown, path: string): AlarmParameters {
  const alarm = membersAt(input, path);
  for (const name of [...TEXTS, ...CHOICES]) optional(alarm, name, path, textAt);
  for (const name of COUNTS) optional(alarm, name, path, countAt);
  for (const name of ACTIONS) optional(alarm, name, path, (list, at) => each(list, at, textAt));
  optional(alarm, 'Threshold', path, numberAt);
  optional(alarm, 'ActionsEnabled', path, truthAt);
  optional(alarm, 'Dimensions', path, (list, at) => each(list, at, dimensionAt));
  optional(alarm, 'Metrics', path, (list, at) => each(list, at, queryAt));
  return alarm as AlarmParameters;
}

function queryAt(input: unknown, path: string): void {
  const query = membersAt(input, path);
  textAt(query.Id, `${path}.Id`);
  for (const name of ['Expression', 'Label', 'AccountId']) optional(query, name, path, textAt);
  optional(query, 'Period', path, countAt);
  optional(query, 'ReturnData', path, truthAt);
  optional(query, 'MetricStat', path, (given, at) => {
    const stat = membersAt(given, at);
    const metric = membersAt(stat.Metric, `${at}.Metric`);
    for (const name of ['Namespace', 'MetricName']) optional(metric, name, `${at}.Metric`, textAt);
    optional(metric, 'Dimensions', `${at}.Metric`, (list, place) => each(list, place, dimensionAt));
    countAt(stat.Period, `${at}.Period`);
    textAt(stat.Stat, `${at}.Stat`);
    optional(stat, 'Unit', at, textAt);
  });
}

function dataAt(input: unknown, path: string): SimulatedDatum[] {
  return listAt(input, path).map((given, i) => {
    const at = `${path}[${i}]`;
    const datum = membersAt(given, at);
    timeAt(datum.t, `${at}.t`);
    optional(datum, 'availableAt', at, timeAt);
    optional(datum, 'Value', at, numberAt);
    for (const name of ['Values', 'Counts']) optional(datum, name, at, (list, place) => each(list, place, numberAt));
    for (const name of ['Unit', 'MetricName']) optional(datum, name, at, textAt);
    optional(datum, 'Dimensions', at, (list, place) => each(list, place, dimensionAt));
    optional(datum, 'StatisticValues', at, (set, place) => {
      const members = membersAt(set, place);
      for (const name of ['SampleCount', 'Sum', 'Minimum', 'Maximum']) numberAt(members[name], `${place}.${name}`);
    });
    const hasValues = Array.isArray(datum.Values) && datum.Values.length > 0;
    if (datum.Value === undefined && datum.StatisticValues === undefined && !hasValues)
      throw new VectorFault(`${at} must have a Value, Values or StatisticValues`);
    return datum as unknown as SimulatedDatum;
  });
}

function operationAt(input: unknown, path: string): SimulatedOperation {
  const operation = membersAt(input, path);
  timeAt(operation.t, `${path}.t`);
  const op = oneOf(operation.op, OPERATIONS, `${path}.op`);
  if (op === 'SetAlarmState') oneOf(operation.StateValue, STATES, `${path}.StateValue`);
  optional(operation, 'set', path, alarmAt);
  return operation as unknown as SimulatedOperation;
}

function dimensionAt(input: unknown, path: string): void {
  const dimension = membersAt(input, path);
  for (const name of ['Name', 'Value']) textAt(dimension[name], `${path}.${name}`);
}

function optional(members: Members, name: string, path: string, check: (value: unknown, path: string) => void): void {
  const value = members[name];
  if (value !== undefined && value !== null) check(value, `${path}.${name}`);
}

function each(input: unknown, path: string, check: (value: unknown, path: string) => void): void {
  listAt(input, path).forEach((item, i) => {
    check(item, `${path}[${i}]`);
  });
}

const isMembers = (input: unknown): input is Members =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

function membersAt(input: unknown, path: string): Members {
  if (!isMembers(input)) throw new VectorFault(`${path} must be an object`);
  return input;
}

function listAt(input: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(input)) throw new VectorFault(`${path} must be a list`);
  return input;
}

function textAt(input: unknown, path: string): string {
  if (typeof input !== 'string') throw new VectorFault(`${path} must be a text`);
  return input;
}

function truthAt(input: unknown, path: string): void {
  if (typeof input !== 'boolean') throw new VectorFault(`${path} must be true or false`);
}

function numberAt(input: unknown, path: string): number {
  if (typeof input !== 'number' || !Number.isFinite(input)) throw new VectorFault(`${path} must be a number`);
  return input;
}

function countAt(input: unknown, path: string): void {
  if (!Number.isSafeInteger(numberAt(input, path)) || (input as number) < 1)
    throw new VectorFault(`${path} must be a whole number above 0`);
}

function timeAt(input: unknown, path: string): number {
  const seconds = numberAt(input, path);
  if (Math.abs(seconds) > FURTHEST) throw new VectorFault(`${path} must be a time in seconds`);
  return seconds;
}

function oneOf<Choice extends string>(input: unknown, choices: readonly Choice[], path: string): Choice {
  const choice = choices.find((known) => known === input);
  if (choice === undefined) throw new VectorFault(`${path} must be one of ${choices.join(', ')}`);
  return choice;
}
