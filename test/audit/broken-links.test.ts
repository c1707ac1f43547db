import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudTrailClient, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import {
  CloudWatchClient,
  DisableAlarmActionsCommand,
  PutAlarmMuteRuleCommand,
  PutMetricAlarmCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DeleteMetricFilterCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BrokenLink } from '../../src/audit/broken-links.ts';
import type { Finding } from '../../src/audit/finding.ts';
import type { StepOutcome } from '../../src/audit/repair/apply.ts';
import { FakeClock } from '../../src/base/fake-clock.ts';
import type { DrillReport } from '../../src/server/drill/follow-drill.ts';
import type { Drill } from '../../src/server/drill/start-drill.ts';
import type { EngineStatus } from '../../src/server/status.ts';
import { ROOT_USAGE_PATTERN } from '../engine/root-sign-in.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { command } from '../public-face/command.ts';

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const GROUP = 'CloudTrail/logs';
const OWN = 'trailbell-root-usage';
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:trailbell-cis`;
const MINUTE = 60_000;
const queueArn = (name: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

type World = Awaited<ReturnType<typeof wholeChain>>;

/** A chain that a repair has made on an engine that watches a folder, and whose watchdog is heard. */
async function wholeChain() {
  let idle = async (): Promise<void> => undefined;
  const clock = new FakeClock(Date.now(), () => idle());
  const folder = join(await mkdtemp(join(tmpdir(), 'trailbell-intake-')), 'records');
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const engine = await startEngine({ watch: [folder] }, clock);
  idle = () => engine.app.idle();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'any' };
  const client = { endpoint: engine.url, region: REGION, credentials };
  const cloudtrail = new CloudTrailClient(client);
  const cloudwatch = new CloudWatchClient(client);
  const logs = new CloudWatchLogsClient(client);
  const [sns, sqs] = [new SNSClient(client), new SQSClient(client)];
  const at = ['--endpoint-url', engine.url];
  const own = async <T>(path: string, method = 'GET') =>
    (await (await fetch(`${engine.url}/api/v1/${path}`, { method })).json()) as T;

  const repair = async (...words: string[]): Promise<string[]> => {
    const chain = ['--trail-bucket', 'trail-bucket', '--trail-role', `arn:aws:iam::${ACCOUNT}:role/CloudTrailToLogs`];
    const told = ['--protocol', 'sqs', '--notification-endpoint', queueArn('bell')];
    const apply = ['--apply', '--confirm-account', ACCOUNT, '--json'];
    const { out } = await command('repair', '--control', 'root-usage', ...chain, ...told, ...apply, ...at, ...words);
    const { outcomes } = JSON.parse(out) as { outcomes: StepOutcome[] };
    return outcomes.map(({ step, outcome }) => `${step.operation} ${outcome}`);
  };
  for (const QueueName of ['bell', 'other', 'watched']) await sqs.send(new CreateQueueCommand({ QueueName }));
  await repair();
  // So that each drill rings, however soon it comes after another.
  const ResourceARN = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${OWN}`;
  await cloudwatch.send(
    new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'trailbell:ring', Value: 'every-session' }] }),
  );
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'trailbell-watchdog' }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn('watched') }));
  return {
    ...{ cloudtrail, cloudwatch, logs, sns, sqs, clock, folder, repair },
    url: engine.url,
    logged: engine.logged,
    async audited(): Promise<Finding> {
      const { out } = await command('audit', '--json', '--no-replay', '--control', 'root-usage', ...at);
      return (JSON.parse(out) as { findings: Finding[] }).findings[0]!;
    },
    status: () => own<EngineStatus>('status'),
    async drill(): Promise<DrillReport['outcome']> {
      const { id } = await own<Drill>('drills', 'POST');
      await clock.advance(1_000);
      return (await own<DrillReport>(`drills/${id}`)).outcome;
    },
    /** What the watchdog has said since the last time. */
    async watchdogSaid(): Promise<string[]> {
      const QueueUrl = `${engine.url}/${ACCOUNT}/watched`;
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      await sqs.send(new PurgeQueueCommand({ QueueUrl }));
      return Messages.flatMap(({ Body }) => {
        const { Message } = JSON.parse(Body ?? '') as { Message: string };
        const { Trailbell } = JSON.parse(Message) as { Trailbell: { broken: { says: string }[] } };
        return Trailbell.broken.map(({ says }) => says);
      });
    },
    /** What was lost meanwhile is somebody's to look at before all is well again. */
    async setLostAside(): Promise<void> {
      const { deliveries } = await own<{ deliveries: { id: number }[] }>('deliveries?status=dead');
      for (const { id } of deliveries) await own(`deliveries/${id}/dismiss`, 'POST');
    },
  };
}

