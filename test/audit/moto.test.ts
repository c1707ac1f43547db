import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import type { RepairPlan } from '../../src/audit/repair/plan.ts';
import { readScenario } from '../../src/audit/state.ts';
import { command } from '../public-face/command.ts';
import { type Need, needOf } from './needs.ts';

const SCRIPT = fileURLToPath(new URL('./moto_states.py', import.meta.url));
const FILE = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(FILE, 'utf8')) as {
  scenarios: {
    id: string;
    control: string;
    benchmark: string;
    title: string;
    verdict: string;
    cliRegion: string;
    failedConditions: readonly string[];
    state: { trails: { describe: { Name: string; S3BucketName: string } }[] };
  }[];
};
const ROLE = 'arn:aws:iam::111122223333:role/CloudTrailToLogs';
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

type Given = (typeof scenarios)[number];

/** Broken states: all that moto can hold, or one for each link that is broken first. */
function brokenStates(): Given[] {
  // A trail whose log group is gone cannot be made there: the group is made along with it.
  const broken = served.filter(({ verdict, failedConditions }) => verdict === 'FAIL' && failedConditions[0] !== 'T5');
  if (process.env.TRAILBELL_MOTO_REPAIRS === 'all') return broken;
  return [...new Map(broken.map((given) => [given.failedConditions[0], given])).values()];
}

function keysFor({ cliRegion }: Given): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  vi.stubEnv('AWS_REGION', cliRegion);
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
      keysFor(given);
      const words = ['--json', '--endpoint-url', url, '--control', given.control, '--benchmark', given.benchmark];
      const { out } = await command('audit', '--no-replay', ...words);
      vi.unstubAllEnvs();
      const { findings } = JSON.parse(out) as { findings: Finding[] };
      expect(findings[0]!.verdict, findings[0]!.reason).toBe(given.verdict);
    },
  );

  it.each(brokenStates().map((given) => [given.failedConditions[0], given.title, given] as const))(
    'is repaired, and the delivery left unproven: %s %s',
    { timeout: 60_000 },
    async (_link, _title, given) => {
      expect(await build(given)).toBe('built');
      keysFor(given);
      const { trails } = given.state;
      const asked = ['--endpoint-url', url, '--control', given.control, '--benchmark', given.benchmark, '--json'];
      const { code, out } = await command(
        ...['repair', ...asked, '--apply', '--confirm-account', '111122223333'],
        // A trail of somebody else is changed only where its name is given.
        ...trails.flatMap(({ describe }) => ['--change', describe.Name]),
        ...['--trail-bucket', 'trail-bucket', '--trail-role', ROLE],
        ...['--protocol', 'email', '--notification-endpoint', 'bell@example.com'],
      );
      const { findings, plans } = JSON.parse(out) as { findings: Finding[]; plans: RepairPlan[] };
      expect(plans[0]?.before.brokenLink).toBe(given.failedConditions[0]);
      expect([findings[0]?.verdict, findings[0]?.warnings, code], findings[0]?.reason).toEqual([
        'PASS',
        expect.arrayContaining(['delivery-unproven']),
        0,
      ]);
      const again = await command('repair', ...asked);
      expect(JSON.parse(again.out)).toMatchObject({ plans: [{ steps: [], blockers: [] }] });
      vi.unstubAllEnvs();
    },
  );

  it('is drilled as far as this server goes, which evaluates nothing', { timeout: 60_000 }, async () => {
    const whole = served.find(({ verdict, control }) => verdict === 'PASS' && control === '4.3')!;
    expect(await build(whole)).toBe('built');
    keysFor(whole);
    const folder = mkdtempSync(join(tmpdir(), 'trailbell-moto-'));
    const proof = ['--proof', join(folder, 'proofs.jsonl')];
    const drill = ['drill', '--aws', '--endpoint-url', url, ...proof, '--through', 'alarm'];
    const { code, out } = await command(...drill, '--confirm-account', '111122223333');
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
    expect(out).toMatch(/\? trail .*: moto answers there, which records no calls/);
    expect(out).toMatch(
      /\? alarm .*: moto answers there: it keeps alarms and never evaluates them, so that nothing rings/,
    );
    expect(code).toBe(3);
  });
});
