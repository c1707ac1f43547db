const LARGEST = 1_000_000_000;

type Comparison = (value: number, bound: number) => boolean;
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['=', (value, bound) => value === bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
]);

/**
 * Reads `[">", 0, "<=", 5]` as a test of numbers.
 * @throws Error in AWS's words
 */
export function readNumeric(terms: unknown): (value: number) => boolean {
  if (!Array.isArray(terms)) throw new Error('Value of numeric must be an array.');
  const [operator, bound, second, top, ...rest] = terms as unknown[];
  if (typeof operator !== 'string') {
    throw new Error(`Invalid member in numeric match: ${terms.length === 0 ? ']' : shown(operator)}`);
  }
  const compare = COMPARISONS.get(operator);
  if (!compare) throw new Error(`Unrecognized numeric range operator: ${operator}`);
  const bottom = readBound(operator === '=' ? 'equals' : operator, bound);
  if (terms.length <= 2) return (value) => compare(value, bottom);
  if (operator !== '>' && operator !== '>=') throw new Error('Too many elements in numeric expression');
  if (typeof second !== 'string') throw new Error(`Bad value in numeric range: ${shown(second)}`);
  const compareTop = COMPARISONS.get(second);
  if (!compareTop || !second.startsWith('<')) throw new Error(`Bad numeric range operator: ${second}`);
  const upper = readBound(second, top);
  if (upper <= bottom) throw new Error('Bottom must be less than top');
  if (rest.length > 0) throw new Error('Too many terms in numeric range');
  return (value) => compare(value, bottom) && compareTop(value, upper);
}

function readBound(operator: string, bound: unknown): number {
  if (typeof bound !== 'number') throw new Error(`Value of ${operator} must be numeric`);
  return checkedNumber(bound);
}

/** @throws Error for a number beyond a thousand million either way */
export function checkedNumber(value: number): number {
  if (Math.abs(value) > LARGEST) throw new Error('Value must be between -1.0E9 and 1.0E9, inclusive');
  return value;
}

const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 100);
