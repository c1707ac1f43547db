import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT_SIGN_IN_HEADLINE, rootSignIn } from '../engine/root-sign-in.ts';
import { startEngine } from '../engine/start.ts';

const SCRIPT = fileURLToPath(new URL('./benchmark.py', import.meta.url));
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;
/** botocore's names of what CloudWatch speaks. */
const PROTOCOLS = ['json', 'query', 'smithy-rpc-v2-cbor'];

interface Seen {
  readonly ring: { readonly Message: string; readonly MessageId: string; readonly Subject: string };
  readonly queued: { readonly Message: string; readonly MessageId: string };
  readonly rings: number;
  readonly reads: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly found: readonly object[];
}

describe.skipIf(!hasBoto3)('boto3', () => {
  it.each(PROTOCOLS)(
    'builds the chain and hears it ring with CloudWatch in %s',
    { timeout: 60_000 },
    async (protocol) => {
      const engine = await startEngine();
      const record = rootSignIn(new Date());
      const { stdout, stderr } = await promisify(execFile)('python3', [SCRIPT, engine.url, protocol, record]);
      expect(stderr).toBe('');
      const seen = JSON.parse(stdout) as Seen;

      expect(seen.ring.Subject).toBe('ALARM: "root-usage" in US East (N. Virginia)');
      expect(JSON.parse(seen.ring.Message)).toMatchObject({
        AlarmName: 'root-usage',
        NewStateValue: 'ALARM',
        Trailbell: { headline: ROOT_SIGN_IN_HEADLINE, total: 1 },
      });
      expect(seen.queued).toMatchObject({ MessageId: seen.ring.MessageId, Message: seen.ring.Message });
      expect(seen.rings).toBe(1);
      expect(seen).toMatchObject({
        found: [{ logStreamName: 'recorder', message: record }],
        tested: { matches: [{ eventNumber: 2, eventMessage: record, extractedValues: {} }] },
        identity: { UserId: '111122223333', Account: '111122223333', Arn: 'arn:aws:iam::111122223333:root' },
        trails: ['management'],
        logging: true,
        codes: [
          'ResourceAlreadyExistsException',
          'ResourceNotFoundException',
          'NotFound',
          'AWS.SimpleQueueService.NonExistentQueue',
          'TrailNotFoundException',
        ],
      });

      const { json, query, 'smithy-rpc-v2-cbor': cbor } = seen.reads;
      expect(json).toMatchObject({
        alarms: { MetricAlarms: [{ AlarmName: 'root-usage', StateValue: 'ALARM', Threshold: 1, OKActions: [] }] },
        history: { AlarmHistoryItems: [{ HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM' }] },
        data: { MetricDataResults: [{ Id: 'm', StatusCode: 'Complete', Values: [1] }] },
        metrics: { Metrics: [{ Namespace: 'CISBenchmark', MetricName: 'root-usage' }] },
        missing: 'ResourceNotFound',
      });
      expect(sumOf(json?.statistics as Statistics)).toBe(1);
      expect(query).toEqual(json);
      expect(cbor).toEqual(json);
      expect(engine.logged).toEqual([]);
    },
  );
});

interface Statistics {
  readonly Datapoints: readonly { readonly Sum: number }[];
}

const sumOf = ({ Datapoints }: Statistics): number => Datapoints.reduce((sum, { Sum }) => sum + Sum, 0);
