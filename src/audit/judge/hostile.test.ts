import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Dice } from '../../../test/audit/dice.ts';
import { readScenario, StateError } from '../state.ts';
import { Coverages } from './coverage.ts';
import { judge } from './judge.ts';

const { scenarios } = JSON.parse(
  readFileSync(new URL('../../../test/data/audit/audit-scenarios.json', import.meta.url), 'utf8'),
) as { scenarios: { id: string }[] };
const NOW = Date.UTC(2026, 2, 4, 10);
const proofs = new Coverages();

/** What a damaged file may have where a text, a number or a list should be. */
const ODDITIES = [
  null,
  0,
  -1,
  1e308,
  '',
  '*',
  'arn:',
  'arn:aws:sns:::',
  [],
  {},
  true,
  '{',
  '"',
  '}'.repeat(50),
  'ALARM(',
] as const;

/** Replaces or removes one value somewhere in a document. */
function damaged(value: unknown, dice: Dice): unknown {
  const copy = structuredClone(value);
  let place = copy as Record<string, unknown>;
  for (let depth = 0; depth < 12; depth += 1) {
    const keys = Object.keys(place);
    if (keys.length === 0) return copy;
    const key = dice.one(keys);
    const inner = place[key];
    if (typeof inner === 'object' && inner !== null && dice.chance(0.85)) {
      place = inner as Record<string, unknown>;
      continue;
    }
    if (dice.chance(0.3)) delete place[key];
    else place[key] = dice.one(ODDITIES);
    return copy;
  }
  return copy;
}

describe('damaged states', () => {
  it('are refused in a sentence or judged, for every control, and never in another way', () => {
    const dice = new Dice(11);
    for (let round = 0; round < 250; round += 1) {
      let given: unknown = dice.one(scenarios);
      for (let times = 1 + dice.below(3); times > 0; times -= 1) given = damaged(given, dice);
      try {
        const controls = dice.chance(0.1) ? {} : { controls: ['root-usage', 'security-hub-enabled'] };
        const findings = judge(readScenario(given), { now: NOW, proofs, explainScanners: true, ...controls });
        for (const { verdict, reason } of findings)
          expect([verdict, reason.length > 5]).toEqual([expect.any(String), true]);
      } catch (error) {
        expect(error, `round ${round}`).toBeInstanceOf(StateError);
      }
    }
  });

  it('take bounded time however much there is of everything', () => {
    const one = scenarios.find(({ id }) => id === 'S25') as unknown as { state: Record<string, object[]> };
    const many = (list: object[] = [], count: number, name: string) =>
      Array.from({ length: count }, (_, i) => ({ ...list[0], [name]: `${name}-${i}` }));
    const state = {
      ...one.state,
      metricFilters: many(one.state.metricFilters, 300, 'filterName'),
      alarms: many(one.state.alarms, 300, 'AlarmName'),
      subscriptions: many(one.state.subscriptions, 2_000, 'Endpoint'),
    };
    const [finding] = judge(readScenario({ ...one, state }), { now: NOW, proofs });
    expect(finding).toMatchObject({ verdict: 'FAIL', brokenLink: 'F2' });
  });
});