const subscription = async ({ sns }: World): Promise<string> => {
  const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: TOPIC }));
  return Subscriptions?.[0]?.SubscriptionArn ?? '';
};

const filter = ({ logs }: World, change: { pattern?: string; metricName?: string }) =>
  logs.send(
    new PutMetricFilterCommand({
      logGroupName: GROUP,
      filterName: OWN,
      filterPattern: change.pattern ?? ROOT_USAGE_PATTERN,
      metricTransformations: [
        { metricName: change.metricName ?? OWN, metricNamespace: 'CISBenchmark', metricValue: '1' },
      ],
    }),
  );

/** The disk keeps to no clock of ours: until the folder was looked at again. */
const walked = ({ clock, status }: World, isFailing: boolean) =>
  until('a walk of the folder', async () => {
    await clock.advance(1_000);
    return (await status()).intake.failing.length > 0 === isFailing;
  });

interface Break {
  readonly link: string;
  readonly code: BrokenLink;
  readonly says: RegExp;
  readonly breakIt: (world: World) => Promise<unknown>;
  /** Words that a repair needs to be allowed, or told whom to ring instead. */
  readonly words?: (world: World) => Promise<string[]>;
  /** Where no call mends it. */
  readonly byHand?: (world: World) => Promise<unknown>;
  readonly mendedBy?: readonly string[];
}

const BREAKS: readonly Break[] = [
  {
    link: 'filter',
    code: 'F1',
    says: /No metric filter/,
    breakIt: ({ logs }) => logs.send(new DeleteMetricFilterCommand({ logGroupName: GROUP, filterName: OWN })),
    mendedBy: ['PutMetricFilter done'],
  },
  {
    link: 'pattern',
    code: 'F2',
    says: /miss/,
    breakIt: (world) => filter(world, { pattern: '{ $.userIdentity.type = "Root" && $.eventName != "ConsoleLogin" }' }),
    mendedBy: ['PutMetricFilter done'],
  },
  {
    link: 'threshold',
    code: 'A2',
    says: /stays silent/,
    breakIt: ({ cloudwatch }) =>
      cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: OWN,
          Namespace: 'CISBenchmark',
          MetricName: OWN,
          Statistic: 'Sum',
          Period: 300,
          EvaluationPeriods: 1,
          Threshold: 1_000,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          TreatMissingData: 'notBreaching',
          AlarmActions: [TOPIC],
        }),
      ),
    mendedBy: ['PutMetricAlarm done'],
  },
  {
    link: 'actions off',
    code: 'A3',
    says: /switched off/,
    breakIt: ({ cloudwatch }) => cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [OWN] })),
    mendedBy: ['PutMetricAlarm done'],
  },
  {
    link: 'mute rule',
    code: 'A3',
    says: /Mute rule always silences/,
    breakIt: ({ cloudwatch }) =>
      cloudwatch.send(
        new PutAlarmMuteRuleCommand({
          Name: 'always',
          Rule: { Schedule: { Expression: 'cron(0 0 * * *)', Duration: 'P1D' } },
          MuteTargets: { AlarmNames: [OWN] },
        }),
      ),
    words: async () => ['--change', 'always'],
    mendedBy: ['DeleteAlarmMuteRule done'],
  },
  {
    link: 'topic',
    code: 'S1',
    says: /does not exist/,
    breakIt: ({ sns }) => sns.send(new DeleteTopicCommand({ TopicArn: TOPIC })),
    mendedBy: expect.arrayContaining(['CreateTopic done', 'Subscribe done']) as string[],
  },
  {
    link: 'subscription',
    code: 'S2',
    says: /Nobody has subscribed/,
    breakIt: async (world) => world.sns.send(new UnsubscribeCommand({ SubscriptionArn: await subscription(world) })),
    mendedBy: ['Subscribe done'],
  },
  {
    link: 'filter policy',
    code: 'S2',
    says: /filter policy/,
    breakIt: async (world) =>
      world.sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: await subscription(world),
          AttributeName: 'FilterPolicy',
          AttributeValue: '{"severity":["high"]}',
        }),
      ),
    words: async (world) => ['--change', await subscription(world)],
    mendedBy: ['SetSubscriptionAttributes done'],
  },
  {
    link: 'delivery',
    code: 'S2',
    says: /Nothing arrives at the subscribers of topic trailbell-cis: cannot deliver to .*:bell/,
    breakIt: async ({ sqs, url, drill }) => {
      await sqs.send(new DeleteQueueCommand({ QueueUrl: `${url}/${ACCOUNT}/bell` }));
      await drill();
    },
    words: async () => ['--notification-endpoint', queueArn('other')],
    mendedBy: ['Subscribe done'],
  },
  {
    link: 'intake',
    code: 'T5',
    says: /folder .* cannot be read/,
    breakIt: async (world) => {
      await rm(world.folder, { recursive: true });
      await writeFile(world.folder, 'no folder');
      await walked(world, true);
    },
    byHand: async (world) => {
      await rm(world.folder);
      await walked(world, false);
    },
  },
  {
    link: 'trail',
    code: 'T2',
    says: /switched off/,
    breakIt: ({ cloudtrail }) => cloudtrail.send(new StopLoggingCommand({ Name: 'trailbell' })),
    mendedBy: ['StartLogging done'],
  },
  {
    // Last, because the repair lets the alarm watch the metric that the filter feeds now.
    link: 'metric name',
    code: 'A1',
    says: /No alarm watches CISBenchmark\/elsewhere/,
    breakIt: (world) => filter(world, { metricName: 'elsewhere' }),
    mendedBy: ['PutMetricAlarm done'],
  },
];

