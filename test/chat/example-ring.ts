import type { OutgoingMessage } from '../../src/chain/channels/channel.ts';

export const RING_ID = '1f0e2d3c-4b5a-4678-8796-a5b4c3d2e1f0';
const HEADLINE =
  'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA, then made 2 calls in 4 minutes';

/** The JSON of an alarm that found root at work, with what a test wants to be different. */
export function exampleRing(
  alarm: Record<string, unknown> = {},
  own: Record<string, unknown> = {},
): Record<string, unknown> {
  const event = (time: string, action: string, result: string, eventId: string) => ({
    time,
    account: '111122223333',
    principal: 'root',
    action,
    result,
    sourceAddress: '203.0.113.7',
    userAgent: 'Firefox 148 on Linux',
    mfa: 'no',
    region: 'us-east-1',
    eventId,
  });
  return {
    AlarmName: 'cis-4.3',
    AlarmDescription: 'Usage of the root account is monitored',
    AWSAccountId: '000000000000',
    NewStateValue: 'ALARM',
    NewStateReason:
      'Threshold Crossed: 1 datapoint [3.0 (04/03/26 11:55:00)] was greater than or equal to the threshold (1.0).',
    StateChangeTime: '2026-03-04T12:00:00.000+0000',
    Region: 'US East (N. Virginia)',
    AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:cis-4.3',
    OldStateValue: 'OK',
    Trigger: { Namespace: 'CISBenchmark', MetricName: 'CIS-4.3', Statistic: 'SUM', Period: 300, Threshold: 1 },
    Trailbell: {
      ring: 'transition',
      id: RING_ID,
      headline: HEADLINE,
      severity: 'critical',
      runbook: 'https://wiki.example.com/root',
      total: 3,
      events: [
        event('2026-03-04T11:55:10.000Z', 'signed in to the console', 'success', 'e-1'),
        event('2026-03-04T11:57:20.000Z', 'iam CreateAccessKey', 'success', 'e-2'),
        event('2026-03-04T11:59:30.000Z', 's3 GetBucketPolicy', 'failed: NoSuchBucketPolicy', 'e-3'),
      ],
      sessionTotal: 1,
      sessions: [{ sentence: HEADLINE }],
      ...own,
    },
    ...alarm,
  };
}

/** The end of the same alarm: AWS's message, with nothing of ours. */
export function exampleEnd(): Record<string, unknown> {
  const { Trailbell: _, ...alarm } = exampleRing({ NewStateValue: 'OK', OldStateValue: 'ALARM' });
  return alarm;
}

/** As it is handed to a channel. */
export const ringMessage = (ring: Record<string, unknown>): Partial<OutgoingMessage> => ({
  subject: 'ALARM: "cis-4.3" in US East (N. Virginia)',
  text: JSON.stringify(ring),
  ring: JSON.stringify(ring),
});
