import { Refusal } from '../../base/refusal.ts';
import { type StatisticSet, setOf, setOfValues } from '../metrics/statistic.ts';
import { actionsOf } from './actions.ts';
import { decide } from './decision.ts';
import { type AlarmDefinition, type AlarmParameters, defineAlarm, ruleOf, secondsOf } from './definition.ts';
import type { Outlook } from './early.ts';
import { advance, type Judgeable, MOST_JUDGEMENTS, type Standing } from './judge.ts';
import type { AlarmState } from './rule.ts';
import { type Bucket, type Point, rangeLength, rangeOf, scheduleOf, windowEnd } from './window.ts';

/** Times in vectors are seconds from an arbitrary whole hour. */
export interface SimulatedDatum {
  readonly t: number;
  /** When it arrives; at its own time if absent. */
  readonly availableAt?: number;
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly StatisticValues?: {
    readonly SampleCount: number;
    readonly Sum: number;
    readonly Minimum: number;
    readonly Maximum: number;
  };
  readonly Unit?: string;
  /** Of which metric it is, where the alarm's metric math has several. */
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

export interface SimulatedOperation {
  readonly t: number;
  readonly op: string;
  readonly StateValue?: string;
  readonly set?: Readonly<Record<string, unknown>>;
}

export interface WindowVector {
  readonly id: string;
  readonly kind: 'window';
  readonly alarm: AlarmParameters;
  /** Oldest first; null where there is no data. */
  readonly range: readonly (number | null)[];
}

export interface PointVector {
  readonly id: string;
  readonly kind: 'point';
  readonly alarm: AlarmParameters;
  readonly datapoints: readonly SimulatedDatum[];
  readonly at: number;
  readonly priorState: AlarmState;
}

export interface TimelineVector {
  readonly id: string;
  readonly kind: 'timeline';
  readonly alarm: AlarmParameters;
  readonly createdAt: number;
  readonly evaluatePhase: number;
  readonly datapoints: readonly SimulatedDatum[];
  readonly operations: readonly SimulatedOperation[];
  readonly until: number;
}

export type Vector = WindowVector | PointVector | TimelineVector;

export interface SimulatedTransition {
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly actions: readonly string[];
  readonly by?: 'SetAlarmState';
}

export interface SimulatedWindow {
  readonly id: string;
  readonly byPrior: Readonly<Record<AlarmState, AlarmState>>;
}

export interface SimulatedPoint {
  readonly id: string;
  readonly state: AlarmState;
  readonly windowEnd: number;
  readonly range: readonly (number | null)[];
}

export interface SimulatedTimeline {
  readonly id: string;
  readonly transitions: readonly SimulatedTransition[];
  readonly finalState: AlarmState;
}

export type Simulated = SimulatedWindow | SimulatedPoint | SimulatedTimeline;

const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

/** What an alarm would do with the data of a vector, on AWS's schedule. */
export function simulate(vector: WindowVector): SimulatedWindow;
export function simulate(vector: PointVector): SimulatedPoint;
export function simulate(vector: Vector): Simulated;
export function simulate(vector: Vector): Simulated {
  switch (vector.kind) {
    case 'window':
      return simulateWindow(vector);
    case 'point':
      return simulatePoint(vector);
    case 'timeline':
      return simulateTimeline(vector);
    default:
      throw new Refusal('ValidationError', `Not a kind of vector: ${String((vector as { kind: unknown }).kind)}`);
  }
}

function simulateWindow(vector: WindowVector): SimulatedWindow {
  const rule = ruleOf(definitionOf(vector.alarm));
  if (vector.range.length !== rangeLength(rule))
    throw new Refusal('ValidationError', `The range of ${vector.id} must have ${rangeLength(rule)} buckets`);
  const range = [...vector.range].reverse().map((value, age): Bucket => {
    const start = -(age + 1) * rule.period;
    return value === null ? { start, samples: 0 } : { start, samples: 1, value };
  });
  const verdict = decide(rule, range);
  const after = (prior: AlarmState): AlarmState => (verdict === 'keep' ? prior : verdict);
  return {
    id: vector.id,
    byPrior: { OK: after('OK'), ALARM: after('ALARM'), INSUFFICIENT_DATA: after('INSUFFICIENT_DATA') },
  };
}

function simulatePoint(vector: PointVector): SimulatedPoint {
  const definition = definitionOf(vector.alarm);
  const rule = ruleOf(definition);
  const at = milliseconds(vector.at);
  const end = windowEnd(scheduleOf(rule, 0), at);
  const arrived = vector.datapoints.filter((datum) => arrivalOf(datum) <= at);
  const range = rangeOf(rule, seriesOf(definition, arrived), end);
  const verdict = decide(rule, range);
  return {
    id: vector.id,
    state: verdict === 'keep' ? vector.priorState : verdict,
    windowEnd: end / 1000,
    range: range.map((bucket) => bucket.value ?? null).reverse(),
  };
}

/**
 * Replays a timeline. With `onArrival`, arriving data brings the entry into ALARM forward where that is
 * safe; what is known of data to come then counts too.
 */
export function simulateTimeline(vector: TimelineVector, onArrival?: Outlook): SimulatedTimeline {
  const replay = new Replay(vector, onArrival);
  const times = new Set<number>();
  for (const datum of vector.datapoints) times.add(arrivalOf(datum));
  for (const operation of vector.operations) times.add(milliseconds(operation.t));
  const until = milliseconds(vector.until);
  const created = milliseconds(vector.createdAt);
  for (const time of [...times].sort((a, b) => a - b)) {
    if (time > until) break;
    // What comes at an instant comes before the judgement of that instant.
    replay.runTo(time - 1);
    replay.arrive(time);
    for (const operation of vector.operations) if (milliseconds(operation.t) === time) replay.operate(operation, time);
    if (onArrival && time >= created) replay.runTo(time);
  }
  replay.runTo(until);
  return { id: vector.id, transitions: replay.transitions, finalState: replay.state };
}

/** A timeline under way. */
class Replay {
  readonly transitions: SimulatedTransition[] = [];
  readonly #vector: TimelineVector;
  readonly #outlook: Outlook | undefined;
  #definition: AlarmDefinition;
  #actionsEnabled: boolean;
  #standing: Standing = { state: 'INSUFFICIENT_DATA', judgedTo: undefined };
  #since: number;
  #points: readonly Point[] = [];
  /** All data by arrival, and how many have arrived. */
  readonly #coming: readonly SimulatedDatum[];
  #arrived = 0;

