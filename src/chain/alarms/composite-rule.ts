import type { AlarmState } from './rule.ts';

/** A composite alarm's rule, with its children by the names it uses for them. */
export type CompositeRule =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: AlarmState; readonly child: string }
  | { readonly kind: 'not'; readonly inner: CompositeRule }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly CompositeRule[] }
  | {
      readonly kind: 'at-least';
      /** How many of the children it takes. */
      readonly needed: number;
      readonly negated: boolean;
      readonly state: AlarmState;
      readonly children: readonly string[];
    };

export type StateOf = (child: string) => AlarmState;

/** Whether the rule holds. */
export function holds(rule: CompositeRule, stateOf: StateOf): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.child) === rule.state;
    case 'not':
      return !holds(rule.inner, stateOf);
    case 'and':
      return rule.parts.every((part) => holds(part, stateOf));
    case 'or':
      return rule.parts.some((part) => holds(part, stateOf));
    case 'at-least':
      return rule.children.filter((child) => isCounted(rule, child, stateOf)).length >= rule.needed;
  }
}

/** The children whose states make the rule hold, or not hold, in the order in which it names them. */
export function deciders(rule: CompositeRule, stateOf: StateOf): string[] {
  const verdict = holds(rule, stateOf);
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.child];
    case 'not':
      return deciders(rule.inner, stateOf);
    case 'and':
    case 'or': {
      const parts = rule.parts.filter((part) => holds(part, stateOf) === verdict);
      return [...new Set(parts.flatMap((part) => deciders(part, stateOf)))];
    }
    case 'at-least':
      return [...new Set(rule.children)].filter((child) => isCounted(rule, child, stateOf) === verdict);
  }
}

/** Every child that the rule names, once, in its order. */
export function childrenIn(rule: CompositeRule): string[] {
  const found = new Set<string>();
  const visit = (part: CompositeRule): void => {
    if (part.kind === 'state') found.add(part.child);
    else if (part.kind === 'not') visit(part.inner);
    else if (part.kind === 'at-least') for (const child of part.children) found.add(child);
    else if (part.kind !== 'constant') part.parts.forEach(visit);
  };
  visit(rule);
  return [...found];
}

const isCounted = (
  rule: { readonly negated: boolean; readonly state: AlarmState },
  child: string,
  stateOf: StateOf,
): boolean => (stateOf(child) === rule.state) !== rule.negated;
