import { commandOf, oneLine } from './as-cli.ts';
import type { RepairPlan } from './plan.ts';
import { type Resource, resourcesOf } from './resources.ts';
import type { Step } from './step.ts';

/** A reference to another resource, written without quotes. */
class Reference {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | boolean | Reference | readonly Value[];
interface Block {
  readonly [name: string]: Value | Block | undefined;
}

/**
 * A plan in Terraform's language, as `terraform fmt` would print it. What Terraform cannot say without
 * importing somebody's resources stands as commands in comments.
 */
export function asTerraform(plans: readonly Pick<RepairPlan, 'steps'>[]): string {
  const { made, calls } = resourcesOf(plans);
  const names = new Map(made.map((resource) => [resource, nameOf(resource, made)]));
  const refer = (text: unknown, attribute: string): Value => {
    const target = made.find(({ referredAs }) => referredAs === text);
    return target ? new Reference(`${typeOf(target)}.${names.get(target)}.${attribute}`) : String(text);
  };
  const blocks = made.map((resource) => {
    const body = bodyOf(resource, refer);
    return `# ${oneLine(resource.step.why)}\nresource "${typeOf(resource)}" "${names.get(resource)}" {\n${printed(body, '  ')}}\n`;
  });
  const comments = calls.map(
    (step) =>
      `# ${oneLine(step.why)}: Terraform would have to import ${oneLine(step.change?.resource ?? '')}.\n# ${oneLine(commandOf(step))}\n`,
  );
  return [...blocks, ...comments].join('\n');
}

const TYPES: Readonly<Record<Resource['kind'], string>> = {
  'log group': 'aws_cloudwatch_log_group',
  trail: 'aws_cloudtrail',
  'metric filter': 'aws_cloudwatch_log_metric_filter',
  alarm: 'aws_cloudwatch_metric_alarm',
  topic: 'aws_sns_topic',
  subscription: 'aws_sns_topic_subscription',
};

const typeOf = ({ kind }: Resource): string => TYPES[kind];

/** A name that Terraform takes, told apart by number where several resources would share it. */
function nameOf(resource: Resource, made: readonly Resource[]): string {
  const wanted = (one: Resource): string => {
    const { filterName, AlarmName, Name, logGroupName, Protocol } = one.step.input;
    const text = String(filterName ?? AlarmName ?? Name ?? logGroupName ?? `told_by_${Protocol}`);
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^(?=[^a-z])/, 'r_');
  };
  const rivals = made.filter((one) => one.kind === resource.kind && wanted(one) === wanted(resource));
  return rivals.length > 1 ? `${wanted(resource)}_${rivals.indexOf(resource) + 1}` : wanted(resource);
}

type Refer = (text: unknown, attribute: string) => Value;

function bodyOf({ kind, step }: Resource, refer: Refer): Block {
  const { input } = step;
  switch (kind) {
    case 'log group':
      return { name: String(input.logGroupName) };
    case 'topic':
      return { name: String(input.Name) };
    case 'subscription':
      return {
        topic_arn: refer(input.TopicArn, 'arn'),
        protocol: String(input.Protocol),
        endpoint: String(input.Endpoint),
      };
    case 'metric filter': {
      const [transformation] = input.metricTransformations as Record<string, string>[];
      return {
        name: String(input.filterName),
        log_group_name: refer(input.logGroupName, 'name'),
        pattern: String(input.filterPattern),
        metric_transformation: {
          name: String(transformation?.metricName),
          namespace: String(transformation?.metricNamespace),
          value: String(transformation?.metricValue),
        },
      };
    }
    case 'alarm':
      return alarmBody(step, refer);
    case 'trail':
      return {
        name: String(input.Name),
        s3_bucket_name: String(input.S3BucketName),
        is_multi_region_trail: true,
        include_global_service_events: true,
        enable_log_file_validation: true,
        ...(input.CloudWatchLogsLogGroupArn !== undefined && {
          cloud_watch_logs_group_arn: String(input.CloudWatchLogsLogGroupArn),
          cloud_watch_logs_role_arn: String(input.CloudWatchLogsRoleArn),
        }),
      };
  }
}

function alarmBody({ input }: Step, refer: Refer): Block {
  return {
    alarm_name: String(input.AlarmName),
    alarm_description: String(input.AlarmDescription),
    namespace: String(input.Namespace),
    metric_name: String(input.MetricName),
    statistic: String(input.Statistic),
    period: Number(input.Period),
    evaluation_periods: Number(input.EvaluationPeriods),
    threshold: Number(input.Threshold),
    comparison_operator: String(input.ComparisonOperator),
    treat_missing_data: String(input.TreatMissingData),
    alarm_actions: (input.AlarmActions as string[]).map((arn) => refer(arn, 'arn')),
  };
}

/** Equal signs of neighbours stand in a column; a block stands apart: as `terraform fmt` wants it. */
function printed(block: Block, indent: string): string {
  const entries = Object.entries(block).filter(([, value]) => value !== undefined);
  const plain = entries.filter(([, value]) => !isBlock(value));
  const width = Math.max(0, ...plain.map(([name]) => name.length));
  let text = '';
  for (const [name, value] of plain) text += `${indent}${name.padEnd(width)} = ${valueText(value as Value)}\n`;
  for (const [name, value] of entries) {
    if (isBlock(value)) text += `\n${indent}${name} {\n${printed(value, `${indent}  `)}${indent}}\n`;
  }
  return text;
}

const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Reference);

function valueText(value: Value): string {
  if (value instanceof Reference) return value.text;
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** A string in which nothing is taken for a template: what begins one is doubled. */
const quoted = (text: string): string => JSON.stringify(text).replace(/[$%](?=\{)/g, (sign) => sign + sign);
