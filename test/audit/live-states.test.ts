import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import { readScenario } from '../../src/audit/state.ts';
import { startEngine } from '../engine/start.ts';
import { command } from '../public-face/command.ts';
import { buildState } from './build-state.ts';

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

/** States that an engine cannot have, and why. All of them are read through the calls' stub in collect.test.ts. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  S07: 'the engine has no advanced event selectors',
  S08: 'the engine has no advanced event selectors',
  S09: 'the engine has no advanced event selectors',
  S14: 'delivery into the engine never loses its rights',
  S16: 'the engine has no organization trails',
  S17: 'the engine has no organization trails',
  S55: 'the engine lets every account of --auth off read what it may, so nothing is denied',
  S57: 'the engine has no keys',
  S59: 'the engine has no EventBridge rules',
  S60: 'with --auth off nothing is denied',
  S76: 'the engine has no Security Hub',
};

const served = scenarios.filter(({ id }) => !(id in NOT_SERVED));

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

  for (const [id, reason] of Object.entries(NOT_SERVED)) it.skip(`${id}: ${reason}`, () => undefined);
});
