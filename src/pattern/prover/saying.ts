/** A text as a filter pattern can write it: any run of characters between each two parts. */
export interface SaidText {
  readonly parts: readonly string[];
  /** Letters A to Z count alike in both cases, which a filter pattern can say by a regular expression only. */
  readonly ignoresCase: boolean;
}

export type OrderSign = '=' | '>' | '>=' | '<' | '<=';

/** What a probe asks of a value, in words that a filter pattern has. Probes without it ask for something else. */
export type Saying =
  | {
      readonly kind: 'texts' | 'no-texts';
      readonly texts: readonly SaidText[];
      /** The texts of numbers, true and false count too. */
      readonly scalars?: boolean;
    }
  /** All of the bounds. */
  | { readonly kind: 'numbers'; readonly bounds: readonly { readonly sign: OrderSign; readonly number: string }[] }
  | { readonly kind: 'constant'; readonly value: boolean | null }
  /** A value of some kind, or one that is not null. */
  | { readonly kind: 'present' | 'not-null' }
  | { readonly kind: 'list' };

/** What is said of alternatives that can each be said as texts. */
export function anySaid(
  texts: readonly (SaidText | undefined)[],
  kind: 'texts' | 'no-texts' = 'texts',
): Saying | undefined {
  const said = texts.filter((text) => text !== undefined);
  return said.length === texts.length ? { kind, texts: said } : undefined;
}
