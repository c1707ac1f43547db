import { describe, expect, it } from 'vitest';
import { defineAlarm } from './definition.ts';
import { ringJson, ringSms, ringSubject } from './notification.ts';

const definition = defineAlarm({
  AlarmName: 'root-used',
  Namespace: 'CISBenchmark',
  MetricName: 'RootUse',
  Statistic: 'Sum',
  Dimensions: [{ Name: 'Host', Value: 'a' }],
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  AlarmActions: ['arn:aws:sns:eu-west-1:111122223333:security'],
});

const ring = {
  scope: { account: '111122223333', region: 'eu-west-1' },
  definition,
  configuredAt: Date.parse('2026-03-04T09:00:00.120Z'),
  from: 'INSUFFICIENT_DATA',
  to: 'ALARM',
  reason: 'because',
  changedAt: Date.parse('2026-03-04T10:16:40.123Z'),
} as const;

const AWS_SHAPE =
  '{"AlarmName":"root-used","AlarmDescription":null,"AWSAccountId":"111122223333",' +
  '"AlarmConfigurationUpdatedTimestamp":"2026-03-04T09:00:00.120+0000","NewStateValue":"ALARM","NewStateReason":"because",' +
  '"StateChangeTime":"2026-03-04T10:16:40.123+0000","Region":"EU (Ireland)",' +
  '"AlarmArn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:root-used","OldStateValue":"INSUFFICIENT_DATA",' +
  '"ActionExecutedAfterMuteWindow":false,"OKActions":[],"AlarmActions":["arn:aws:sns:eu-west-1:111122223333:security"],' +
  '"InsufficientDataActions":[],"Trigger":{"MetricName":"RootUse","Namespace":"CISBenchmark","StatisticType":"Statistic",' +
  '"Statistic":"SUM","Unit":null,"Dimensions":[{"value":"a","name":"Host"}],"Period":300,"EvaluationPeriods":1,' +
  '"ComparisonOperator":"GreaterThanOrEqualToThreshold","Threshold":1.0,"TreatMissingData":"",' +
  '"EvaluateLowSampleCountPercentile":""}}';

describe('the notification', () => {
  it('is what CloudWatch publishes, byte for byte', () => {
    expect(ringJson(ring)).toBe(AWS_SHAPE);
  });

  it('carries what we add as one last member', () => {
    expect(ringJson(ring, { events: [] })).toBe(`${AWS_SHAPE.slice(0, -1)},"Trailbell":{"events":[]}}`);
  });
});

describe('the subject, as recorded on AWS', () => {
  it('names alarm and region', () => {
    expect(ringSubject('ALARM', 'root-used', 'us-east-1')).toBe('ALARM: "root-used" in US East (N. Virginia)');
    expect(ringSubject('OK', 'root-used', 'xx-new-1')).toBe('OK: "root-used" in xx-new-1');
  });

  it('cuts a long name so that the whole has 100 characters', () => {
    const name = 'stackd-native-cw-sns-4b229becf207-ascii-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    expect(ringSubject('ALARM', name, 'us-east-1')).toBe(
      'ALARM: "stackd-native-cw-sns-4b229becf207-ascii-ABCDEFGHIJKLMNOPQRSTUVW..." in US East (N. Virginia)',
    );
    expect(ringSms('ALARM', 'x'.repeat(91), 'us-east-1')).toBe(
      `ALARM: "${'x'.repeat(87)}..." in US East (N. Virginia)`,
    );
  });

  it('writes other characters as one underscore', () => {
    expect(ringSubject('ALARM', 'unicode-界é界é', 'us-east-1')).toBe('ALARM: "unicode-_" in US East (N. Virginia)');
    expect(ringSubject('ALARM', 'two\r\nlines', 'us-east-1')).toBe('ALARM: "two_lines" in US East (N. Virginia)');
  });
});