  constructor(vector: TimelineVector, outlook: Outlook | undefined) {
    this.#vector = vector;
    this.#outlook = outlook;
    this.#definition = definitionOf(vector.alarm);
    this.#actionsEnabled = vector.alarm.ActionsEnabled !== false;
    this.#since = milliseconds(vector.createdAt);
    this.#coming = vector.datapoints.toSorted((a, b) => arrivalOf(a) - arrivalOf(b));
  }

  get state(): AlarmState {
    return this.#standing.state;
  }

  runTo(now: number): void {
    // One look makes so many judgements at most, because a live alarm does not make up for a long stop.
    const most = MOST_JUDGEMENTS * this.#judgeable().schedule.step;
    while (now - this.#since > most) this.#lookAt(this.#since + most);
    if (now >= this.#since) this.#lookAt(now);
  }

  #lookAt(now: number): void {
    const result = advance(this.#judgeable(), this.#standing, this.#points, this.#since, now);
    for (const { from, to, at } of result.transitions) this.#note(from, to, at);
    this.#standing = result.standing;
    this.#since = now + 1;
  }

  arrive(now: number): void {
    const arrived = this.#coming.slice(this.#arrived, firstAfter(this.#coming, now));
    this.#arrived += arrived.length;
    this.#points = [...this.#points, ...seriesOf(this.#definition, arrived)].sort((a, b) => a.at - b.at);
  }

  operate(operation: SimulatedOperation, at: number): void {
    switch (operation.op) {
      case 'EnableAlarmActions':
      case 'DisableAlarmActions':
        this.#actionsEnabled = operation.op === 'EnableAlarmActions';
        return;
      case 'PutMetricAlarm':
        this.#definition = definitionOf({ ...this.#definition, ...operation.set });
        this.#points = seriesOf(this.#definition, this.#coming.slice(0, this.#arrived));
        return;
      case 'SetAlarmState':
        this.#setState(operation.StateValue, at);
        return;
      default:
        throw new Refusal('ValidationError', `Not an operation of a timeline: ${operation.op}`);
    }
  }

  #setState(value: string | undefined, at: number): void {
    const state = STATES.find((known) => known === value);
    if (!state) throw new Refusal('ValidationError', `Not a state: ${value}`);
    if (state === this.#standing.state) return;
    this.#note(this.#standing.state, state, at, 'SetAlarmState');
    this.#standing = { ...this.#standing, state };
  }

  #judgeable(): Judgeable {
    const rule = ruleOf(this.#definition);
    return { rule, schedule: scheduleOf(rule, milliseconds(this.#vector.evaluatePhase)), outlook: this.#outlook };
  }

  #note(from: AlarmState, to: AlarmState, at: number, by?: 'SetAlarmState'): void {
    const actions = this.#actionsEnabled ? actionsOf(this.#definition, to) : [];
    this.transitions.push({ at: at / 1000, from, to, actions, ...(by && { by }) });
  }
}

/** The alarm of a vector. Beside Metrics, vectors may repeat their period. */
function definitionOf(alarm: AlarmParameters): AlarmDefinition {
  const { Period, ...rest } = alarm;
  const metrics = (alarm.Metrics ?? []) as readonly unknown[];
  if (metrics.length === 0) return defineAlarm({ AlarmName: 'simulated', ...alarm });
  const definition = defineAlarm({ AlarmName: 'simulated', ...rest });
  if (Period !== undefined && Period !== secondsOf(definition))
    throw new Refusal('ValidationError', `The Period of an alarm on Metrics is theirs: ${secondsOf(definition)}`);
  return definition;
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1000);

const arrivalOf = (datum: SimulatedDatum): number => milliseconds(datum.availableAt ?? datum.t);

/** How many of the data, sorted by arrival, have arrived by `now`. */
function firstAfter(coming: readonly SimulatedDatum[], now: number): number {
  let low = 0;
  let high = coming.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (arrivalOf(coming[middle]!) <= now) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The points an alarm sees: of its own dimensions and unit, sorted by time. */
function seriesOf(definition: AlarmDefinition, data: readonly SimulatedDatum[]): Point[] {
  const series = definition.Metrics?.flatMap(({ Id, MetricStat: stat }) =>
    stat ? seriesOfMetric({ ...stat.Metric, ...(stat.Unit !== undefined && { Unit: stat.Unit }) }, data, Id) : [],
  );
  return (series ?? seriesOfMetric(definition, data)).sort((a, b) => a.at - b.at);
}

function seriesOfMetric(
  metric: Pick<AlarmDefinition, 'MetricName' | 'Dimensions' | 'Unit'>,
  data: readonly SimulatedDatum[],
  input?: string,
): Point[] {
  const dimensions = setText(metric.Dimensions);
  return data
    .filter((datum) => (datum.MetricName ?? metric.MetricName) === metric.MetricName)
    .filter((datum) => setText(datum.Dimensions ?? metric.Dimensions) === dimensions)
    .filter((datum) => metric.Unit === undefined || (datum.Unit ?? 'None') === metric.Unit)
    .map((datum) => ({ ...samplesOf(datum), at: milliseconds(datum.t), ...(input !== undefined && { input }) }));
}

const setText = (dimensions: AlarmDefinition['Dimensions']): string =>
  JSON.stringify((dimensions ?? []).map(({ Name, Value }) => [Name, Value]).sort());

function samplesOf(datum: SimulatedDatum): StatisticSet {
  const set = datum.StatisticValues;
  if (set) return { count: set.SampleCount, sum: set.Sum, minimum: set.Minimum, maximum: set.Maximum };
  if (datum.Values) return setOfValues(datum.Values.map((value, i) => [value, datum.Counts?.[i] ?? 1] as const));
  if (datum.Value === undefined) throw new Refusal('ValidationError', `A datapoint at ${datum.t} has no value`);
  return setOf(datum.Value);
}
