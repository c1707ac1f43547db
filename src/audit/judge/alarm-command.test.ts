import { expect, it } from 'vitest';
import { readScenario } from '../state.ts';
import { putAlarmAgain, SOUND_SETTINGS } from './alarm-command.ts';

const account = '111122223333';
const alarmOf = (members: object) =>
  readScenario({
    auditedAccount: account,
    state: { alarms: [{ account, region: 'eu-west-1', type: 'metric', AlarmName: "root's use", ...members }] },
  }).state.alarms[0]!;

it('an alarm is put again as it is but for what changes, quoted for a shell', () => {
  const alarm = alarmOf({
    Namespace: 'N',
    MetricName: 'm',
    Dimensions: [{ Name: 'a', Value: 'b c' }],
    ExtendedStatistic: 'p99',
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 1000,
    ComparisonOperator: 'GreaterThanThreshold',
    OKActions: ['arn:ok'],
  });
  expect(putAlarmAgain(alarm, { AlarmActions: ['TOPIC_ARN'] })).toBe(
    "aws --region eu-west-1 cloudwatch put-metric-alarm --alarm-name 'root'\\''s use' --namespace N --metric-name m --dimensions 'Name=a,Value=b c' --extended-statistic p99 --period 60 --evaluation-periods 3 --threshold 1000 --comparison-operator GreaterThanThreshold --alarm-actions TOPIC_ARN --ok-actions arn:ok",
  );
  expect(putAlarmAgain(alarm, SOUND_SETTINGS)).toContain(
    '--statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching',
  );
  expect(putAlarmAgain(alarm, SOUND_SETTINGS)).not.toContain('p99');
  expect(putAlarmAgain({ ...alarm, ActionsEnabled: false }, {})).toContain(' --no-actions-enabled ');
});

it('composite alarms and metric math keep what they are made of', () => {
  const composite = alarmOf({ type: 'composite', AlarmRule: 'ALARM(a)' });
  expect(putAlarmAgain(composite, { AlarmActions: ['T'] })).toBe(
    "aws --region eu-west-1 cloudwatch put-composite-alarm --alarm-name 'root'\\''s use' --alarm-rule 'ALARM(a)' --alarm-actions T",
  );
  const math = alarmOf({ Metrics: [{ Id: 'e', Expression: 'a + 1' }], EvaluationPeriods: 1 });
  expect(putAlarmAgain(math, {})).toContain(`--metrics '[{"Id":"e","Expression":"a + 1"}]' --evaluation-periods 1`);
});
