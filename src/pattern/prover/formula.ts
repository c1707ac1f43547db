import type { Mask } from './value-classes.ts';

/** A condition over the classes of values, with negation pushed down into the literals. */
export type Formula = Literal | { readonly kind: 'and' | 'or'; readonly parts: readonly Formula[] };

export type Literal =
  /** The value at the place belongs to one of the classes. */
  | { readonly kind: 'in'; readonly node: number; readonly mask: Mask }
  /** Some unnamed member has such a value at the place below it, or none has. */
  | { readonly kind: 'some' | 'none'; readonly node: number; readonly mask: Mask };

export const TRUE: Formula = { kind: 'and', parts: [] };
export const FALSE: Formula = { kind: 'or', parts: [] };

export const isTrue = (formula: Formula): boolean => formula.kind === 'and' && formula.parts.length === 0;
export const isFalse = (formula: Formula): boolean => formula.kind === 'or' && formula.parts.length === 0;

export const allOf = (formulas: readonly Formula[]): Formula => joined('and', formulas);
export const anyOf = (formulas: readonly Formula[]): Formula => joined('or', formulas);

/** Joins formulas, and literals on one place to one. */
function joined(kind: 'and' | 'or', formulas: readonly Formula[]): Formula {
  const [isNeutral, isFinal] = kind === 'and' ? [isTrue, isFalse] : [isFalse, isTrue];
  const literals = new Map<string, Literal>();
  const parts: Formula[] = [];
  const take = (formula: Formula): void => {
    if (isNeutral(formula)) return;
    if (formula.kind === kind && 'parts' in formula) for (const part of formula.parts) take(part);
    else if ('parts' in formula || !isMergeable(formula, kind)) parts.push(formula);
    else {
      const key = `${formula.kind}${formula.node}`;
      const known = literals.get(key);
      literals.set(key, known ? { ...known, mask: mergedMask(known, formula, kind) } : formula);
    }
  };
  for (const formula of formulas) take(formula);
  if (parts.some(isFinal)) return kind === 'and' ? FALSE : TRUE;
  const all = [...literals.values(), ...parts];
  const [only] = all;
  return all.length === 1 && only ? only : { kind, parts: all };
}

/** Two members may meet two demands, and that no member has one value says nothing of another. */
const isMergeable = (literal: Literal, kind: 'and' | 'or'): boolean =>
  literal.kind === 'in' || (literal.kind === 'some') === (kind === 'or');

const mergedMask = (a: Literal, b: Literal, kind: 'and' | 'or'): Mask =>
  a.kind === 'in' && kind === 'and' ? a.mask & b.mask : a.mask | b.mask;
