/** What an alarm asks that rings for every event a metric counts, and can ring again: missing data are notBreaching. */
export const ringingAlarm = (namespace: string, metricName: string, topicArn: string) => ({
  MetricName: metricName,
  Namespace: namespace,
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
  ActionsEnabled: true,
  AlarmActions: [topicArn],
});
