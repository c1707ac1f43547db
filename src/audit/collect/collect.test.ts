import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stateDoor } from '../../../test/audit/state-door.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { benchmarkOf, DEFAULT_BENCHMARK } from '../controls/benchmark.ts';
import { findJudged, slugOf } from '../controls/judged-control.ts';
import { collectFleet } from '../fleet/collect-fleet.ts';
import { judgeFleet } from '../fleet/judge-fleet.ts';
import { judge } from '../judge/judge.ts';
import { isAllowed, leastPolicy } from '../least-policy.ts';
import { readScenario, type Scenario } from '../state.ts';
import type { CallName, Door } from './calls.ts';
import { Pace } from './pace.ts';

const FILE = new URL('../../../test/data/audit/audit-scenarios.json', import.meta.url);
const scenarios = (JSON.parse(readFileSync(FILE, 'utf8')) as { scenarios: { id: string; title: string }[] }).scenarios;
const NOW = Date.UTC(2026, 6, 1);

/** Collects the scenario's accounts through its APIs and judges what was read. */
async function audited(scenario: Scenario, watch: (door: Door) => Door = (door) => door) {
  const clock = new FakeClock(NOW);
  const accounts = [...new Set([scenario.auditedAccount, ...scenario.readableAccounts])];
  const running = collectFleet(
    accounts.map((account) => ({ account, role: null })),
    { region: scenario.cliRegion, withSecurityHub: true },
    {
      clock,
      pace: new Pace(clock, { fraction: () => 0.5 }),
      open: ({ account }) => watch(stateDoor(scenario, account, NOW)),
      width: 4,
      keepAnswers: false,
      endpoint: 'AWS',
    },
  );
  let isDone = false;
  void running.finally(() => {
    isDone = true;
  });
  while (!isDone) await clock.advance(250);
  const readings = await running;
  const benchmark = benchmarkOf(scenario.benchmark ?? '') ?? DEFAULT_BENCHMARK;
  const found = findJudged(scenario.control ?? '', benchmark);
  if ('problem' in found) throw new Error(found.problem);
  const { findings } = judgeFleet(readings, { benchmark, controls: [slugOf(found)], now: NOW }, false);
  return { readings, finding: findings.find(({ account }) => account === scenario.auditedAccount)! };
}

describe('an account read through its APIs', () => {
  it.each(scenarios.map((given) => [given.id, given.title, given] as const))(
    'is judged as its state is: %s %s',
    async (_id, _title, given) => {
      const scenario = readScenario(given);
      const { finding } = await audited(scenario);
      const [told] = judge(scenario, { now: NOW });
      expect({ verdict: finding.verdict, brokenLinks: finding.brokenLinks, warnings: finding.warnings }).toEqual({
        verdict: told!.verdict,
        brokenLinks: told!.brokenLinks,
        warnings: told!.warnings,
      });
    },
  );

  it('is asked nothing that the least policy does not allow', async () => {
    const policy = leastPolicy({ hindsight: false, organization: false, roleName: 'r' });
    const called = new Set<CallName>();
    const watch = (door: Door): Door => ({
      call(name, region, input) {
        called.add(name);
        return door.call(name, region, input);
      },
    });
    for (const given of scenarios) await audited(readScenario(given), watch);
    expect([...called].filter((call) => !isAllowed(policy, call))).toEqual([]);
    expect(called.size).toBeGreaterThan(12);
  });
});
