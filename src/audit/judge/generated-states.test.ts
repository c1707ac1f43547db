import { describe, expect, it } from 'vitest';
import { CHANGES } from '../../../test/audit/state-changes.ts';
import { generatedState } from '../../../test/audit/state-generator.ts';
import { compilePattern } from '../../pattern/index.ts';
import { canonicalPattern } from '../controls/control.ts';
import { findJudged } from '../controls/judged-control.ts';
import type { Scenario } from '../state.ts';
import { Coverages } from './coverage.ts';
import { judge } from './judge.ts';

/** The long form takes minutes: TRAILBELL_AUDIT_STATES=10000. */
const STATES = Number(process.env.TRAILBELL_AUDIT_STATES ?? 400);
const FIRST = Number(process.env.TRAILBELL_AUDIT_SEED ?? 1);
const NOW = Date.UTC(2026, 2, 4, 10);

describe('whole chains with one change', () => {
  it(
    `are judged by what was changed (${STATES} states from seed ${FIRST})`,
    () => {
      const proofs = new Coverages();
      const wrong: unknown[] = [];
      const met = new Map<string, number>();
      for (let seed = FIRST; seed < FIRST + STATES; seed += 1) {
        const { change, scenario, expected } = generatedState(seed, CHANGES);
        met.set(change, (met.get(change) ?? 0) + 1);
        const [finding] = judge(scenario, { now: NOW, proofs });
        const isRight =
          finding?.verdict === expected.verdict &&
          (expected.links === undefined || expected.links.includes(finding.brokenLink ?? '')) &&
          (expected.verdict !== 'PASS' || finding.brokenLinks.length === 0) &&
          (expected.warning === undefined || finding.warnings.includes(expected.warning)) &&
          (finding.counterexample === null || isPrescribed(scenario, finding.counterexample));
        if (!isRight)
          wrong.push({
            seed,
            change,
            expected,
            control: scenario.control,
            benchmark: scenario.benchmark,
            patterns: scenario.state.metricFilters.map(({ filterPattern }) => filterPattern),
            finding,
          });
      }
      expect(wrong.slice(0, 5)).toEqual([]);
      if (STATES >= 2_000) expect(Object.keys(CHANGES).filter((change) => !met.has(change))).toEqual([]);
    },
    STATES * 500,
  );
});

/** Whether the benchmark asks for a ring at the event. */
function isPrescribed({ control = '', benchmark = '5.0.0' }: Scenario, event: object): boolean {
  const judged = findJudged(control, benchmark as '5.0.0');
  if (!('control' in judged)) return false;
  return compilePattern(canonicalPattern(judged.control, benchmark as '5.0.0')).matches(JSON.stringify(event));
}
