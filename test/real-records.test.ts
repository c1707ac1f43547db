import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { Engine } from '../src/cli/engine.ts';
import { ingest } from '../src/cli/ingest.ts';
import { httpReceiver, smtpReceiver } from './engine/receivers.ts';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

const data = (path: string): string => fileURLToPath(new URL(`./data/cloudtrail/${path}`, import.meta.url));

interface Expected {
  counts: Record<string, { deliveries: number; rules: Record<string, { deliveries: number }> }>;
}

const expected = JSON.parse(readFileSync(data('EXPECTED.json'), 'utf8')) as Expected;

/** The reading of each control that its 5.0.0 pattern has. */
const VARIANTS: Record<string, string> = {
  '4.1': '4.1/and-intent',
  '4.2': '4.2/any-identity',
  '4.3': '4.3/seed',
  '4.4': '4.4/no-source',
  '4.13': '4.13/no-source',
};
const CONTROLS = Array.from({ length: 15 }, (_, i) => `4.${i + 1}`);

/**
 * Which alarms must ring for a set, derived by hand from its records: every control that at least one
 * record is of, once, as history, for the records are months and years old. One root record of panther
 * has no readable time (`redacted`), so it counts as of its arrival and rings 4.3 at once.
 */
const SETS: [name: string, folder: string, live: string[], history: string[]][] = [
  [
    'archive (invictus, trailscraper)',
    'archive',
    [],
    ['4.1', '4.2', '4.4', '4.5', '4.8', '4.10', '4.12', '4.13', '4.14', '4.15'],
  ],
  ['stratus', 'records/stratus', [], ['4.1', '4.2', '4.4', '4.5', '4.10', '4.15']],
  [
    'panther-dev',
    'records/panther',
    ['4.3'],
    ['4.1', '4.2', '4.3', '4.4', '4.5', '4.6', '4.8', '4.9', '4.10', '4.14', '4.15'],
  ],
  ['otrf', 'decorated/otrf', [], []],
];

describe('real CloudTrail records', () => {
  it.each(SETS)(
    'of %s are counted exactly, and ring once for each control',
    async (name, folder, live, history) => {
      const smtp = await smtpReceiver();
      const hook = await httpReceiver();
      const engine = await startEngine({ cis: true, smtp: smtp.url });
      const topic = 'arn:aws:sns:us-east-1:000000000000:trailbell-cis';
      await subscribe(engine.url, topic, 'http', hook.url);
      await subscribe(engine.url, topic, 'email', 'ops@example.com');
      const invitation = await until('the handshake', () => hook.received[0]);
      const { SubscribeURL } = JSON.parse(invitation.body) as { SubscribeURL: string };
      await fetch(SubscribeURL);
      const mail = await until('the confirmation mail', () => smtp.mails[0]);
      const token = /token=([0-9a-f]+)/.exec(mail.text ?? '')?.[1] ?? '';
      await fetch(`${engine.url}/?Action=ConfirmSubscription&TopicArn=${topic}&Token=${token}`);

      const set = expected.counts[name];
      const summary = await ingest(new Engine(engine.url), [data(folder)], { note: () => undefined });
      expect(summary.errors).toEqual([]);
      expect(summary.stored).toBe(set?.deliveries);

      for (const control of CONTROLS) {
        const rule = set?.rules[VARIANTS[control] ?? control];
        expect([control, await countOf(engine.url, `CIS-${control}`)]).toEqual([control, rule?.deliveries ?? 0]);
      }

      const expectedRings = [...live.map((c) => `ALARM cis-${c}`), ...history.map((c) => `[history] cis-${c}`)].sort();
      await until(`${expectedRings.length} rings`, () => hook.received.length > expectedRings.length);
      await until(`${expectedRings.length} mails`, () => smtp.mails.length > expectedRings.length);
      // Long enough for a ring too many to arrive.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const told = hook.received.slice(1).map(({ body }) => {
        const { Subject, Message } = JSON.parse(body) as { Subject: string; Message: string };
        const { AlarmName } = JSON.parse(Message) as { AlarmName: string };
        return `${Subject.startsWith('[history] ') ? '[history]' : 'ALARM'} ${AlarmName}`;
      });
      expect(told.sort()).toEqual(expectedRings);
      const mailed = smtp.mails.slice(1).filter(({ subject }) => subject?.startsWith('[history] '));
      expect(smtp.mails).toHaveLength(expectedRings.length + 1);
      expect(mailed).toHaveLength(history.length);
      const { rings } = (await (await fetch(`${engine.url}/api/v1/rings`)).json()) as { rings: unknown[] };
      expect(rings).toHaveLength(expectedRings.length);
      expect(engine.logged).toEqual([]);
    },
    60_000,
  );
});

async function subscribe(url: string, topic: string, protocol: string, endpoint: string): Promise<void> {
  const body = new URLSearchParams({ Action: 'Subscribe', Version: '2010-03-31', TopicArn: topic });
  body.set('Protocol', protocol);
  body.set('Endpoint', endpoint);
  expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
}

/** The sum of a metric over all time that its retention keeps, read in the largest period. */
async function countOf(url: string, metric: string): Promise<number> {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'any' };
  const client = new CloudWatchClient({ endpoint: url, region: 'us-east-1', credentials });
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date('2012-01-01T00:00:00Z'),
      EndTime: new Date(Date.now() + 3_600_000),
      MetricDataQueries: [
        {
          Id: 'm',
          MetricStat: { Metric: { Namespace: 'CISBenchmark', MetricName: metric }, Period: 86_400, Stat: 'Sum' },
        },
      ],
    }),
  );
  return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
}
