// Measures `trailbell audit --org`: 400 accounts in 17 regions behind a stub that enforces AWS's call rates.
// npx tsx bench/audit-fleet.ts [accounts]; needs a build. Prints seconds, calls, throttled calls, most memory.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readScenario } from '../src/audit/state.ts';
import { systemClock } from '../src/base/clock.ts';
import { type AwsCall, keysOfRole, serveCalls } from '../test/audit/call-server.ts';
import { RateLimits } from '../test/audit/rate-limits.ts';
import { stateDoor } from '../test/audit/state-door.ts';

const PROGRAM = fileURLToPath(new URL('../bin/trailbell', import.meta.url));
const SCENARIOS = new URL('../test/data/audit/audit-scenarios.json', import.meta.url);
const MANAGEMENT = '999988887777';
const LATENCY = 60;
const REGIONS = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1', 'eu-west-1', 'eu-west-2'],
  ...['eu-west-3', 'eu-central-1', 'eu-north-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['ap-southeast-1', 'ap-southeast-2'],
];
const count = Number(process.argv[2] ?? 400);
const accounts = [MANAGEMENT, ...Array.from({ length: count - 1 }, (_, n) => String(100_000_000_000 + n))];
const { scenarios } = JSON.parse(readFileSync(SCENARIOS, 'utf8')) as { scenarios: { id: string }[] };
const scenario = structuredClone(readScenario(scenarios.find(({ id }) => id === 'S17')));
scenario.state.enabledRegions = REGIONS;
scenario.state.securityHub = Object.fromEntries(REGIONS.map((region) => [region, { SubscribedAt: '2024-05-01' }]));
const limits = new RateLimits(systemClock);
let calls = 0;

async function answer({ account, region, name, input }: AwsCall): Promise<object> {
  calls += 1;
  await new Promise((resolve) => setTimeout(resolve, LATENCY));
  if (name === 'organizations:ListAccounts') return { Accounts: accounts.map((Id) => ({ Id, Status: 'ACTIVE' })) };
  if (name === 'sts:AssumeRole') return keysOfRole(input, Date.now());
  limits.take(account, region, name);
  const { $metadata: _call, ...output } = (await stateDoor(scenario, account, Date.now()).call(
    name,
    region,
    input,
  )) as unknown as Record<string, unknown>;
  return output;
}

const server = await serveCalls(answer);
const env = { ...process.env, AWS_ACCESS_KEY_ID: MANAGEMENT, AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'us-east-1' };
const words = ['audit', '--org', '--endpoint-url', server.url, '--json'];
const started = performance.now();
const child = spawn(process.execPath, [PROGRAM, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
let out = '';
child.stdout.on('data', (part: Buffer) => {
  out += part.toString('utf8');
});
let most = 0;
const watch = setInterval(() => {
  try {
    most = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? most);
  } catch {
    // It has just ended.
  }
}, 500);
const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
clearInterval(watch);
await server.close();
const { findings } = JSON.parse(out) as { findings: { verdict: string; name: string }[] };
const roots = findings.filter(({ name }) => name === 'root-usage');
console.log(
  JSON.stringify({
    accounts: count,
    regions: REGIONS.length,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    calls,
    throttled: limits.refusals,
    mostMemoryMiB: Math.round(most / 1_024),
    exitCode: code,
    findings: findings.length,
    rootUsagePass: roots.filter(({ verdict }) => verdict === 'PASS').length,
  }),
);
