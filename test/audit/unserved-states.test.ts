import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import { readScenario } from '../../src/audit/state.ts';
import { command } from '../public-face/command.ts';
import { keysOfRole, serveCalls } from './call-server.ts';
import { stateDoor } from './state-door.ts';

const FILE = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(FILE, 'utf8')) as {
  scenarios: { id: string; control: string; benchmark: string; title: string; verdict: string }[];
};

/** Those that live-states.test.ts cannot build in an engine, each with its reason there. */
const UNSERVED = ['S07', 'S08', 'S09', 'S14', 'S16', 'S17', 'S55', 'S57', 'S59', 'S60', 'S76'];

describe('a state that the engine does not serve', () => {
  it.each(scenarios.filter(({ id }) => UNSERVED.includes(id)).map((given) => [given.id, given.title, given] as const))(
    'is judged right over the network: %s %s',
    async (_id, _title, given) => {
      const scenario = readScenario(given);
      const { url, close } = await serveCalls(async ({ account, region, name, input }) => {
        if (name === 'sts:AssumeRole') return keysOfRole(input, Date.now());
        return stateDoor(scenario, account, Date.now()).call(name, region, input as never);
      });
      onTestFinished(close);
      vi.stubEnv('AWS_ACCESS_KEY_ID', scenario.auditedAccount);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
      vi.stubEnv('AWS_REGION', scenario.cliRegion);
      const roles = [
        scenario.auditedAccount,
        ...scenario.readableAccounts.filter((one) => one !== scenario.auditedAccount),
      ];
      const { out, code } = await command(
        'audit',
        ...['--json', '--endpoint-url', url, '--control', given.control, '--benchmark', given.benchmark],
        ...(roles.length > 1 ? roles.flatMap((account) => ['--role', `arn:aws:iam::${account}:role/audit`]) : []),
      );
      vi.unstubAllEnvs();
      const { findings } = JSON.parse(out) as { findings: Finding[] };
      const finding = findings.find(({ account }) => account === scenario.auditedAccount);
      expect(finding?.verdict, finding?.reason).toBe(given.verdict);
      expect(code).not.toBe(2);
    },
  );
});
