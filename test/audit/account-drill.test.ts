import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogStreamsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { ListSubscriptionsCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { drillPolicy } from '../../src/audit/drill/drill-policy.ts';
import type { DrillLevel, DrillProof } from '../../src/audit/drill/drill-step.ts';
import type { Finding } from '../../src/audit/finding.ts';
import { rootSignIn } from '../engine/root-sign-in.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { command } from '../public-face/command.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/trailbell', import.meta.url));
const ACCOUNT = '000000000000';
const GROUP = 'CloudTrail/logs';
const OWN = 'trailbell-root-usage';
const CONFIRM = ['--confirm-account', ACCOUNT];

/**
 * An engine that looks like AWS: what stands before it hides the pages by which an engine is known, and
 * puts the record of a marked call into the log group, as CloudTrail would.
 */
async function likeAws(recording = true) {
  const engine = await startEngine();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'any' };
  const client = { endpoint: engine.url, region: 'us-east-1', credentials };
  const logs = new CloudWatchLogsClient(client);
  const calls: string[] = [];
  const record = async (message: object | string): Promise<void> => {
    const where = { logGroupName: GROUP, logStreamName: `s-${calls.length}-${Math.random()}` };
    await logs.send(new CreateLogStreamCommand(where));
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    await logs.send(new PutLogEventsCommand({ ...where, logEvents: [{ timestamp: Date.now(), message: text }] }));
  };
  const front = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (request.method === 'GET') return void response.writeHead(404).end();
    const body = Buffer.concat(parts);
    const { service, operation } = calledBy(request.headers, request.url ?? '', body.toString('utf8'));
    calls.push(`${service}:${operation}`);
    // The header that CloudTrail records.
    const agent = String(request.headers['user-agent']);
    const isMarked = /trailbell-drill\//.test(agent) || /trailbell-drill-/.test(body.toString('utf8'));
    if (service === 'sts' && isMarked && recording) {
      const parameters = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
      await record({ eventName: operation, userAgent: `[${agent}]`, requestParameters: parameters });
    }
    if (operation === 'AssumeRole') {
      response.setHeader('content-type', 'text/xml');
      return void response.end(ASSUMED);
    }
    const onward = send(`${engine.url}${request.url}`, { method: 'POST', headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.end(body);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    front.closeAllConnections();
    return new Promise<void>((resolve) => front.close(() => resolve()));
  });
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'trailbell-drill-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));

  const sqs = new SQSClient(client);
  await sqs.send(new CreateQueueCommand({ QueueName: 'bell' }));
  const chain = ['--trail-bucket', 'trail-bucket', '--trail-role', `arn:aws:iam::${ACCOUNT}:role/CloudTrailToLogs`];
  const told = ['--protocol', 'sqs', '--notification-endpoint', `arn:aws:sqs:us-east-1:${ACCOUNT}:bell`];
  const at = ['--endpoint-url', url];
  await command('repair', '--control', 'root-usage', ...chain, ...told, '--apply', ...CONFIRM, ...at);
  calls.length = 0;
  const [cloudwatch, sns] = [new CloudWatchClient(client), new SNSClient(client)];
  return {
    engine,
    url,
    calls,
    record,
    cloudwatch,
    proofs: join(folder, 'proofs.jsonl'),
    declarations: join(folder, 'declarations.json'),
    async drill(...words: string[]) {
      const wait = words.includes('--wait') ? [] : ['--wait', '8'];
      const filed = ['--proof', join(folder, 'proofs.jsonl'), '--json'];
      const { code, out, notes } = await command('drill', '--aws', ...at, ...wait, ...filed, ...words);
      return { code, notes, proof: JSON.parse(out || 'null') as DrillProof | null };
    },
    /** What a drill may have left behind. */
    async leftovers(): Promise<string[]> {
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'trailbell-drill' }));
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}));
      const { logStreams = [] } = await logs.send(
        new DescribeLogStreamsCommand({ logGroupName: GROUP, logStreamNamePrefix: 'trailbell-drill' }),
      );
      return [
        ...QueueUrls,
        ...Subscriptions.flatMap(({ Endpoint = '' }) => (Endpoint.includes('trailbell-drill') ? [Endpoint] : [])),
        ...logStreams.map(({ logStreamName = '' }) => logStreamName),
      ];
    },
  };
}

const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIA0000000000000000</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

