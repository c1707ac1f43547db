import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../judge/judge.ts';
import { StateError } from '../state.ts';
import { scenarioOfPlan } from './terraform-plan.ts';

const PLACE = { account: '111122223333', region: 'eu-west-1' };
const PATTERN =
  '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }';

const resource = (type: string, name: string, values: object) => ({
  address: `${type}.${name}`,
  mode: 'managed',
  type,
  name,
  values,
});

/** A plan of the whole chain as Terraform writes it before anything exists: ARNs are known after apply. */
const plan = (change: (resources: Record<string, Record<string, unknown>>) => void = () => undefined) => {
  const values: Record<string, Record<string, unknown>> = {
    aws_cloudwatch_log_group: { name: 'trail', log_group_class: 'STANDARD' },
    aws_cloudtrail: {
      name: 'main',
      is_multi_region_trail: true,
      enable_logging: true,
      event_selector: [],
      advanced_event_selector: [],
    },
    aws_cloudwatch_log_metric_filter: {
      name: 'root',
      pattern: PATTERN,
      log_group_name: 'trail',
      metric_transformation: [{ name: 'Root', namespace: 'CIS', value: '1', default_value: null, unit: 'None' }],
    },
    aws_sns_topic: { name: 'bell', kms_master_key_id: null },
    aws_cloudwatch_metric_alarm: {
      alarm_name: 'root',
      metric_name: 'Root',
      namespace: 'CIS',
      statistic: 'Sum',
      period: 300,
      evaluation_periods: 1,
      threshold: 1,
      comparison_operator: 'GreaterThanOrEqualToThreshold',
      treat_missing_data: 'notBreaching',
      actions_enabled: true,
    },
    aws_sns_topic_subscription: { protocol: 'sqs', endpoint: 'arn:aws:sqs:eu-west-1:111122223333:q' },
  };
  change(values);
  return {
    planned_values: {
      root_module: { resources: Object.entries(values).map(([type, value]) => resource(type, 'x', value)) },
    },
    configuration: {
      root_module: {
        resources: [
          {
            address: 'aws_cloudtrail.x',
            expressions: {
              cloud_watch_logs_group_arn: {
                references: ['aws_cloudwatch_log_group.x.arn', 'aws_cloudwatch_log_group.x'],
              },
            },
          },
          {
            address: 'aws_cloudwatch_metric_alarm.x',
            expressions: { alarm_actions: { references: ['aws_sns_topic.x.arn', 'aws_sns_topic.x'] } },
          },
          {
            address: 'aws_sns_topic_subscription.x',
            expressions: { topic_arn: { references: ['aws_sns_topic.x.arn', 'aws_sns_topic.x'] } },
          },
        ],
      },
    },
  };
};

const judged = (given: unknown) => {
  const [finding] = judge(scenarioOfPlan(given, PLACE), { controls: ['root-usage'], now: 0 });
  return finding!;
};

describe('a Terraform plan', () => {
  it('of a whole chain passes before anything exists', () => {
    const { verdict, reason } = judged(plan());
    expect(verdict, reason).toBe('PASS');
  });

  it.each([
    ['T1', 'aws_cloudtrail', { is_multi_region_trail: false }],
    ['T2', 'aws_cloudtrail', { enable_logging: false }],
    [
      'F2',
      'aws_cloudwatch_log_metric_filter',
      { pattern: '{ $.userIdentity.type = "Root" && $.eventName = "ConsoleLogin" }' },
    ],
    ['A2', 'aws_cloudwatch_metric_alarm', { threshold: 5 }],
    ['A3', 'aws_cloudwatch_metric_alarm', { actions_enabled: false }],
  ])('fails at %s where that link is planned broken', (code, type, change) => {
    const { verdict, brokenLinks } = judged(plan((values) => Object.assign(values[type]!, change)));
    expect(verdict).toBe('FAIL');
    expect(brokenLinks).toContain(code);
  });

  it('without a subscriber fails at its end', () => {
    const { brokenLinks } = judged(
      plan((values) => {
        delete values.aws_sns_topic_subscription;
      }),
    );
    expect(brokenLinks).toEqual(['S2']);
  });

  it('with no plan in it is refused in a sentence', () => {
    expect(() => scenarioOfPlan({ format_version: '1.2' }, PLACE)).toThrow(StateError);
  });

  it('of any form is judged or refused, and never breaks the audit', () => {
    const odd = fc.record({
      planned_values: fc.record({
        root_module: fc.record({
          resources: fc.array(
            fc.record({
              address: fc.string(),
              type: fc.constantFrom(
                'aws_cloudtrail',
                'aws_sns_topic',
                'aws_cloudwatch_metric_alarm',
                'aws_cloudwatch_log_metric_filter',
                'aws_sns_topic_subscription',
              ),
              values: fc.dictionary(
                fc.constantFrom(
                  'name',
                  'pattern',
                  'metric_transformation',
                  'threshold',
                  'alarm_actions',
                  'topic_arn',
                  'dimensions',
                ),
                fc.jsonValue(),
              ),
            }),
          ),
        }),
      }),
      configuration: fc.jsonValue(),
    });
    fc.assert(
      fc.property(odd, (given) => {
        try {
          scenarioOfPlan(given, PLACE);
        } catch (error) {
          if (!(error instanceof StateError)) throw error;
        }
      }),
    );
  });
});
