import type { Step } from '../syntax-tree.ts';
import type { Side } from './finding.ts';
import type { Probe } from './probe.ts';

/** What a rule asks of a JSON event, whichever language it was written in. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | ValueCondition;

/** Holds for the value at the end of a path, or for at least one of those that a wildcard selects. */
export interface ValueCondition {
  readonly kind: 'value';
  readonly steps: readonly Step[];
  readonly probe: Probe;
  /** On a wildcard, `!=` may mean something else than "one of them differs"; this is its opposite. */
  readonly contrary?: Probe;
}

export const and = (...operands: readonly Condition[]): Condition => ({ kind: 'and', operands });
export const or = (...operands: readonly Condition[]): Condition => ({ kind: 'or', operands });
export const not = (operand: Condition): Condition => ({ kind: 'not', operand });
export const ALWAYS: Condition = and();
export const NEVER: Condition = or();

export const valueAt = (steps: readonly Step[], probe: Probe): ValueCondition => ({ kind: 'value', steps, probe });

/** The conditions on values in it, in order. */
export function valueConditions(condition: Condition): ValueCondition[] {
  switch (condition.kind) {
    case 'value':
      return [condition];
    case 'not':
      return valueConditions(condition.operand);
    default:
      return condition.operands.flatMap((operand) => valueConditions(operand));
  }
}

/** What an event on one side of the border between two rules fulfils. */
export function sideCondition(side: Side, a: Condition, b: Condition): Condition {
  if (side === 'both') return and(a, b);
  return side === 'onlyA' ? and(a, not(b)) : and(b, not(a));
}
