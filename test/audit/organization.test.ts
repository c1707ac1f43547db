import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import { readScenario } from '../../src/audit/state.ts';
import { command } from '../public-face/command.ts';
import { keysOfRole, serveCalls } from './call-server.ts';
import { awsError, stateDoor } from './state-door.ts';

const FILE = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(FILE, 'utf8')) as { scenarios: { id: string }[] };
/** The management account has an organization trail and a whole chain; the auditor is a delegated administrator. */
const [MANAGEMENT, AUDITOR, MEMBER] = ['999988887777', '222233334444', '111122223333'];

/** Audits the organization from the auditor's account, and gives each account's verdict. */
async function auditedFrom(auditor: string, closed: readonly string[]) {
  const scenario = readScenario(scenarios.find(({ id }) => id === 'S17'));
  const entered: { caller: string; role: string; externalId: string }[] = [];
  const { url, close } = await serveCalls(async ({ account, region, name, input }) => {
    if (name === 'organizations:ListAccounts')
      return { Accounts: [MANAGEMENT, AUDITOR, MEMBER].map((Id) => ({ Id, Status: 'ACTIVE' })) };
    if (name === 'sts:AssumeRole') {
      const { RoleArn = '', ExternalId = '' } = input as { RoleArn?: string; ExternalId?: string };
      entered.push({ caller: account, role: RoleArn, externalId: ExternalId });
      if (closed.some((one) => RoleArn.includes(one))) throw awsError('AccessDenied', 'is not authorized', 403);
      return keysOfRole(input, Date.now());
    }
    return stateDoor(scenario, account, Date.now()).call(name, region, input as never);
  });
  onTestFinished(close);
  vi.stubEnv('AWS_ACCESS_KEY_ID', auditor);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  const { out, code } = await command(
    ...['audit', '--json', '--endpoint-url', url, '--control', 'root-usage'],
    ...['--org', '--role-name', 'Auditor', '--external-id', 'e-1'],
  );
  vi.unstubAllEnvs();
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const verdicts = Object.fromEntries(findings.map(({ account, verdict }) => [account, verdict]));
  return { entered, verdicts, code, findings };
}

it('a delegated administrator audits the organization: other accounts by role, its own by its own keys', async () => {
  const { entered, verdicts, code } = await auditedFrom(AUDITOR, []);
  expect(entered.map(({ role }) => role).sort()).toEqual(
    [`arn:aws:iam::${MEMBER}:role/Auditor`, `arn:aws:iam::${MANAGEMENT}:role/Auditor`].sort(),
  );
  expect(entered.every(({ caller, externalId }) => caller === AUDITOR && externalId === 'e-1')).toBe(true);
  expect(verdicts).toEqual({ [MANAGEMENT]: 'PASS', [AUDITOR]: 'PASS', [MEMBER]: 'PASS' });
  expect(code).toBe(0);
});

it('where the management account cannot be entered, nobody is called safe or broken for it', async () => {
  const { verdicts, code, findings } = await auditedFrom(AUDITOR, [MANAGEMENT]);
  expect(verdicts).toEqual({ [MANAGEMENT]: 'UNKNOWN', [AUDITOR]: 'UNKNOWN', [MEMBER]: 'UNKNOWN' });
  expect(findings.map(({ fix }) => fix).join()).toContain(MANAGEMENT);
  expect(code).toBe(3);
});
