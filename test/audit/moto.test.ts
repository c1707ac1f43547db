import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import { readScenario } from '../../src/audit/state.ts';
import { command } from '../public-face/command.ts';
import { type Need, needOf } from './needs.ts';

const SCRIPT = fileURLToPath(new URL('./moto_states.py', import.meta.url));
const FILE = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(FILE, 'utf8')) as {
  scenarios: { id: string; control: string; benchmark: string; title: string; verdict: string; cliRegion: string }[];
};
const hasMoto = spawnSync('python3', ['-c', 'import boto3, flask, moto.server']).status === 0;

/** What moto 5.2 does not have, or has in one account only. */
const LACKING: readonly Need[] = [
  'a delivery that lost its rights',
  'organization trails',
  'composite alarms',
  // It confirms every subscription.
  'subscriptions of which none is confirmed',
  'topics of accounts that cannot be read',
  'calls that are denied',
  // It does not list the regions of an account.
  'Security Hub',
  'mute rules',
  'system-field dimensions',
  'field selections',
];

const served = scenarios.filter((given) => needOf(readScenario(given), LACKING) === undefined);

it('leaves out only states that need what moto does not have', () => {
  const left = scenarios.filter((given) => !served.includes(given));
  expect(Object.fromEntries(left.map((given) => [given.id, needOf(readScenario(given), LACKING)]))).toEqual({
    S14: 'a delivery that lost its rights',
    S16: 'organization trails',
    S17: 'organization trails',
    S46: 'composite alarms',
    S51: 'subscriptions of which none is confirmed',
    S55: 'topics of accounts that cannot be read',
    S60: 'calls that are denied',
    S76: 'Security Hub',
    S77: 'mute rules',
    S78: 'mute rules',
    S79: 'system-field dimensions',
    S80: 'field selections',
  });
});

let python: ChildProcess;
let lines: AsyncIterator<string>;
let url = '';

/** Builds a state with boto3 in an emptied moto. */
async function build(scenario: object): Promise<string | undefined> {
  python.stdin?.write(`${JSON.stringify(scenario)}\n`);
  return (await lines.next()).value as string | undefined;
}

describe.skipIf(!hasMoto)('a state built with boto3 in moto, an AWS-like server by others', () => {
  beforeAll(async () => {
    python = spawn('python3', [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
    lines = createInterface({ input: python.stdout! })[Symbol.asyncIterator]();
    url = String((await lines.next()).value).replace('url ', '');
  }, 60_000);

  afterAll(() => {
    python.kill();
  });

  it.each(served.map((given) => [given.id, given.title, given] as const))(
    'is judged right: %s %s',
    { timeout: 60_000 },
    async (_id, _title, given) => {
      expect(await build(given)).toBe('built');
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
      vi.stubEnv('AWS_REGION', given.cliRegion);
      const words = ['--json', '--endpoint-url', url, '--control', given.control, '--benchmark', given.benchmark];
      const { out } = await command('audit', '--no-replay', ...words);
      vi.unstubAllEnvs();
      const { findings } = JSON.parse(out) as { findings: Finding[] };
      expect(findings[0]!.verdict, findings[0]!.reason).toBe(given.verdict);
    },
  );
});
