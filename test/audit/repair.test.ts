import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudTrailClient, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DeleteMetricFilterCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import pc from 'picocolors';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import type { StepOutcome } from '../../src/audit/repair/apply.ts';
import type { RepairPlan } from '../../src/audit/repair/plan.ts';
import { run } from '../../src/cli/main.ts';
import { httpReceiver } from '../engine/receivers.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { command as commandLine } from '../public-face/command.ts';

const ACCOUNT = '000000000000';
const TRAIL = ['--trail-bucket', 'trail-bucket', '--trail-role', `arn:aws:iam::${ACCOUNT}:role/CloudTrailToLogs`];
const QUEUE = ['--protocol', 'sqs', '--notification-endpoint', `arn:aws:sqs:us-east-1:${ACCOUNT}:bell`];
const ROOT = ['--control', 'root-usage'];
const APPLY = ['--apply', '--confirm-account', ACCOUNT];

interface Answer {
  readonly plans: RepairPlan[];
  readonly outcomes: StepOutcome[];
  readonly findings: Finding[];
}

/** An engine without anything but a queue that can be told, and the command line on it. */
async function bare() {
  const engine = await startEngine();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'any' };
  const client = { endpoint: engine.url, region: 'us-east-1', credentials };
  await new SQSClient(client).send(new CreateQueueCommand({ QueueName: 'bell' }));
  const command = (...words: string[]) => commandLine(...words, '--endpoint-url', engine.url);
  const repair = async (...words: string[]) => {
    const { code, out, notes } = await command('repair', ...ROOT, '--json', ...words);
    return { code, notes, ...(JSON.parse(out || '{}') as Answer) };
  };
  return {
    engine,
    command,
    repair,
    cloudwatch: new CloudWatchClient(client),
    logs: new CloudWatchLogsClient(client),
    sns: new SNSClient(client),
    cloudtrail: new CloudTrailClient(client),
  };
}
const callsOf = ({ plans }: Answer): string[] =>
  plans.flatMap(({ steps }) => steps.map(({ service, operation }) => `${service}:${operation}`));

