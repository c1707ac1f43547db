// Measures `trailbell audit --org`: 400 accounts in 17 regions behind a stub that enforces AWS's call rates.
// npx tsx bench/audit-fleet.ts [accounts]; needs a build. Prints seconds, calls, throttled calls, most memory.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { CallName } from '../src/audit/collect/calls.ts';
import { readScenario } from '../src/audit/state.ts';
import { systemClock } from '../src/base/clock.ts';
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
const TARGETS: Readonly<Record<string, string>> = {
  CloudTrail_20131101: 'cloudtrail',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'cloudwatch',
  AWSEvents: 'events',
  AWSOrganizationsV20161128: 'organizations',
  TrentService: 'kms',
};

const count = Number(process.argv[2] ?? 400);
const accounts = [MANAGEMENT, ...Array.from({ length: count - 1 }, (_, n) => String(100_000_000_000 + n))];
const { scenarios } = JSON.parse(readFileSync(SCENARIOS, 'utf8')) as { scenarios: { id: string }[] };
const scenario = structuredClone(readScenario(scenarios.find(({ id }) => id === 'S17')));
scenario.state.enabledRegions = REGIONS;
scenario.state.securityHub = Object.fromEntries(REGIONS.map((region) => [region, { SubscribedAt: '2024-05-01' }]));
const limits = new RateLimits(systemClock);
let calls = 0;

/** Which call a request is, of which account (its access key is one) and in which region. */
function called(request: IncomingMessage, body: string) {
  const [, account = '', region = '', signed = ''] =
    /Credential=(\d+)\/\d+\/([a-z0-9-]+)\/([a-z]+)\//.exec(request.headers.authorization ?? '') ?? [];
  const [prefix = '', operation = ''] = String(request.headers['x-amz-target'] ?? '')
    .split('.')
    .slice(-2);
  if (operation !== '')
    return { account, region, name: `${TARGETS[prefix]}:${operation}` as CallName, input: JSON.parse(body || '{}') };
  if (request.url === '/listRegions') return { account, region, name: 'account:ListRegions' as const, input: {} };
  if (request.url?.startsWith('/accounts'))
    return { account, region, name: 'securityhub:DescribeHub' as const, input: {} };
  const form = new URLSearchParams(body);
  return { account, region, name: `${signed}:${form.get('Action')}` as CallName, input: Object.fromEntries(form) };
}

async function answer({ account, region, name, input }: ReturnType<typeof called>): Promise<object> {
  if (name === 'organizations:ListAccounts') return { Accounts: accounts.map((Id) => ({ Id, Status: 'ACTIVE' })) };
  if (name === 'sts:AssumeRole') {
    const AccessKeyId = String((input as { RoleArn?: string }).RoleArn).split(':')[4] ?? '';
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    return { Credentials: { AccessKeyId, SecretAccessKey: 'any', SessionToken: 'any', Expiration } };
  }
  limits.take(account, region, name);
  const { $metadata: _call, ...output } = (await stateDoor(scenario, account, Date.now()).call(
    name,
    region,
    input,
  )) as unknown as Record<string, unknown>;
  return output;
}

const isQuery = (name: string): boolean => /^(sns|sts):/.test(name);

/** Query services answer XML: structures, maps and lists as SNS and STS write them. */
function xml(value: unknown, tag = ''): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) {
    return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (tag === 'Attributes')
    return entries.map(([key, item]) => `<entry><key>${key}</key><value>${xml(item)}</value></entry>`).join('');
  return entries.map(([key, item]) => `<${key}>${xml(item, key)}</${key}>`).join('');
}

const json = (value: object): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
    return this[key] instanceof Date ? (this[key] as Date).getTime() / 1_000 : plain;
  });

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const call = called(request, Buffer.concat(parts).toString('utf8'));
  calls += 1;
  await new Promise((resolve) => setTimeout(resolve, LATENCY));
  const operation = call.name.split(':')[1];
  try {
    const output = await answer(call);
    if (!isQuery(call.name))
      return void response.setHeader('content-type', 'application/x-amz-json-1.1').end(json(output));
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<${operation}Response><${operation}Result>${xml(output)}</${operation}Result></${operation}Response>`,
    );
  } catch (error) {
    const { name, message } = error as Error;
    response.statusCode = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 400;
    if (isQuery(call.name))
      response.end(`<ErrorResponse><Error><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>`);
    else response.setHeader('x-amzn-errortype', name).end(JSON.stringify({ __type: name, message }));
  }
}

const server = createServer((request, response) => void serve(request, response));
server.keepAliveTimeout = 60_000;
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const env = { ...process.env, AWS_ACCESS_KEY_ID: MANAGEMENT, AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'us-east-1' };
const words = ['audit', '--org', '--endpoint-url', `http://127.0.0.1:${port}`, '--json'];
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
server.close();
server.closeAllConnections();
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
