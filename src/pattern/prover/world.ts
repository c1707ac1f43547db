/**
 * What AWS leaves undocumented about comparisons. The matcher lives in the first world of each list;
 * the prover asks whether a verdict holds in all of them.
 */

/** How `=` and `!=` judge null, true and false. */
export interface ConstantCustom {
  /** Never equal; equal to a lone star only; or compared by its text, as in `= "null"`. */
  readonly equal: 'never' | 'star' | 'text';
  /** Whether `!=` is the opposite of `=`, or never holds. */
  readonly hasUnequal: boolean;
}

/** How an unquoted number in a pattern judges a string that looks like a number. */
export interface NumericStringCustom {
  readonly equal: 'text' | 'value' | 'never';
  /** Whether `>`, `>=`, `<` and `<=` compare it by value, or never hold. */
  readonly hasOrder: boolean;
}

/** When `!=` holds on a selector with a wildcard. */
export type WildcardCustom = 'any-differs' | 'all-differ' | 'none-equals';

export const CONSTANT_CUSTOMS: readonly ConstantCustom[] = [false, true].flatMap((hasUnequal) =>
  (['never', 'star', 'text'] as const).map((equal) => ({ equal, hasUnequal })),
);

export const NUMERIC_STRING_CUSTOMS: readonly NumericStringCustom[] = [false, true].flatMap((hasOrder) =>
  (['text', 'value', 'never'] as const).map((equal) => ({ equal, hasOrder })),
);

export const WILDCARD_CUSTOMS: readonly WildcardCustom[] = ['any-differs', 'all-differ', 'none-equals'];

export interface World {
  readonly constants: ConstantCustom;
  readonly numericStrings: NumericStringCustom;
}

/** Why a verdict is uncertain, by what it hinges on. */
export const UNDOCUMENTED = {
  constants: 'AWS does not document whether = and != hold for null, true and false',
  numericStrings: 'AWS does not document how an unquoted number compares with a string that looks like a number',
  wildcards: 'AWS does not document whether != on a wildcard selector asks that any or that every value differs',
} as const;
