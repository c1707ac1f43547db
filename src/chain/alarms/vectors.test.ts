import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type PointVector,
  type SimulatedTransition,
  simulate,
  simulateTimeline,
  type TimelineVector,
  type Vector,
  type WindowVector,
} from './simulate.ts';

type Expected = Vector & {
  expectedByPrior: Record<string, string>;
  expected: string;
  windowEnd: number;
  transitions: SimulatedTransition[];
  finalState: string;
};

const { vectors } = JSON.parse(
  readFileSync(new URL('../../../test/data/alarm-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Expected[] };

/** Metric math is refused by name; these vectors need it. */
const NEED_METRIC_MATH = ['math-fill-zero', 'math-no-trailing-delay', 'math-multiply'];

const plain = vectors.filter((vector) => !NEED_METRIC_MATH.includes(vector.id));
const ofKind = (kind: Vector['kind']) =>
  plain.filter((vector) => vector.kind === kind).map((vector) => [vector.id, vector] as const);

describe('recorded and documented behaviour of AWS alarms', () => {
  it('is tested by every vector but those of metric math', () => {
    expect(vectors.length - plain.length).toBe(NEED_METRIC_MATH.length);
    expect(ofKind('window').length + ofKind('point').length + ofKind('timeline').length).toBe(plain.length);
  });

  it.each(NEED_METRIC_MATH)('refuses %s by name', (id) => {
    const vector = vectors.find((candidate) => candidate.id === id)!;
    expect(() => simulate(vector)).toThrow('metric math (Metrics)');
  });

  it.each(ofKind('window'))('decides %s', (_, vector) => {
    expect(simulate(vector as WindowVector).byPrior).toMatchObject(vector.expectedByPrior);
  });

  it.each(ofKind('point'))('judges %s', (_, vector) => {
    const { range, state, windowEnd } = simulate(vector as PointVector);
    expect({ range, state, windowEnd }).toEqual({
      range: (vector as unknown as WindowVector).range,
      state: vector.expected,
      windowEnd: vector.windowEnd,
    });
  });

  it.each(ofKind('timeline'))('replays %s on schedule', (_, vector) => {
    const { transitions, finalState } = simulateTimeline(vector as TimelineVector);
    expect({ transitions, finalState }).toEqual({ transitions: vector.transitions, finalState: vector.finalState });
  });

  it.each(ofKind('timeline'))('replays %s on arrival: the same transitions, none later', (_, vector) => {
    const { transitions, finalState } = simulateTimeline(vector as TimelineVector, { everyPointBreaches: false });
    expect(finalState).toBe(vector.finalState);
    expect(transitions.map(({ at: _, ...rest }) => rest)).toEqual(vector.transitions.map(({ at: _, ...rest }) => rest));
    transitions.forEach(({ at }, i) => {
      expect(at).toBeLessThanOrEqual(vector.transitions[i]!.at);
    });
  });
});
