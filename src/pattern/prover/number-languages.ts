import type { Decimal } from '../decimal.ts';
import { DIGITS, oneOf } from './code-points.ts';
import type { Language } from './language.ts';
import { ANY_TEXT, char, choice, optional, repeat, sequence, textLanguage } from './language.ts';

const digit = char(DIGITS);
const digits = repeat(digit, 0);
const nonZero = char(oneOf('123456789'));
const point = textLanguage('.');
const zeros = repeat(textLanguage('0'), 0);
const sign = optional(char(oneOf('+-')));
const exponent = sequence(char(oneOf('eE')), sign, repeat(digit, 1));
const fraction = optional(sequence(point, digits));

/** A way to write numbers: at all, without an exponent, and with one. */
export interface NumberGrammar {
  readonly whole: Language;
  readonly mantissa: Language;
  readonly scientific: Language;
}

const grammar = (mantissa: Language): NumberGrammar => ({
  mantissa,
  whole: sequence(mantissa, optional(exponent)),
  scientific: sequence(mantissa, exponent),
});

/** Numbers as JSON writes them. */
export const JSON_NUMBERS = grammar(
  sequence(
    optional(textLanguage('-')),
    choice(textLanguage('0'), sequence(nonZero, digits)),
    optional(sequence(point, digit, digits)),
  ),
);

/** Numbers as patterns write them, and as a string may look. */
export const NUMBER_TEXTS = grammar(
  sequence(sign, choice(sequence(digit, digits, fraction), sequence(point, digit, digits))),
);

const above = (figure: string): Language => char(oneOf('123456789'.slice(Number(figure))));

/** Mantissas whose size is greater than, and equal to, that of a number with few digits before its point. */
export function sizeLanguages(number: Decimal): { readonly greater: Language; readonly equal: Language } {
  const magnitude = Number(number.magnitude);
  const whole = number.digits === '' || magnitude <= 0 ? '' : number.digits.padEnd(magnitude, '0').slice(0, magnitude);
  const rest =
    number.digits === ''
      ? ''
      : magnitude <= 0
        ? '0'.repeat(-magnitude) + number.digits
        : number.digits.slice(magnitude);
  const greater = [
    sequence(nonZero, repeat(digit, whole.length), fraction),
    ...[...whole].flatMap((figure, at) =>
      figure === '9'
        ? []
        : [
            sequence(
              textLanguage(whole.slice(0, at)),
              above(figure),
              repeat(digit, whole.length - at - 1, whole.length - at - 1),
              fraction,
            ),
          ],
    ),
    ...[...rest].flatMap((figure, at) =>
      figure === '9' ? [] : [sequence(textLanguage(`${whole}.${rest.slice(0, at)}`), above(figure), digits)],
    ),
    sequence(textLanguage(`${whole}.${rest}`), digits, nonZero, digits),
  ];
  const equal = rest === '' ? optional(sequence(point, zeros)) : sequence(textLanguage(`.${rest}`), zeros);
  return {
    greater: sequence(sign, zeros, choice(...greater)),
    equal: sequence(sign, zeros, textLanguage(whole), equal),
  };
}

const noise = repeat(char(oneOf('0.')), 0);
const anyExponent = optional(sequence(char(oneOf('eE')), ANY_TEXT));

export const ZERO_TEXTS = sequence(sign, noise, anyExponent);
export const NEGATIVE_TEXTS = sequence(textLanguage('-'), ANY_TEXT);

/** Numbers whose digits, from the first that is not zero, are greater than or equal to those of a number. */
export function significandLanguages(number: Decimal): { readonly greater: Language; readonly equal: Language } {
  const upTo = (count: number): Language =>
    sequence(...[...number.digits.slice(0, count)].flatMap((figure) => [textLanguage(figure), optional(point)]));
  const tail = repeat(char([...oneOf('.'), ...DIGITS]), 0);
  const greater = [...number.digits].flatMap((figure, at) =>
    figure === '9' ? [] : [sequence(upTo(at), above(figure), tail)],
  );
  greater.push(sequence(upTo(number.digits.length), noise, nonZero, tail));
  return {
    greater: sequence(sign, noise, choice(...greater), anyExponent),
    equal: sequence(sign, noise, upTo(number.digits.length), noise, anyExponent),
  };
}
