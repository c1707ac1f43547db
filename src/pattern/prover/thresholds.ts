import { compareNumbers, type Decimal, decimalOf } from '../decimal.ts';

/**
 * The number line, cut at the numbers that some conditions name. Piece `2i` lies just below cut `i`,
 * piece `2i + 1` is the cut itself, and the last piece lies above all of them.
 */
export class Thresholds {
  /** Distinct by value, in order. */
  readonly cuts: readonly string[];

  constructor(numbers: readonly string[]) {
    const sorted = [...numbers].sort((a, b) => compareNumbers(a, b) || a.length - b.length);
    this.cuts = sorted.filter((cut, index) => index === 0 || compareNumbers(sorted[index - 1] ?? '', cut) !== 0);
  }

  get pieces(): number {
    return 2 * this.cuts.length + 1;
  }

  pieceOf(number: string): number {
    for (const [index, cut] of this.cuts.entries()) {
      const order = compareNumbers(number, cut);
      if (order <= 0) return 2 * index + (order === 0 ? 1 : 0);
    }
    return 2 * this.cuts.length;
  }

  /** A number of a piece, as JSON writes it. */
  sampleOf(piece: number): string {
    const near = Math.floor(piece / 2);
    if (piece % 2 === 1) return jsonNumber(this.cuts[near] ?? '0');
    return this.#niceSample(piece) ?? betweenNumbers(this.cuts[near - 1], this.cuts[near]);
  }

  #niceSample(piece: number): string | undefined {
    const near = [this.cuts[Math.floor(piece / 2) - 1], this.cuts[Math.floor(piece / 2)]].flatMap((cut) => {
      const value = Number(cut);
      if (cut === undefined || !(Math.abs(value) < 1e15)) return [];
      return [1, 10, 0.5, 0.1].flatMap((step) => [Math.floor(value) + step, Math.ceil(value) - step]);
    });
    const nice = [0, 1, -1, 2, 5, 10, 100, ...near].map((value) => String(value));
    return nice.find((text) => /^[-0-9.]+$/.test(text) && this.pieceOf(text) === piece);
  }

  /**
   * Could a number with this sign and these leading digits lie in the piece, given the right power of
   * ten? `compare` orders the digits of the number against those of another.
   */
  isConceivable(piece: number, number: Significand): boolean {
    const near = Math.floor(piece / 2);
    const cut = (index: number): Decimal | undefined => {
      const text = this.cuts[index];
      return text === undefined ? undefined : decimalOf(text);
    };
    if (piece % 2 === 1) {
      const point = decimalOf(this.cuts[near] ?? '0');
      if (point.digits === '') return number.isZero;
      return !number.isZero && point.negative === number.isNegative && number.order(near) === 0;
    }
    const [below, above] = [cut(near - 1), cut(near)];
    if (number.isZero) return !(below && !below.negative) && !(above && (above.negative || above.digits === ''));
    const [inner, outer] = number.isNegative ? [above, below] : [below, above];
    if (outer && (outer.digits === '' || outer.negative !== number.isNegative)) return false;
    // Zero and what has the other sign bound nothing from within; without a bound without, any power does.
    if (!inner || inner.digits === '' || inner.negative !== number.isNegative || !outer) return true;
    const [innerOrder, outerOrder] = number.isNegative
      ? [number.order(near), number.order(near - 1)]
      : [number.order(near - 1), number.order(near)];
    const powers = outer.magnitude - inner.magnitude;
    if (powers === 0n) return innerOrder > 0 && outerOrder < 0;
    return powers > 1n || innerOrder > 0 || outerOrder < 0;
  }
}

/** What can be told of a number without its power of ten. */
export interface Significand {
  readonly isZero: boolean;
  readonly isNegative: boolean;
  /** How its digits, from the first that is not zero, compare with those of a cut. */
  order(cut: number): number;
}

/** A number text of the patterns in the grammar of JSON, which knows no `+5`, `.5`, `5.` and `007`. */
export function jsonNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^[+]?(-?)0*(\d*)(?:\.(\d*))?((?:[eE][+-]?\d+)?)$/.exec(text) ?? [];
  return `${sign}${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}${exponent}`;
}

/** A number strictly between two others, of which either may be missing. */
function betweenNumbers(below: string | undefined, above: string | undefined): string {
  const [low, high] = [below, above].map((text) => (text === undefined ? undefined : decimalOf(text)));
  if (low && !low.negative) return low.digits === '' ? belowPositive(high) : abovePositive(low, high);
  if (high && (high.negative || high.digits === ''))
    return `-${high.digits === '' ? belowPositive(low) : abovePositive(high, low)}`;
  return '0';
}

const belowPositive = (number: Decimal | undefined): string =>
  number ? scientific(number.digits, number.magnitude - 1n) : '1';

/** Sizes only: a little more than `inner`, and so less than `outer`, which is larger. */
function abovePositive(inner: Decimal, outer: Decimal | undefined): string {
  if (!outer) return scientific(inner.digits, inner.magnitude + 1n);
  const length = Math.max(inner.digits.length, outer.digits.length) + 1;
  return scientific(`${inner.digits.padEnd(length, '0')}5`, inner.magnitude);
}

/** 0.digits × 10^magnitude as JSON writes it. */
const scientific = (digits: string, magnitude: bigint): string =>
  `${digits.charAt(0)}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${magnitude - 1n}`;
