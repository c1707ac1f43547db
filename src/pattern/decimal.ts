const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Is `text` a number as patterns write it: `450`, `-3`, `+.5`, `12.`, `1e-3`? */
export const isNumberText = (text: string): boolean => NUMBER.test(text);

/** The finite number that `text` writes, or undefined. */
export function parseNumber(text: string): number | undefined {
  if (!isNumberText(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The exact value 0.digits × 10^magnitude. Zero has no digits. */
export interface Decimal {
  readonly negative: boolean;
  /** Significant digits, neither beginning nor ending with a zero. */
  readonly digits: string;
  readonly magnitude: bigint;
}

/** Takes a number text apart. It must satisfy `isNumberText`. */
export function decimalOf(text: string): Decimal {
  const negative = text.startsWith('-');
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text;
  const mark = unsigned.search(/[eE]/);
  const mantissa = mark < 0 ? unsigned : unsigned.slice(0, mark);
  const exponent = mark < 0 ? 0n : exponentOf(unsigned.slice(mark + 1));
  const point = mantissa.indexOf('.');
  const whole = point < 0 ? mantissa : mantissa.slice(0, point);
  const all = point < 0 ? mantissa : whole + mantissa.slice(point + 1);
  // Loops, not expressions: /0+$/ would take quadratic time on zeros that end in another digit.
  let first = 0;
  while (first < all.length && all.charAt(first) === '0') first += 1;
  let last = all.length;
  while (last > first && all.charAt(last - 1) === '0') last -= 1;
  return { negative, digits: all.slice(first, last), magnitude: exponent + BigInt(whole.length - first) };
}

const exponentOf = (text: string): bigint =>
  text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.startsWith('+') ? text.slice(1) : text);

/**
 * Compares two number texts by their exact values, whatever their size: negative when `left` is
 * smaller, zero when equal, positive when larger. Both must satisfy `isNumberText`.
 */
export function compareNumbers(left: string, right: string): number {
  // Rounding to doubles never reverses an order, so exact work is needed for equal doubles only.
  const [near, far] = [Number(left), Number(right)];
  if (near !== far) return near < far ? -1 : 1;
  const [a, b] = [decimalOf(left), decimalOf(right)];
  if (a.digits === '' || b.digits === '') return signOf(a) - signOf(b);
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  return a.negative ? compareSizes(b, a) : compareSizes(a, b);
}

const signOf = (decimal: Decimal): number => (decimal.digits === '' ? 0 : decimal.negative ? -1 : 1);

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.magnitude !== b.magnitude) return a.magnitude < b.magnitude ? -1 : 1;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}
