import { arnOf } from '../../base/scope.ts';
import type { RepairPlan } from './plan.ts';
import { callOf, type Step } from './step.ts';

/** A resource that a plan makes, for tools that describe resources instead of calls. */
export interface Resource {
  readonly kind: 'log group' | 'trail' | 'metric filter' | 'alarm' | 'topic' | 'subscription';
  readonly step: Step;
  /** The ARN or name by which others refer to it; undefined where none does. */
  readonly referredAs: string | undefined;
}

const KINDS: Readonly<Record<string, Resource['kind']>> = {
  'logs:CreateLogGroup': 'log group',
  'cloudtrail:CreateTrail': 'trail',
  'logs:PutMetricFilter': 'metric filter',
  'cloudwatch:PutMetricAlarm': 'alarm',
  'sns:CreateTopic': 'topic',
  'sns:Subscribe': 'subscription',
};

/** What plans make, each once and as it is in the end, and the calls that no such tool expresses. */
export function resourcesOf(plans: readonly Pick<RepairPlan, 'steps'>[]): { made: Resource[]; calls: Step[] } {
  const made = new Map<string, Resource>();
  const calls = new Map<string, Step>();
  for (const step of plans.flatMap((plan) => plan.steps)) {
    const kind = KINDS[callOf(step)];
    // A trail logs when it is made by such a tool.
    if (step.operation === 'StartLogging' && isMadeHere(made, step)) continue;
    if (kind) made.set(`${kind} ${identityOf(step)}`, { kind, step, referredAs: referenceOf(kind, step) });
    else calls.set(JSON.stringify([callOf(step), step.input]), step);
  }
  return { made: [...made.values()], calls: [...calls.values()] };
}

const isMadeHere = (made: ReadonlyMap<string, Resource>, { input }: Step): boolean =>
  [...made.values()].some(({ kind, step }) => kind === 'trail' && step.input.Name === input.Name);

function identityOf({ scope, input }: Step): string {
  const { logGroupName, filterName, AlarmName, Name, TopicArn, Protocol, Endpoint } = input;
  return JSON.stringify([scope, filterName ?? AlarmName ?? Name ?? logGroupName, TopicArn, Protocol, Endpoint]);
}

function referenceOf(kind: Resource['kind'], { scope, input }: Step): string | undefined {
  if (kind === 'topic') return arnOf('sns', scope, String(input.Name));
  if (kind === 'log group') return String(input.logGroupName);
  return undefined;
}
