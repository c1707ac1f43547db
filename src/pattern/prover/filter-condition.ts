import { foldCombination } from '../combination.ts';
import { hasWildcard } from '../select-values.ts';
import type { CompareCondition, Joined, JsonCondition, JsonPattern, Literal } from '../syntax-tree.ts';
import { and, type Condition, not, or, type ValueCondition, valueAt } from './condition.ts';
import { constantProbe, equalProbe, orderProbe, presentProbe, unequalProbe } from './probe.ts';

/** What a JSON filter pattern asks of an event. */
export const filterCondition = (pattern: JsonPattern): Condition => combinationCondition(pattern.root);

/** What a part of one asks of an event. */
export function combinationCondition(node: JsonCondition | Joined<JsonCondition>): Condition {
  return foldCombination<JsonCondition, Alternatives>(node, {
    condition: (condition) => alternativesOf(condition),
    // Equalities on one selector that are joined by OR are one question; so are inequalities joined by AND.
    or: (sides) => joinSides('=', sides),
    and: (sides) => joinSides('!=', sides),
  }).condition;
}

/** A condition, and the comparison that it is when it is nothing else. */
interface Alternatives {
  readonly condition: Condition;
  readonly comparison?: {
    readonly selector: CompareCondition['selector'];
    readonly literals: readonly Literal[];
    readonly operator: '=' | '!=';
  };
}

function alternativesOf(condition: JsonCondition): Alternatives {
  if (condition.kind === 'compare' && (condition.operator === '=' || condition.operator === '!=')) {
    const { selector, operator, literal } = condition;
    return comparison({ selector, operator, literals: [literal] });
  }
  const { steps } = condition.selector;
  if (condition.kind === 'not-exists') return { condition: not(valueAt(steps, presentProbe)) };
  if (condition.kind === 'is') return { condition: valueAt(steps, constantProbe(condition.value)) };
  const { operator, literal } = condition;
  if (operator === '=' || operator === '!=' || literal.kind !== 'number')
    throw new TypeError(`${operator} takes a number`);
  return { condition: valueAt(steps, orderProbe(operator, literal.text)) };
}

function comparison(made: NonNullable<Alternatives['comparison']>): Alternatives {
  const { steps } = made.selector;
  const equal = equalProbe(made.literals);
  if (made.operator === '=') return { condition: valueAt(steps, equal), comparison: made };
  const condition: ValueCondition = valueAt(steps, unequalProbe(made.literals));
  return { condition: hasWildcard(made.selector) ? { ...condition, contrary: equal } : condition, comparison: made };
}

function joinSides(merged: '=' | '!=', sides: readonly Alternatives[]): Alternatives {
  const groups = new Map<string, Alternatives[]>();
  for (const [index, side] of sides.entries()) {
    const { selector, operator } = side.comparison ?? {};
    // Different values of a wildcard may meet different inequalities.
    const isMergeable = selector && operator === merged && !(merged === '!=' && hasWildcard(selector));
    const key = isMergeable ? JSON.stringify(selector.steps) : String(index);
    groups.set(key, [...(groups.get(key) ?? []), side]);
  }
  const joined = [...groups.values()].map((group) => {
    const [first] = group;
    const literals = group.flatMap((side) => side.comparison?.literals ?? []);
    return group.length > 1 && first?.comparison ? comparison({ ...first.comparison, literals }) : first!;
  });
  const [only] = joined;
  if (joined.length === 1 && only) return only;
  const conditions = joined.map(({ condition }) => condition);
  return { condition: merged === '=' ? or(...conditions) : and(...conditions) };
}
