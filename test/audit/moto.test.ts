import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import { command } from '../public-face/command.ts';

const SCRIPT = fileURLToPath(new URL('./moto_states.py', import.meta.url));
const FILE = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(FILE, 'utf8')) as {
  scenarios: { id: string; control: string; benchmark: string; title: string; verdict: string; cliRegion: string }[];
};
const hasMoto = spawnSync('python3', ['-c', 'import boto3, flask, moto.server']).status === 0;

/** States that moto 5.2 cannot hold, and why. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  S14: 'moto tells of no delivery to a log group',
  S16: 'moto is one account here',
  S17: 'moto is one account here',
  S46: 'moto has no composite alarms',
  S51: 'moto confirms every subscription',
  S55: 'moto is one account here',
  S60: 'nothing is denied here',
  S76: 'moto does not list the regions of an account',
  S77: 'moto has no mute rules',
  S78: 'moto has no mute rules',
  S79: 'moto forgets system-field dimensions',
  S80: 'moto forgets field selections',
};

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

  it.each(scenarios.filter(({ id }) => !(id in NOT_SERVED)).map((given) => [given.id, given.title, given] as const))(
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

  for (const [id, reason] of Object.entries(NOT_SERVED)) it.skip(`${id}: ${reason}`, () => undefined);
});
