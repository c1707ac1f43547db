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

const ofKind = (kind: Vector['kind']) =>
  vectors.filter((vector) => vector.kind === kind).map((vector) => [vector.id, vector] as const);

describe('recorded and documented behaviour of AWS alarms', () => {
  it('is tested by every vector', () => {
    expect(ofKind('window').length + ofKind('point').length + ofKind('timeline').length).toBe(vectors.length);
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
