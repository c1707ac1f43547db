import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandOf, shellWord } from './as-cli.ts';
import type { Step } from './step.ts';

const step = (service: Step['service'], operation: string, input: Record<string, unknown>): Step => ({
  service,
  operation,
  scope: { account: '111122223333', region: 'eu-west-1' },
  input,
  why: 'a test',
  change: null,
  foreign: false,
});

describe('a command of a plan', () => {
  it('is spelled as the AWS CLI spells it', () => {
    const filter = step('logs', 'PutMetricFilter', {
      logGroupName: 'CloudTrail/logs',
      filterName: 'trailbell-root-usage',
      filterPattern: '{ $.userIdentity.type = "Root" }',
      metricTransformations: [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }],
    });
    expect(commandOf(filter)).toBe(
      `aws --region eu-west-1 logs put-metric-filter --log-group-name CloudTrail/logs --filter-name trailbell-root-usage --filter-pattern '{ $.userIdentity.type = "Root" }' --metric-transformations '[{"metricName":"m","metricNamespace":"n","metricValue":"1"}]'`,
    );
    const trail = step('cloudtrail', 'CreateTrail', {
      Name: 'trailbell',
      S3BucketName: 'bucket',
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: false,
      CloudWatchLogsLogGroupArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:g:*',
    });
    expect(commandOf(trail, { endpointUrl: 'http://127.0.0.1:4780' })).toBe(
      'aws --endpoint-url http://127.0.0.1:4780 --region eu-west-1 cloudtrail create-trail --name trailbell --s3-bucket-name bucket --is-multi-region-trail --no-include-global-service-events --cloud-watch-logs-log-group-arn ' +
        "'arn:aws:logs:eu-west-1:111122223333:log-group:g:*'",
    );
    expect(commandOf(step('sns', 'Subscribe', { TopicArn: 't', Endpoint: '-a b' }))).toBe(
      "aws --region eu-west-1 sns subscribe --topic-arn t '--notification-endpoint=-a b'",
    );
  });

  it('reaches the program word by word through a real shell, whatever the names hold', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((one) => !one.includes('\0'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (words) => {
        const script = `for word in ${words.map(shellWord).join(' ')}; do printf '%s\\0' "$word"; done`;
        expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });
});
