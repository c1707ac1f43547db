import type { Combination, Joined, Located } from './syntax-tree.ts';

type Tagged = Located & { readonly kind: string };

const isJoined = <Condition extends Tagged>(combination: Combination<Condition>): combination is Joined<Condition> =>
  combination.kind === 'and' || combination.kind === 'or';

/** The conditions of a combination, in the order they are written. */
export function conditionsOf<Condition extends Tagged>(combination: Combination<Condition>): Condition[] {
  if (!isJoined(combination)) return [combination];
  return combination.operands.flatMap((operand) => conditionsOf(operand));
}

/** How to make one `Result` of conditions and of what `&&` and `||` join. */
export interface Fold<Condition, Result> {
  readonly condition: (condition: Condition) => Result;
  readonly and: (operands: readonly Result[]) => Result;
  readonly or: (operands: readonly Result[]) => Result;
}

/** Works a combination out from its leaves. Its depth is bounded by the length of a pattern. */
export function foldCombination<Condition extends Tagged, Result>(
  combination: Combination<Condition>,
  fold: Fold<Condition, Result>,
): Result {
  if (!isJoined(combination)) return fold.condition(combination);
  const operands = combination.operands.map((operand) => foldCombination(operand, fold));
  return combination.kind === 'and' ? fold.and(operands) : fold.or(operands);
}

export type Test<Subject> = (subject: Subject) => boolean;

/** Compiles a combination into one function, given how to compile a condition. */
export const testOfCombination = <Condition extends Tagged, Subject>(
  combination: Combination<Condition>,
  testOfCondition: (condition: Condition) => Test<Subject>,
): Test<Subject> =>
  foldCombination<Condition, Test<Subject>>(combination, {
    condition: testOfCondition,
    and: (tests) => (subject) => tests.every((test) => test(subject)),
    or: (tests) => (subject) => tests.some((test) => test(subject)),
  });
