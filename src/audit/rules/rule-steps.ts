import type { Scope } from '../../base/scope.ts';
import { ringingAlarm } from '../repair/ringing-alarm.ts';
import type { Step } from '../repair/step.ts';

/** A rule of another tool, written as filter patterns. */
export interface WrittenRule {
  /** Of its filters, metric and alarm, after a prefix. */
  readonly name: string;
  readonly title: string;
  readonly patterns: readonly string[];
}

export interface RuleTarget {
  readonly scope: Scope;
  readonly logGroup: string;
  /** The topic to tell. */
  readonly topicArn: string;
}

/** What an import makes begins so; it touches nothing else. */
export const RULE_PREFIX = 'rule-';
export const RULE_NAMESPACE = 'ImportedRules';

/**
 * The calls that make a rule ring: a metric filter for each pattern, all feeding one metric, and an alarm on it that
 * can ring again (missing data are notBreaching).
 */
export function ruleSteps({ name, title, patterns }: WrittenRule, { scope, logGroup, topicArn }: RuleTarget): Step[] {
  const own = `${RULE_PREFIX}${name}`;
  const filters = patterns.map(
    (filterPattern, at): Step => ({
      service: 'logs',
      operation: 'PutMetricFilter',
      scope,
      input: {
        logGroupName: logGroup,
        filterName: at === 0 ? own : `${own}-${at + 1}`,
        filterPattern,
        metricTransformations: [{ metricName: own, metricNamespace: RULE_NAMESPACE, metricValue: '1' }],
      },
      why: patterns.length > 1 ? `${title} (${at + 1} of ${patterns.length})` : title,
      change: null,
      foreign: false,
    }),
  );
  const alarm: Step = {
    service: 'cloudwatch',
    operation: 'PutMetricAlarm',
    scope,
    input: { AlarmName: own, AlarmDescription: title, ...ringingAlarm(RULE_NAMESPACE, own, topicArn) },
    why: `rings for ${title}`,
    change: null,
    foreign: false,
  };
  return [...filters, alarm];
}