describe('a good chain of which each link is broken in turn', () => {
  beforeAll(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCOUNT);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
    vi.stubEnv('AWS_REGION', REGION);
  });
  afterAll(() => void vi.unstubAllEnvs());

  it('is named by status, audit and watchdog within a minute, mended by a repair, and rings for a drill', async () => {
    const world = await wholeChain();
    for (const { link, code, says, breakIt, words, byHand, mendedBy } of BREAKS) {
      const named = (what: string) => `${link}, ${what}`;
      expect(await world.status(), named('before')).toMatchObject({ ok: true, controls: [{ verdict: 'PASS' }] });
      await world.watchdogSaid();

      await breakIt(world);
      await world.clock.advance(MINUTE);
      const finding = await world.audited();
      expect(finding.brokenLinks, named(finding.reason)).toEqual([code]);
      expect(finding.reason, named('audit')).toMatch(says);
      const { ok, controls } = await world.status();
      expect([ok, controls.map(({ brokenLinks }) => brokenLinks)], named('status')).toEqual([false, [[code]]]);
      expect(controls[0]?.reason, named('status')).toMatch(says);
      expect((await fetch(`${world.url}/readyz`)).status, named('readiness')).toBe(503);
      const metrics = await (await fetch(`${world.url}/metrics`)).text();
      const labels = `account="${ACCOUNT}",control="root-usage",code="${code}"`;
      expect(metrics, named('metrics')).toContain(`trailbell_broken_controls{${labels}} 1\n`);
      const said = (await world.watchdogSaid()).filter((line) => line.includes('cannot ring'));
      expect(said, named('watchdog')).toEqual([expect.stringMatching(new RegExp(`: ${code}: .*(?:${says.source})`))]);

      if (byHand) await byHand(world);
      else {
        const calls = await world.repair(...((await words?.(world)) ?? []));
        if (mendedBy) expect(calls, named('repair')).toEqual(mendedBy);
      }
      await world.setLostAside();
      await world.clock.advance(MINUTE);
      expect((await world.audited()).verdict, named('mended')).toBe('PASS');
      expect(await world.drill(), named('drill')).toBe('rang');
      await world.clock.advance(MINUTE);
      await world.setLostAside();
    }
    expect(await world.status()).toMatchObject({ ok: true });
  }, 60_000);
});
