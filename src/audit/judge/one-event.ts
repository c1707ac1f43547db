import { Refusal } from '../../base/refusal.ts';
import { decide } from '../../chain/alarms/decision.ts';
import { defineAlarm, ruleOf } from '../../chain/alarms/definition.ts';
import { type AlarmRule, breaches } from '../../chain/alarms/rule.ts';
import { type Point, rangeLength, rangeOf } from '../../chain/alarms/window.ts';
import { setOf } from '../../chain/metrics/statistic.ts';
import type { Alarm } from '../state.ts';

const MINUTE = 60_000;
/** Longer ranges are looked at in so many steps. */
const MOST_STEPS = 400;

/** What an alarm does when one event of its metric comes. */
export type Reaction =
  | { readonly kind: 'rings' /** It would stay in ALARM afterwards whatever comes. */; readonly staysOn: boolean }
  /** It is in ALARM without any event. */
  | { readonly kind: 'always-on' }
  | { readonly kind: 'silent'; readonly why: string }
  /** Whether it rings hangs on data of other metrics. */
  | { readonly kind: 'depends' }
  /** This kind of alarm is not computed here. */
  | { readonly kind: 'not-judged'; readonly why: string };

/** The data of the alarm's metrics around one event. */
export interface OneEvent {
  /** What a match publishes. */
  readonly value: number;
  /** Ids of the metric in the alarm's metric math; empty for an alarm on the metric alone. */
  readonly inputs: readonly string[];
  /** Whether zeros come in quiet minutes, which a default value of 0 makes while other events arrive. */
  readonly hasZeros: boolean;
  /** For other metrics of its metric math: whether they have data, or nobody knows. */
  readonly others: ReadonlyMap<string, 'zeros' | 'nothing' | 'unknown'>;
}

/** Lets one event come to an alarm that was at rest, by the engine's own rules of judgement. */
export function reactionTo(alarm: Alarm, event: OneEvent): Reaction {
  let rule: AlarmRule;
  try {
    rule = ruleOf(defineAlarm({ ...alarm }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'not-judged', why: error.message };
  }
  // AWS may ring at one period of several once the others stay away so long: too late, and not to be relied on.
  if (rule.datapointsToAlarm > 1)
    return {
      kind: 'silent',
      why: `it waits for ${rule.datapointsToAlarm} breaching periods of ${rule.evaluationPeriods}, and one event makes one`,
    };
  // Zeros come and go with other events, so it must ring beside them and without them.
  const besideOthers = dataOfOthers(event).map((others) =>
    surest((event.hasZeros ? [true, false] : [false]).map((own) => reactionIn(rule, event, { own, others }))),
  );
  return together(besideOthers);
}

/** Zeros or nothing, for the metric itself and for each other metric. */
interface Situation {
  readonly own: boolean;
  readonly others: ReadonlySet<string>;
}

/** The other metrics that have zeros: as known, and where nobody knows, without and with them. */
function dataOfOthers({ others }: OneEvent): readonly ReadonlySet<string>[] {
  const sure = [...others].filter(([, data]) => data === 'zeros').map(([id]) => id);
  const open = [...others].filter(([, data]) => data === 'unknown').map(([id]) => id);
  return open.length > 0 ? [new Set(sure), new Set([...sure, ...open])] : [new Set(sure)];
}

/** What can be relied on where all of these will happen. */
const surest = (reactions: readonly Reaction[]): Reaction =>
  reactions.find(({ kind }) => kind === 'always-on') ??
  reactions.find(({ kind }) => kind !== 'rings') ??
  reactions.find((reaction) => reaction.kind === 'rings' && reaction.staysOn) ??
  reactions[0] ?? { kind: 'silent', why: 'nothing feeds it' };

/** What can be said where one of these will happen, and nobody knows which. */
function together(reactions: readonly Reaction[]): Reaction {
  const kinds = new Set(reactions.map(({ kind }) => kind));
  return kinds.size > 1 ? { kind: 'depends' } : surest(reactions);
}

function reactionIn(rule: AlarmRule, event: OneEvent, situation: Situation): Reaction {
  const step = Math.max(rule.period, MINUTE);
  const length = Math.min(rangeLength(rule), MOST_STEPS);
  const at = step * 10;
  const quiet = zerosUntil(rule, situation, event, at + step * (length + 1), at);
  const rest = decide(rule, rangeOf(rule, upTo(quiet, at), at));
  if (rest === 'ALARM') return { kind: 'always-on' };
  const points = [...quiet, ...ownPoints(event, at, event.value)].sort((a, b) => a.at - b.at);
  let rang = false;
  let last: ReturnType<typeof decide> = rest;
  for (let age = 1; age <= length + 1; age += 1) {
    const end = at + age * step;
    last = decide(rule, rangeOf(rule, upTo(points, end), end));
    if (last === 'ALARM') rang = true;
  }
  if (rang) return { kind: 'rings', staysOn: last === 'ALARM' || last === 'keep' };
  return { kind: 'silent', why: whySilent(rule, points, at + step, event.value) };
}

const upTo = (points: readonly Point[], end: number): readonly Point[] => points.filter((point) => point.at < end);

const ownPoints = ({ inputs }: OneEvent, at: number, value: number): Point[] =>
  inputs.length === 0 ? [{ at, ...setOf(value) }] : inputs.map((input) => ({ at, input, ...setOf(value) }));

/** The zeros of every minute but that of the event, long enough back to fill a range. */
function zerosUntil(rule: AlarmRule, { own, others }: Situation, event: OneEvent, end: number, at: number): Point[] {
  const points: Point[] = [];
  if (!own && others.size === 0) return points;
  const every = Math.max(MINUTE, rule.period / 5);
  const start = at - Math.min(rangeLength(rule), MOST_STEPS) * Math.max(rule.period, MINUTE);
  for (let time = start; time < end; time += every) {
    if (own && time !== at) points.push(...ownPoints(event, time, 0));
    for (const input of others) points.push({ at: time, input, ...setOf(0) });
  }
  return points;
}

function whySilent(rule: AlarmRule, points: readonly Point[], end: number, value: number): string {
  const [bucket] = rangeOf(rule, upTo(points, end), end);
  const name = rule.statistic.name ?? 'the expression';
  if (bucket?.value === undefined) return 'one event gives it no value to judge';
  if (!breaches(rule, bucket.value)) {
    const sign = SIGNS[rule.operator];
    return `one event makes ${name} ${bucket.value} (a match counts ${value}), and it waits for ${sign} ${rule.threshold}`;
  }
  return 'one event does not bring it into ALARM';
}

const SIGNS = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
} as const;
