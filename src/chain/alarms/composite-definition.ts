import { Refusal } from '../../base/refusal.ts';
import { parseArn, type Scope } from '../../base/scope.ts';
import { checkAlarmName } from './alarm-name.ts';
import { type CompositeRule, childrenIn } from './composite-rule.ts';
import { parseCompositeRule } from './composite-syntax.ts';

/** A composite alarm's parameters as they were given, in AWS's spelling. What was not given is absent. */
export interface CompositeDefinition {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly AlarmRule: string;
  readonly OKActions?: readonly string[];
  readonly AlarmActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
  readonly ActionsSuppressor?: string;
  /** Seconds. */
  readonly ActionsSuppressorWaitPeriod?: number;
  /** Seconds. */
  readonly ActionsSuppressorExtensionPeriod?: number;
}

type CompositeParameters = Readonly<Record<string, unknown>>;

const KEPT = [
  'AlarmName',
  'AlarmDescription',
  'AlarmRule',
  'OKActions',
  'AlarmActions',
  'InsufficientDataActions',
  'ActionsSuppressor',
  'ActionsSuppressorWaitPeriod',
  'ActionsSuppressorExtensionPeriod',
] as const satisfies readonly (keyof CompositeDefinition)[];

/** AWS documents how many alarms a rule may name. */
const MOST_CHILDREN = 100;

/**
 * What PutCompositeAlarm checks beyond its model, but for whether its children exist.
 * @throws Refusal ValidationError
 */
export function defineComposite(input: CompositeParameters, scope: Scope): CompositeDefinition {
  checkAlarmName(input.AlarmName);
  const kept = KEPT.filter((key) => input[key] !== undefined && input[key] !== null).map((key) => [key, input[key]]);
  const definition = Object.fromEntries(kept) as unknown as CompositeDefinition;
  const children = childrenIn(parseCompositeRule(definition.AlarmRule)).map((child) => childName(child, scope));
  if (children.length > MOST_CHILDREN)
    throw invalid(`AlarmRule must not name more than ${MOST_CHILDREN} different alarms`);
  if (children.includes(definition.AlarmName))
    throw invalid(
      'A composite alarm cannot have a child relation with itself via its AlarmRule, as it would introduce a circular dependency',
    );
  checkSuppressor(definition, scope);
  return definition;
}

/** The rule with its children by their plain names. */
export function ruleOfComposite(definition: CompositeDefinition, scope: Scope): CompositeRule {
  return named(parseCompositeRule(definition.AlarmRule), scope);
}

/** The suppressor's plain name; undefined where there is none. */
export const suppressorName = (definition: CompositeDefinition, scope: Scope): string | undefined =>
  definition.ActionsSuppressor === undefined ? undefined : childName(definition.ActionsSuppressor, scope);

function checkSuppressor(definition: CompositeDefinition, scope: Scope): void {
  const { ActionsSuppressorWaitPeriod: wait, ActionsSuppressorExtensionPeriod: extension } = definition;
  const suppressor = suppressorName(definition, scope);
  if (suppressor === undefined) {
    if (wait !== undefined || extension !== undefined)
      throw invalid(
        'ActionsSuppressor is required when ActionsSuppressorWaitPeriod or ActionsSuppressorExtensionPeriod is set',
      );
    return;
  }
  if (wait === undefined || extension === undefined)
    throw invalid(
      'ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required when ActionsSuppressor is set',
    );
  if (wait < 0 || extension < 0)
    throw invalid('ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod must not be negative');
  if (suppressor === definition.AlarmName) throw invalid('A composite alarm cannot suppress its own actions');
}

/** @throws Refusal ValidationError for the ARN of an alarm elsewhere, as recorded on AWS. */
function childName(child: string, scope: Scope): string {
  const arn = parseArn(child);
  const name = arn?.service === 'cloudwatch' ? /^alarm:(.+)$/s.exec(arn.resource)?.[1] : undefined;
  if (!arn || name === undefined) return child;
  if (arn.account !== scope.account)
    throw invalid('A composite alarm cannot have a child relation with alarms from another AWS account');
  if (arn.region !== scope.region)
    throw invalid(
      `Error in AlarmRule [Wrong ARN region, it was ${arn.region} but ${scope.region} was expected instead]`,
    );
  return name;
}

function named(rule: CompositeRule, scope: Scope): CompositeRule {
  switch (rule.kind) {
    case 'constant':
      return rule;
    case 'state':
      return { ...rule, child: childName(rule.child, scope) };
    case 'not':
      return { ...rule, inner: named(rule.inner, scope) };
    case 'at-least':
      return { ...rule, children: rule.children.map((child) => childName(child, scope)) };
    default:
      return { ...rule, parts: rule.parts.map((part) => named(part, scope)) };
  }
}

const invalid = (message: string): Refusal => new Refusal('ValidationError', message);
