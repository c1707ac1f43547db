import type { Rule } from './rule.ts';
import { ruleMatches } from './rule.ts';

/** Is there a message on one side of the border between two rules? */
export type Finding =
  | { readonly kind: 'some'; readonly message: string }
  | { readonly kind: 'none' }
  /** There may be one or not. The message is what is known to lie there as the matcher judges. */
  | { readonly kind: 'hinges'; readonly message: string | undefined; readonly reasons: readonly string[] };

export type Side = 'onlyA' | 'onlyB' | 'both';
export type Findings = Readonly<Record<Side, Finding>>;

export const SIDES: readonly Side[] = ['onlyA', 'onlyB', 'both'];

const WANTED: Readonly<Record<Side, readonly [boolean, boolean]>> = {
  onlyA: [true, false],
  onlyB: [false, true],
  both: [true, true],
};

/** Does the message lie on the side, by the rules as they run? */
export function liesOn(side: Side, a: Rule, b: Rule, message: string): boolean {
  const [inA, inB] = WANTED[side];
  return ruleMatches(a, message) === inA && ruleMatches(b, message) === inB;
}

export const findingsBySide = (findingOf: (side: Side) => Finding): Findings => ({
  onlyA: findingOf('onlyA'),
  onlyB: findingOf('onlyB'),
  both: findingOf('both'),
});

export const unknown = (...reasons: readonly string[]): Finding => ({ kind: 'hinges', message: undefined, reasons });
