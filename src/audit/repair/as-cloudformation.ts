import type { RepairPlan } from './plan.ts';
import { type Resource, resourcesOf } from './resources.ts';

/** A CloudFormation template of what plans make; what it cannot express is left to `asCommands`. */
export interface Template {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

const TYPES: Readonly<Record<Resource['kind'], string>> = {
  'log group': 'AWS::Logs::LogGroup',
  trail: 'AWS::CloudTrail::Trail',
  'metric filter': 'AWS::Logs::MetricFilter',
  alarm: 'AWS::CloudWatch::Alarm',
  topic: 'AWS::SNS::Topic',
  subscription: 'AWS::SNS::Subscription',
};

/** A template per account and region, since a stack lives in one of each. */
export function asTemplates(plans: readonly RepairPlan[]): { account: string; region: string; template: Template }[] {
  const places = new Map<string, { account: string; region: string; resources: Resource[] }>();
  for (const resource of resourcesOf(plans).made) {
    const { account, region } = resource.step.scope;
    const place = places.get(`${account}/${region}`) ?? { account, region, resources: [] };
    place.resources.push(resource);
    places.set(`${account}/${region}`, place);
  }
  return [...places.values()].map(({ account, region, resources }) => ({
    account,
    region,
    template: templateOf(resources),
  }));
}

function templateOf(resources: readonly Resource[]): Template {
  const ids = new Map(resources.map((resource, index) => [resource, idOf(resource, index)]));
  const refer = (text: unknown): unknown => {
    const target = resources.find(({ referredAs }) => referredAs === text);
    return target ? { Ref: ids.get(target) } : text;
  };
  const entries = resources.map((resource) => [
    ids.get(resource),
    { Type: TYPES[resource.kind], Properties: propertiesOf(resource, refer) },
  ]);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'What is missing for uses of the account to ring a bell.',
    Resources: Object.fromEntries(entries) as Template['Resources'],
  };
}

/** Letters and digits, and a number that keeps it apart. */
function idOf({ kind, step }: Resource, index: number): string {
  const { filterName, AlarmName, Name, logGroupName, Protocol } = step.input;
  const words = `${filterName ?? AlarmName ?? Name ?? logGroupName ?? Protocol} ${kind}`.split(/[^A-Za-z0-9]+/);
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}${index + 1}`;
}

function propertiesOf({ kind, step }: Resource, refer: (text: unknown) => unknown): Record<string, unknown> {
  const { input } = step;
  switch (kind) {
    case 'log group':
      return { LogGroupName: input.logGroupName };
    case 'topic':
      return { TopicName: input.Name };
    case 'subscription':
      return { TopicArn: refer(input.TopicArn), Protocol: input.Protocol, Endpoint: input.Endpoint };
    case 'metric filter':
      return {
        FilterName: input.filterName,
        LogGroupName: refer(input.logGroupName),
        FilterPattern: input.filterPattern,
        MetricTransformations: (input.metricTransformations as Record<string, string>[]).map((one) => ({
          MetricName: one.metricName,
          MetricNamespace: one.metricNamespace,
          MetricValue: one.metricValue,
        })),
      };
    case 'alarm':
      return { ...input, AlarmActions: (input.AlarmActions as string[]).map(refer) };
    case 'trail': {
      const { Name, ...more } = input;
      return { TrailName: Name, IsLogging: true, ...more };
    }
  }
}