const SERVICES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** The service that a call is signed for, and its operation in whatever protocol. */
function calledBy(
  headers: NodeJS.Dict<string | string[]>,
  url: string,
  body: string,
): { service: string; operation: string } {
  const signed = /\/\d{8}\/[a-z0-9-]+\/([a-z]+)\/aws4_request/.exec(String(headers.authorization ?? ''))?.[1] ?? '';
  const target = /\.(\w+)$/.exec(String(headers['x-amz-target'] ?? ''))?.[1];
  const operation = target ?? new URLSearchParams(body).get('Action') ?? (url === '/listRegions' ? 'ListRegions' : url);
  return { service: SERVICES[signed] ?? signed, operation };
}

/** Calls that the policy of a level does not allow; who calls may be asked by everybody. */
function outsidePolicy(calls: readonly string[], level: DrillLevel): string[] {
  const allowed = new Set(drillPolicy('TrailbellAudit', [level]).Statement.flatMap(({ Action }) => Action));
  return calls.filter((call) => call !== 'sts:GetCallerIdentity' && !allowed.has(call));
}

const linesOf = (proof: DrillProof | null) => proof?.steps.map(({ link, holds }) => [link, holds]);

describe('a drill of an account', () => {
  beforeAll(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCOUNT);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
    vi.stubEnv('AWS_REGION', 'us-east-1');
  });
  afterAll(() => void vi.unstubAllEnvs());

  it('awaits the record of a marked call and lets the endpoint judge the patterns, and writes nothing', async () => {
    const { drill, calls, proofs, engine, url } = await likeAws();
    const { code, proof, notes } = await drill();
    expect(linesOf(proof), notes).toEqual([
      ['audit', true],
      ['trail', true],
      ['metric filter', true],
    ]);
    expect(proof).toMatchObject({ outcome: 'holds', level: 'read', server: null, account: ACCOUNT });
    expect(proof?.steps[1]?.after).toBeGreaterThan(0);
    expect(proof?.notProved.join()).toMatch(/--live.*--inject.*--through metric.*--through alarm.*--expect/);
    expect(code).toBe(0);
    const [who] = notes.split('\n');
    expect(who).toMatch(new RegExp(`^account ${ACCOUNT}, caller arn:.*, region us-east-1, endpoint ${url}$`));
    for (const words of [['audit', '--no-replay'], ['repair']]) {
      const { notes: said } = await command(...words, '--control', 'root-usage', '--endpoint-url', url);
      expect(said.split('\n')[0]).toBe(who);
    }
    expect(calls.filter((call) => /:(Put|Set|Create|Delete|Subscribe|Unsubscribe)/.test(call))).toEqual([]);
    expect(outsidePolicy(calls, 'read')).toEqual([]);
    expect(JSON.parse(await readFile(proofs, 'utf8'))).toEqual(proof);

    const entered = await drill('--mark-role', `arn:aws:iam::${ACCOUNT}:role/Drill`);
    expect(entered.proof?.steps[1]).toMatchObject({ holds: true, says: expect.stringContaining('sts:AssumeRole') });
    // One that can be known by its pages: of an engine it is known that it records no calls.
    const { proof: plain } = await drill('--endpoint-url', engine.url);
    expect(plain).toMatchObject({ server: 'an engine of Trailbell', outcome: 'unproven' });
    expect(plain?.steps[1]?.says).toContain('records no calls');
  });

  it('leaves open what does not come in the time it was given', async () => {
    const { drill } = await likeAws(false);
    const { code, proof } = await drill('--wait', '1');
    expect(proof?.steps[1]).toMatchObject({ link: 'trail', holds: null, says: expect.stringContaining('--wait 900') });
    expect(code).toBe(3);
  });

  it.each<[DrillLevel, string[], string[]]>([
    ['metric', ['--through', 'metric'], ['metric', 'alarm', 'topic', 'subscription']],
    ['alarm', ['--through', 'alarm'], ['alarm', 'topic', 'subscription']],
    ['inject', ['--inject'], ['alarm', 'topic', 'subscription']],
  ])(
    'follows what it puts in at level %s to a queue of its own, within its policy, and leaves nothing',
    async (level, words, links) => {
      const { drill, calls, leftovers, cloudwatch } = await likeAws();
      const refused = await drill(...words);
      expect([refused.code, refused.notes]).toEqual([2, expect.stringContaining(`changes account ${ACCOUNT}`)]);
      expect(calls.filter((call) => /:(Put|Set|Create|Subscribe)/.test(call))).toEqual([]);

      const { code, proof, notes } = await drill(...words, ...CONFIRM);
      expect(linesOf(proof), JSON.stringify([proof, notes])).toEqual(
        [...['audit', 'trail', 'metric filter'], ...links].map((link) => [link, true]),
      );
      expect([code, proof?.outcome, proof?.left]).toEqual([0, 'rang', []]);
      expect(await leftovers()).toEqual([]);
      if (level === 'alarm') {
        const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [OWN] }));
        expect(MetricAlarms?.[0]?.StateValue).not.toBe('ALARM');
      }
      expect(outsidePolicy(calls, level)).toEqual([]);
    },
  );

  it('follows a real use of root', async () => {
    const { drill, record, calls } = await likeAws();
    const running = drill('--live', ...CONFIRM);
    await until('the drill to wait for it', () => calls.includes('logs:FilterLogEvents'));
    await record(rootSignIn(new Date()));
    const { proof, code, notes } = await running;
    expect(linesOf(proof), JSON.stringify([proof, notes])).toEqual(
      ['audit', 'metric filter', 'trail', 'alarm', 'topic', 'subscription'].map((link) => [link, true]),
    );
    expect(proof?.notProved).toEqual([expect.stringContaining('real subscribers')]);
    expect(outsidePolicy(calls, 'live')).toEqual([]);
    expect(code).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('takes away what it made when it is ended by %s', async (signal) => {
    const { url, proofs, leftovers } = await likeAws();
    const words = ['drill', '--aws', '--live', '--endpoint-url', url, '--proof', proofs, ...CONFIRM];
    const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    const gone = once(child, 'exit');
    let notes = '';
    child.stderr.on('data', (chunk: Buffer) => {
      notes += chunk.toString('utf8');
    });
    await until('the drill to wait', () => notes.includes('Sign in as root'));
    expect(await leftovers()).toHaveLength(2);
    child.kill(signal);
    expect(await gone).toEqual([3, null]);
    expect(await leftovers()).toEqual([]);
  });

  it('names the link that is broken', async () => {
    const { drill, cloudwatch, leftovers } = await likeAws();
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [OWN] }));
    const { code, proof } = await drill('--through', 'alarm', ...CONFIRM, '--wait', '1');
    expect(linesOf(proof)?.slice(3)).toEqual([
      ['alarm', true],
      ['topic', false],
    ]);
    expect([code, proof?.outcome]).toEqual([1, 'broken']);
    expect(await leftovers()).toEqual([]);
  });

  it('turns REVIEW into PASS once whoever was expected has confirmed', async () => {
    const { drill, engine, url, declarations, cloudwatch, leftovers } = await likeAws();
    // The chain itself does not ring: only the SIEM does.
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [OWN] }));
    const running = drill(
      '--inject',
      ...CONFIRM,
      '--expect',
      'Splunk',
      '--callback',
      engine.url,
      '--declarations',
      declarations,
    );
    const receipts = () =>
      engine.app.engine.context.store.read
        .selectFrom('settings')
        .select('value')
        .where('key', '=', 'drill-receipts')
        .executeTakeFirst();
    const asked = await until('the receipt to be asked for', receipts);
    const [{ id, key }] = JSON.parse(asked.value) as [{ id: string; key: string }];
    const link = (shown: string) => `${engine.url}/drills/receipt?id=${id}&key=${shown}`;
    expect((await fetch(link('wrong'), { method: 'POST' })).status).toBe(404);
    const page = await fetch(link(key));
    expect(await page.text()).toContain('Did the drill arrive at Splunk?');
    const confirmed = await fetch(link(key), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(confirmed.status).toBe(200);
    const { proof, code, notes } = await running;
    expect(proof?.steps.at(-1), notes).toMatchObject({ link: 'receipt', name: 'Splunk', holds: true });
    expect([code, proof?.outcome, linesOf(proof)?.[0]]).toEqual([0, 'rang', ['audit', false]]);
    expect(await leftovers()).toEqual([]);

    const audit = async (...words: string[]): Promise<Finding> => {
      const { out } = await command('audit', '--json', '--control', 'root-usage', '--endpoint-url', url, ...words);
      return (JSON.parse(out) as { findings: Finding[] }).findings[0]!;
    };
    expect((await audit()).verdict).toBe('FAIL');
    const proved = await audit('--declarations', declarations);
    expect([proved.verdict, proved.reason]).toEqual(['PASS', expect.stringContaining('that holds for 30 days')]);
  });
});
