export const isNumber = (text: string): boolean =>
  /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text) && /[0-9]/.test(text);

/** A number as units × 10^exponent. */
function scaled(text: string): { units: bigint; exponent: number } {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const units = BigInt(`0${whole}${fraction}`) * (mantissa.startsWith('-') ? -1n : 1n);
  return { units, exponent: Number(exponent) - fraction.length };
}

/** Beyond this nobody can write the digits out; the sizes alone tell. */
const LARGEST_SHIFT = 5000;

/** Compares two numbers as fractions of whole numbers. */
export function compareNaively(left: string, right: string): number {
  const [a, b] = [scaled(left), scaled(right)];
  const sign = (units: bigint): number => (units > 0n ? 1 : units < 0n ? -1 : 0);
  if (sign(a.units) !== sign(b.units)) return sign(a.units) - sign(b.units);
  if (a.units === 0n) return 0;
  const shift = Math.abs(a.exponent - b.exponent);
  if (shift > LARGEST_SHIFT) return (a.exponent > b.exponent ? 1 : -1) * sign(a.units);
  const factor = 10n ** BigInt(shift);
  return sign(a.exponent > b.exponent ? a.units * factor - b.units : a.units - b.units * factor);
}

/** Tries every length of every star. `reached` holds the places in the text that the glob so far can end at. */
export function naiveGlob(glob: string, text: string): boolean {
  let reached = new Set([0]);
  for (const char of glob.split('')) {
    const next = new Set<number>();
    for (const at of reached) {
      if (char === '*') for (let end = at; end <= text.length; end += 1) next.add(end);
      else if (text.charAt(at) === char) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(text.length);
}

const known = new Map<string, RegExp>();

/** JavaScript's own engine, told what AWS's dialect means. Throws `SyntaxError` where it cannot be told. */
export function naiveRegex(source: string): (text: string) => boolean {
  const compiled = known.get(source) ?? new RegExp(translated(source), 'su');
  if (known.size > 10_000) known.clear();
  known.set(source, compiled);
  return (text) => compiled.test(text);
}

const ANY_BUT_BLANK = '\\0-\\x08\\x0b\\x0e-\\x1f\\x21-\\u{10ffff}';

/** Token by token, each put as JavaScript's strict mode wants it. */
function translated(source: string): string {
  /** Tokens read of the class that is open; undefined outside of one. */
  let inClass: number | undefined;
  let isNegated = false;
  const translate = (token: string): string => {
    if (inClass === undefined) {
      if (token === '[') [inClass, isNegated] = [0, false];
      if (token.startsWith('{')) return token.replace('{,', '{0,');
      if (token.startsWith('\\')) return escaped(token.slice(1), false);
      // Strict mode lets nothing repeat the ends of the text, which the dialect does not forbid.
      if (token === '^' || token === '$') return `(?:${token})`;
      return token === ']' || token === '}' ? `\\${token}` : token;
    }
    if (token === '^' && inClass === 0 && !isNegated) {
      isNegated = true;
      return token;
    }
    if (token === ']' && inClass > 0) {
      inClass = undefined;
      return token;
    }
    inClass += 1;
    return token.startsWith('\\') ? escaped(token.slice(1), true) : token.replace(/[\][{}|^$.*+?]/g, '\\$&');
  };
  const tokens = source.match(/\\x[0-9a-fA-F]{2}|\\.|\{\d*,?\d*\}|./gs) ?? [];
  return tokens.map(translate).join('');
}

function escaped(rest: string, isInClass: boolean): string {
  if (rest === 's') return isInClass ? '\\t\\n\\f\\r ' : '[\\t\\n\\f\\r ]';
  if (rest === 'S') return isInClass ? ANY_BUT_BLANK : `[${ANY_BUT_BLANK}]`;
  return /^[dDwWx]/.test(rest) ? `\\${rest}` : `\\u{${rest.codePointAt(0)?.toString(16)}}`;
}
