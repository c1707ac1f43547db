import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Benchmark } from '../controls/benchmark.ts';
import { findJudged } from '../controls/judged-control.ts';
import { AccountView } from '../judge/account-view.ts';
import { targetOf } from '../judge/target.ts';
import { readScenario } from '../state.ts';
import { explainScanners } from './explain-scanners.ts';

interface Expected {
  readonly id: string;
  readonly control: string;
  readonly benchmark: Benchmark;
  readonly verdict: string;
}

const { scenarios } = JSON.parse(
  readFileSync(new URL('../../../test/data/audit/audit-scenarios.json', import.meta.url), 'utf8'),
) as { scenarios: readonly Expected[] };

function opinionsOn(scenario: Expected) {
  const judged = findJudged(scenario.control, scenario.benchmark);
  if (!('control' in judged)) return [];
  const view = new AccountView(readScenario(scenario));
  return explainScanners(view, targetOf(judged.control, scenario.benchmark, view.account));
}

const opinion = (id: string, tool: string) => {
  const scenario = scenarios.find((each) => each.id === id)!;
  const { says, why } = opinionsOn(scenario).find((each) => each.tool.startsWith(tool))!;
  return `${says}: ${why}`;
};

describe('the opinions of other scanners', () => {
  it('err as often as the scanners themselves did when they were run on the scenarios', () => {
    const tally = new Map<string, { judged: number; unsafe: number; falseFail: number }>();
    for (const scenario of scenarios) {
      for (const { tool, says } of opinionsOn(scenario)) {
        const own = tally.get(tool) ?? { judged: 0, unsafe: 0, falseFail: 0 };
        if (says !== 'no check') own.judged += 1;
        if (says === 'PASS' && scenario.verdict === 'FAIL') own.unsafe += 1;
        if (says === 'FAIL' && scenario.verdict === 'PASS') own.falseFail += 1;
        tally.set(tool, own);
      }
    }
    expect(Object.fromEntries(tally)).toEqual({
      Prowler: { judged: 79, unsafe: 42, falseFail: 6 },
      'Turbot (Powerpipe, Steampipe)': { judged: 79, unsafe: 31, falseFail: 10 },
      ScoutSuite: { judged: 78, unsafe: 34, falseFail: 9 },
      // The run itself had 23: one good state, which is not named, got no line.
      CloudSploit: { judged: 79, unsafe: 3, falseFail: 24 },
      // Told by its documentation alone.
      'AWS Security Hub': { judged: 78, unsafe: 20, falseFail: 8 },
    });
  });

  it('say why', () => {
    expect(opinion('S21', 'Prowler')).toMatch(/^FAIL: No filter on a group .* has the words/);
    expect(opinion('S38', 'Prowler')).toMatch(/^PASS: .*in whatever region/);
    expect(opinion('S60', 'Prowler')).toMatch(/^FAIL: It takes a denied call for an absent filter/);
    expect(opinion('S16', 'AWS Security Hub')).toMatch(/^NO_DATA: CloudWatch\.1: the trail belongs to another account/);
    expect(opinion('S22', 'AWS Security Hub')).toMatch(/^FAIL: CloudWatch\.1: .*nothing may be added/);
    expect(opinion('S75', 'AWS Security Hub')).toMatch(/^no check/);
    expect(opinion('S07', 'Turbot')).toMatch(/advanced selectors are not read/);
    expect(opinion('S75', 'ScoutSuite')).toMatch(/^no check/);
    expect(opinion('S01', 'CloudSploit')).toMatch(/^FAIL: .*no quotes/);
    expect(opinion('S20', 'CloudSploit')).toMatch(/^PASS: Without any trail/);
  });
});
