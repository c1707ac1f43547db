import type { Budget } from './budget.ts';
import type { Rule } from './rule.ts';

/** Is there a message that only the one rule matches, or only the other, or both? */
export type Finding =
  | { readonly kind: 'some'; readonly message: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'hinges'; readonly message: string | undefined; readonly reasons: readonly string[] };

export interface Findings {
  readonly onlyA: Finding;
  readonly onlyB: Finding;
  readonly both: Finding;
}

/** Compares rules of which some judge the message as text. */
export function messageFindings(_a: Rule, _b: Rule, _budget: Budget): Findings {
  const unknown: Finding = { kind: 'hinges', message: undefined, reasons: ['not yet'] };
  return { onlyA: unknown, onlyB: unknown, both: unknown };
}
