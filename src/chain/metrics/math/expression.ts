/** A metric math expression, read. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** The Id of a metric or of another expression. */
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'negate'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Argument[] };

/** What a function may be given: beside values, a text such as "errors" or a word such as REPEAT. */
export type Argument =
  | Expression
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'word'; readonly word: string };

export type Operator = 'OR' | 'AND' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '^';

/** Why an expression cannot be read or computed, in words that follow "Error in expression 'e1': ". */
export class ExpressionFault extends Error {}
