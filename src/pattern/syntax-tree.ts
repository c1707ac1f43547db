/**
 * The syntax tree of a filter pattern: plain frozen objects. Every node says where it stands in the
 * pattern, in UTF-16 units: `start` is its first unit, `end` is the one after its last.
 */
export interface Located {
  readonly start: number;
  readonly end: number;
}

export type Pattern = EverythingPattern | TextPattern | JsonPattern | DelimitedPattern;

/** The empty or blank pattern, which matches every event. */
export interface EverythingPattern extends Located {
  readonly kind: 'everything';
}

/** Terms looked for in the raw message. */
export interface TextPattern extends Located {
  readonly kind: 'text';
  readonly terms: readonly Term[];
}

export interface Term extends Located {
  readonly kind: 'term';
  /** `exclude` is written `-term`, `optional` is written `?term`. */
  readonly role: 'include' | 'exclude' | 'optional';
  readonly literal: TextLiteral | RegexLiteral;
}

export interface JsonPattern extends Located {
  readonly kind: 'json';
  readonly root: Combination<JsonCondition>;
}

/** Conditions joined by `&&` and `||`. Parentheses leave no node of their own. */
export type Combination<Condition> = Condition | Joined<Condition>;

export interface Joined<Condition> extends Located {
  readonly kind: 'and' | 'or';
  /** Two or more. */
  readonly operands: readonly Combination<Condition>[];
}

export type JsonCondition = CompareCondition | IsCondition | NotExistsCondition;

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=';

export interface CompareCondition extends Located {
  readonly kind: 'compare';
  readonly selector: Selector;
  readonly operator: Operator;
  readonly literal: Literal;
}

export interface IsCondition extends Located {
  readonly kind: 'is';
  readonly selector: Selector;
  readonly value: null | boolean;
}

export interface NotExistsCondition extends Located {
  readonly kind: 'not-exists';
  readonly selector: Selector;
}

export interface Selector extends Located {
  /** As written, for example `$.userIdentity.type`. */
  readonly text: string;
  /** One or more. At most one of them is `every`. */
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  /** `.*` and `[*]`: every member or element, one level deep. */
  | { readonly kind: 'every' };

export type Literal = TextLiteral | GlobLiteral | NumberLiteral | RegexLiteral;

export interface TextLiteral extends Located {
  readonly kind: 'text';
  /** Without quotes and escapes. */
  readonly text: string;
  readonly quoted: boolean;
}

/** A text with stars, each standing for any run of characters. */
export interface GlobLiteral extends Located {
  readonly kind: 'glob';
  readonly text: string;
  readonly quoted: boolean;
  /** What stands between the stars; one more than there are stars. */
  readonly parts: readonly string[];
}

/** An unquoted number. */
export interface NumberLiteral extends Located {
  readonly kind: 'number';
  readonly text: string;
  /** The nearest double. Comparison goes by `text` where doubles cannot tell. */
  readonly value: number;
}

export interface RegexLiteral extends Located {
  readonly kind: 'regex';
  /** Between the percent signs, as written. */
  readonly source: string;
}

/** `[a, b = 4*, ...]` over the white-space separated fields of a message. */
export interface DelimitedPattern extends Located {
  readonly kind: 'delimited';
  readonly entries: readonly Entry[];
}

export type Entry = EllipsisEntry | FieldEntry;

export interface EllipsisEntry extends Located {
  readonly kind: 'ellipsis';
}

export interface FieldEntry extends Located {
  readonly kind: 'field';
  /** Undefined for an empty entry. */
  readonly name: string | undefined;
  readonly condition: Combination<FieldCondition> | undefined;
}

export type FieldCondition = FieldComparison | FieldMention;

export interface FieldComparison extends Located {
  readonly kind: 'field-compare';
  readonly operator: Operator;
  readonly literal: Literal;
}

/** The bare name of the field, which holds for any value. */
export interface FieldMention extends Located {
  readonly kind: 'field-mention';
}