/** What an audit saves of an account, without what differs from one making to the next. */
async function savedState(command: Awaited<ReturnType<typeof bare>>['command']): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'trailbell-state-'));
  try {
    await command('audit', ...ROOT, '--no-replay', '--save', join(folder, 'state.json'));
    const { state } = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as { state: object };
    const isOfMaking = (name: string): boolean => /^(stateHours|SubscriptionArn|hoursSince.*)$/.test(name);
    return JSON.parse(JSON.stringify(state, (name, value: unknown) => (isOfMaking(name) ? undefined : value)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('trailbell repair on a running engine', () => {
  beforeAll(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCOUNT);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
    vi.stubEnv('AWS_REGION', 'us-east-1');
  });
  afterAll(() => void vi.unstubAllEnvs());

  it('builds a chain from nothing that rings for a drill, and then has nothing to do', async () => {
    const { repair, command, engine } = await bare();
    const dry = await repair(...TRAIL, ...QUEUE);
    expect(dry.code).toBe(1);
    expect(dry.plans[0]?.after.verdict).toBe('PASS');
    expect((await repair(...TRAIL, ...QUEUE)).plans[0]?.before.verdict).toBe('FAIL');

    const done = await repair(...TRAIL, ...QUEUE, ...APPLY);
    expect(done.outcomes.map(({ outcome, error }) => error ?? outcome)).toEqual(callsOf(done).map(() => 'done'));
    expect(done.findings[0]).toMatchObject({ verdict: 'PASS', warnings: ['delivery-unproven'] });
    expect(done.code).toBe(0);

    const again = await repair(...TRAIL, ...QUEUE, ...APPLY);
    expect(callsOf(again)).toEqual([]);
    expect(again.code).toBe(0);
    expect(await command('drill', '--json')).toMatchObject({ code: 0 });
    expect(engine.logged).toEqual([]);
  });

  it('mends each link that is broken in turn, by the call that it takes', async () => {
    const { repair, cloudwatch, logs, sns, cloudtrail } = await bare();
    expect((await repair(...TRAIL, ...QUEUE, ...APPLY)).findings[0]?.verdict).toBe('PASS');
    const own = 'trailbell-root-usage';
    const mended = async (...words: string[]) => {
      const answer = await repair(...QUEUE, ...APPLY, ...words);
      expect(answer.findings.map(({ verdict, reason }) => [verdict, reason])).toEqual([['PASS', expect.any(String)]]);
      return callsOf(answer);
    };

    await logs.send(new DeleteMetricFilterCommand({ logGroupName: 'CloudTrail/logs', filterName: own }));
    expect(await mended()).toEqual(['logs:PutMetricFilter']);

    await logs.send(
      new PutMetricFilterCommand({
        logGroupName: 'CloudTrail/logs',
        filterName: own,
        filterPattern: '{ $.userIdentity.type = "Root" && $.eventName != "ConsoleLogin" }',
        metricTransformations: [{ metricName: own, metricNamespace: 'CISBenchmark', metricValue: '1' }],
      }),
    );
    expect(await mended()).toEqual(['logs:PutMetricFilter']);

    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [own] }));
    expect(await mended()).toEqual(['cloudwatch:PutMetricAlarm']);

    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: own,
        Namespace: 'CISBenchmark',
        MetricName: own,
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 1_000,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        AlarmActions: [`arn:aws:sns:us-east-1:${ACCOUNT}:trailbell-cis`],
      }),
    );
    expect(await mended()).toEqual(['cloudwatch:PutMetricAlarm']);

    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [own] }));
    expect(await mended()).toEqual(['cloudwatch:PutMetricAlarm']);

    await sns.send(new DeleteTopicCommand({ TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:trailbell-cis` }));
    expect(await mended()).toEqual(expect.arrayContaining(['sns:CreateTopic', 'sns:Subscribe']));

    await cloudtrail.send(new StopLoggingCommand({ Name: 'trailbell' }));
    expect(await mended()).toEqual(['cloudtrail:StartLogging']);
  });

  it('waits until the new subscriber has confirmed', async () => {
    const { engine } = await bare();
    const hook = await httpReceiver();
    const told = ['--protocol', 'http', '--notification-endpoint', hook.url];
    const words = ['repair', ...ROOT, ...TRAIL, ...told, ...APPLY, '--wait', '1', '--endpoint-url', engine.url];
    const [out, notes]: [string[], string[]] = [[], []];
    const running = run(words, {
      out: (text) => void out.push(text),
      note: (text) => void notes.push(text),
      colors: pc.createColors(false),
    });
    await until('the repair to wait', () => notes.includes(`waiting for ${hook.url} to confirm`));
    const invitation = await until('the invitation', () => hook.received[0]);
    await fetch((JSON.parse(invitation.body) as { SubscribeURL: string }).SubscribeURL);
    expect([await running, out]).toEqual([0, [expect.stringMatching(/^PASS 4.3 root-usage/)]]);
  });

  it('changes nothing in an account that was not confirmed', async () => {
    const { command, repair } = await bare();
    expect(await command('repair', ...ROOT, ...TRAIL, ...QUEUE, '--apply')).toMatchObject({ code: 2 });
    const wrong = await command('repair', ...ROOT, ...TRAIL, ...QUEUE, '--apply', '--confirm-account', '111122223333');
    expect(wrong.code).toBe(2);
    expect(wrong.notes).toContain(`these are the keys of account ${ACCOUNT}: nothing was changed`);
    expect((await repair(...TRAIL, ...QUEUE)).plans[0]?.before.brokenLink).toBe('T1');
  });

  it('gives commands that the real AWS CLI takes, and that come to the same', async () => {
    const { command, repair } = await bare();
    const { out: script } = await command('repair', ...ROOT, ...TRAIL, ...QUEUE, '--as', 'cli');
    const env = { PATH: process.env.PATH ?? '', AWS_ACCESS_KEY_ID: ACCOUNT, AWS_SECRET_ACCESS_KEY: 'any' };
    const failure = await new Promise((resolve) => {
      const shell = execFile('sh', { env, timeout: 60_000 }, (error, _out, errors) => resolve(error ? errors : null));
      shell.stdin?.end(script);
    });
    expect(failure).toBeNull();
    const after = await repair(...TRAIL, ...QUEUE);
    expect(after.plans[0]).toMatchObject({ steps: [], before: { verdict: 'PASS' } });

    // Word for word what --apply makes elsewhere.
    const other = await bare();
    await other.repair(...TRAIL, ...QUEUE, ...APPLY);
    const state = await savedState(command);
    expect(state).toMatchObject({
      alarms: [{ AlarmName: 'trailbell-root-usage' }],
      subscriptions: [{ Protocol: 'sqs' }],
    });
    expect(state).toEqual(await savedState(other.command));
  }, 60_000);
});
