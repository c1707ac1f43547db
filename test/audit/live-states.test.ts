import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import { readScenario } from '../../src/audit/state.ts';
import { startEngine } from '../engine/start.ts';
import { command } from '../public-face/command.ts';
import { buildState } from './build-state.ts';
import { type Need, needOf } from './needs.ts';

const FILE = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(FILE, 'utf8')) as {
  scenarios: {
    id: string;
    control: string;
    benchmark: string;
    title: string;
    verdict: string;
    failedConditions: string[];
  }[];
};

/** What the engine does not have. States that need it are read through the calls' stub in collect.test.ts. */
const LACKING: readonly Need[] = [
  'advanced event selectors',
  'a delivery that lost its rights',
  'organization trails',
  // With --auth off every account reads what it may.
  'topics of accounts that cannot be read',
  'keys',
  'EventBridge rules',
  'calls that are denied',
  'Security Hub',
];

const served = scenarios.filter((given) => needOf(readScenario(given), LACKING) === undefined);

it('leaves out only states that need what the engine does not have', () => {
  const left = scenarios.filter((given) => !served.includes(given));
  expect(Object.fromEntries(left.map((given) => [given.id, needOf(readScenario(given), LACKING)]))).toEqual({
    S07: 'advanced event selectors',
    S08: 'advanced event selectors',
    S09: 'advanced event selectors',
    S14: 'a delivery that lost its rights',
    S16: 'organization trails',
    S17: 'organization trails',
    S55: 'topics of accounts that cannot be read',
    S57: 'keys',
    S59: 'EventBridge rules',
    S60: 'calls that are denied',
    S76: 'Security Hub',
  });
});

describe('a state built through the API of a running engine', () => {
  it.each(served.map((given) => [given.id, given.title, given] as const))(
    'gets the verdict of its snapshot: %s %s',
    { timeout: 30_000 },
    async (_id, _title, given) => {
      const scenario = readScenario(given);
      const engine = await startEngine();
      await buildState(engine.url, scenario);
      vi.stubEnv('AWS_ACCESS_KEY_ID', scenario.auditedAccount);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
      vi.stubEnv('AWS_REGION', scenario.cliRegion);
      const { out, code, notes } = await command(
        'audit',
        ...['--json', '--endpoint-url', engine.url, '--control', given.control, '--benchmark', given.benchmark],
      );
      vi.unstubAllEnvs();
      expect(notes).toContain(`account ${scenario.auditedAccount}, caller arn:`);
      const { findings } = JSON.parse(out) as { findings: Finding[] };
      expect(findings).toHaveLength(1);
      expect(findings[0]!.verdict, findings[0]!.reason).toBe(given.verdict);
      if (given.verdict === 'FAIL') {
        expect(given.failedConditions.some((one) => findings[0]!.brokenLinks.includes(one as never))).toBe(true);
      }
      expect(code).toBe(given.verdict === 'PASS' ? 0 : 1);
    },
  );
});
