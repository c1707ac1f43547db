import { BENCHMARKS, benchmarkOf, DEFAULT_BENCHMARK } from '../audit/controls/benchmark.ts';
import { type Control, canonicalPattern, numberIn } from '../audit/controls/control.ts';
import { controlsOf } from '../audit/controls/find-control.ts';
import type { AwsHandlers, Call } from '../aws/wire/handlers.ts';
import { Refusal } from '../base/refusal.ts';
import { arnOf, type Scope } from '../base/scope.ts';
import { StartError } from './explain-start.ts';
import { WATCHDOG_TOPIC } from './watchdog/watchdog.ts';

const LOG_GROUP = 'CloudTrail/logs';
const NAMESPACE = 'CISBenchmark';
export const CIS_TOPIC = 'trailbell-cis';

/**
 * Alarms that `--cis` installs ring again for every new sign-in session, and every four hours while they
 * stay in ALARM; they judge records that come later than AWS's window by the records' own time, so that
 * late delivery silences nothing.
 */
const ALARM_TAGS = [
  { Key: 'trailbell:ring', Value: 'every-session' },
  { Key: 'trailbell:repeat', Value: '4h' },
  { Key: 'trailbell:evaluate', Value: 'event-time' },
];

/** Nobody uses root on an ordinary day; the other controls watch for changes that may well be meant. */
const severityOf = (control: Control): string => (control.slug === 'root-usage' ? 'critical' : 'medium');

/**
 * Installs trail, log group, filters, alarms and topic of the benchmark, through the same operations
 * that a client would call. What is there already stays as it is, whoever made it.
 */
export async function installCis(handlers: AwsHandlers, scope: Scope, wanted: string | true, call: Call) {
  const benchmark = wanted === true ? DEFAULT_BENCHMARK : benchmarkOf(wanted);
  if (!benchmark)
    throw new StartError(`--cis ${wanted}: there is no such benchmark; known are ${BENCHMARKS.join(', ')}`);
  const { logs, cloudwatch, sns, cloudtrail } = handlers;
  await unlessThere(() => logs?.CreateLogGroup?.({ logGroupName: LOG_GROUP }, call), 'ResourceAlreadyExistsException');
  await installTrail(cloudtrail, scope, call);
  const topic = arnOf('sns', scope, CIS_TOPIC);
  for (const name of [CIS_TOPIC, WATCHDOG_TOPIC]) {
    if (!(await isTopic(sns, arnOf('sns', scope, name), call))) await sns?.CreateTopic?.({ Name: name }, call);
  }
  const filters = await namesOf(logs, call);
  const alarms = await alarmNames(cloudwatch, call);
  for (const control of controlsOf(benchmark)) {
    const number = numberIn(control, benchmark);
    const name = `cis-${number}`;
    const metricName = `CIS-${number}`;
    if (!filters.has(name)) {
      await logs?.PutMetricFilter?.(
        {
          logGroupName: LOG_GROUP,
          filterName: name,
          filterPattern: canonicalPattern(control, benchmark),
          metricTransformations: [{ metricName, metricNamespace: NAMESPACE, metricValue: '1' }],
        },
        call,
      );
    }
    if (!alarms.has(name)) await cloudwatch?.PutMetricAlarm?.(alarmOf(name, metricName, control, topic), call);
  }
  return benchmark;
}

function alarmOf(name: string, metricName: string, control: Control, topic: string) {
  return {
    AlarmName: name,
    AlarmDescription: control.title,
    MetricName: metricName,
    Namespace: NAMESPACE,
    Statistic: 'Sum' as const,
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold' as const,
    TreatMissingData: 'notBreaching',
    AlarmActions: [topic],
    Tags: [...ALARM_TAGS, { Key: 'trailbell:severity', Value: severityOf(control) }],
  };
}

async function installTrail(cloudtrail: AwsHandlers['cloudtrail'], scope: Scope, call: Call): Promise<void> {
  const made = await unlessThere(
    () =>
      cloudtrail?.CreateTrail?.(
        {
          Name: 'trailbell',
          S3BucketName: `trailbell-${scope.account}`,
          IsMultiRegionTrail: true,
          IncludeGlobalServiceEvents: true,
          CloudWatchLogsLogGroupArn: `${arnOf('logs', scope, `log-group:${LOG_GROUP}`)}:*`,
          CloudWatchLogsRoleArn: `arn:aws:iam::${scope.account}:role/trailbell`,
        },
        call,
      ),
    'TrailAlreadyExistsException',
  );
  // A trail that somebody stopped stays stopped.
  if (made) await cloudtrail?.StartLogging?.({ Name: 'trailbell' }, call);
}

/** Runs `create`; false when the thing was there before. */
async function unlessThere(create: () => unknown, code: string): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === code) return false;
    throw error;
  }
}

async function isTopic(sns: AwsHandlers['sns'], arn: string, call: Call): Promise<boolean> {
  try {
    await sns?.GetTopicAttributes?.({ TopicArn: arn }, call);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

async function namesOf(logs: AwsHandlers['logs'], call: Call): Promise<Set<string>> {
  const names = new Set<string>();
  let nextToken: string | undefined;
  do {
    const page = await logs?.DescribeMetricFilters?.(
      { logGroupName: LOG_GROUP, ...(nextToken ? { nextToken } : {}) },
      call,
    );
    for (const { filterName } of page?.metricFilters ?? []) names.add(filterName ?? '');
    nextToken = page?.nextToken;
  } while (nextToken);
  return names;
}

async function alarmNames(cloudwatch: AwsHandlers['cloudwatch'], call: Call): Promise<Set<string>> {
  const page = await cloudwatch?.DescribeAlarms?.({ AlarmNamePrefix: 'cis-', MaxRecords: 100 }, call);
  return new Set((page?.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName ?? ''));
}
