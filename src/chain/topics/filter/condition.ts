import { readCidr } from './cidr.ts';
import { checkedNumber, readNumeric } from './numeric.ts';
import { Wildcard } from './wildcard.ts';

export type Scalar = string | number | boolean | null;

/** One alternative of a list in a filter policy: a test of everything that stands under the key. */
export interface Condition {
  /** @param values what the message has there; undefined when it has nothing */
  holds(values: readonly Scalar[] | undefined): boolean;
  /** Points of this condition's wildcards, of which a policy may have a hundred. */
  readonly points: number;
}

const MOST_STARS = 3;
/** The words that begin an operator: an object with one of them is no branch of `$or`. */
const OPERATORS: ReadonlyMap<string, (value: unknown) => Condition> = new Map([
  ['prefix', (value) => anyText(prefix(text('prefix', value)))],
  ['suffix', (value) => anyText(suffix(text('suffix', value)))],
  ['equals-ignore-case', (value) => anyText(sameWord(text('equals-ignore-case', value)))],
  ['wildcard', readWildcard],
  // AWS says "prefix" here too.
  ['cidr', (value) => anyText(readCidr(text('prefix', value)))],
  ['numeric', (value) => anyNumber(readNumeric(value))],
  ['exists', readExists],
  ['anything-but', readAnythingBut],
]);

export const isOperator = (word: string): boolean => OPERATORS.has(word);

/**
 * Reads one alternative.
 * @throws Error in AWS's words
 */
export function readCondition(rule: unknown): Condition {
  if (isScalar(rule)) {
    if (typeof rule === 'number') checkedNumber(rule);
    return any((value) => value === rule);
  }
  if (typeof rule !== 'object' || Array.isArray(rule)) {
    throw new Error('Match value must be String, number, true, false, or null');
  }
  const [first, ...others] = Object.entries(rule as object);
  if (!first || others.length > 0) throw new Error('Only one key allowed in match expression');
  const read = OPERATORS.get(first[0]);
  if (!read) throw new Error(`Unrecognized match type ${first[0]}`);
  return read(first[1]);
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

type TextTest = (value: string) => boolean;

const prefix =
  (start: string): TextTest =>
  (value) =>
    value.startsWith(start);
const suffix =
  (end: string): TextTest =>
  (value) =>
    value.endsWith(end);
function sameWord(word: string): TextTest {
  const folded = word.toLowerCase();
  return (value) => value.toLowerCase() === folded;
}

const any = (test: (value: Scalar) => boolean, points = 0): Condition => ({
  points,
  holds: (values) => values?.some(test) ?? false,
});
const anyText = (test: TextTest, points = 0): Condition =>
  any((value) => typeof value === 'string' && test(value), points);
const anyNumber = (test: (value: number) => boolean): Condition =>
  any((value) => typeof value === 'number' && test(value));

function text(operator: string, value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${operator} match pattern must be a string`);
  return value;
}

function wildcard(value: unknown): { test: TextTest; points: number } {
  const pattern = new Wildcard(text('wildcard', value));
  if (pattern.stars > MOST_STARS) throw new Error(`wildcard match pattern can not have more than ${MOST_STARS} *`);
  return { test: (candidate) => pattern.matches(candidate), points: pattern.stars > 1 ? 3 : 1 };
}

function readWildcard(value: unknown): Condition {
  const { test, points } = wildcard(value);
  return anyText(test, points);
}

function readExists(value: unknown): Condition {
  if (typeof value !== 'boolean') throw new Error('exists match pattern must be either true or false.');
  return { points: 0, holds: (values) => (values !== undefined) === value };
}

/** Of several values none may be what is excluded; where there is nothing, nothing differs from it. */
const nothingLike = (excluded: (value: Scalar) => boolean, points = 0): Condition => ({
  points,
  holds: (values) => values !== undefined && values.length > 0 && !values.some(excluded),
});

function readAnythingBut(value: unknown): Condition {
  if (typeof value !== 'object' || value === null) {
    const excluded = excludedValues([value]);
    return nothingLike((candidate) => excluded.has(candidate));
  }
  if (Array.isArray(value)) {
    const excluded = excludedValues(value);
    return nothingLike((candidate) => excluded.has(candidate));
  }
  const [first, ...others] = Object.entries(value);
  if (!first || others.length > 0) throw new Error('Only one key allowed in match expression');
  return anythingButPattern(...first);
}

function excludedValues(values: readonly unknown[]): ReadonlySet<Scalar> {
  if (values.length === 0) throw new Error('Empty arrays are not allowed');
  for (const value of values) {
    if (typeof value === 'number') checkedNumber(value);
    else if (typeof value !== 'string') {
      throw new Error('Inside anything-but list, only strings and numbers are supported');
    }
  }
  return new Set(values as Scalar[]);
}

/** The patterns that anything-but takes: one text, or a list of them. */
const EXCLUDING: ReadonlyMap<string, (value: unknown) => { test: TextTest; points: number }> = new Map([
  ['prefix', (value) => ({ test: prefix(text('prefix', value)), points: 0 })],
  ['suffix', (value) => ({ test: suffix(text('suffix', value)), points: 0 })],
  ['equals-ignore-case', (value) => ({ test: sameWord(text('equals-ignore-case', value)), points: 0 })],
  ['wildcard', wildcard],
]);

function anythingButPattern(operator: string, value: unknown): Condition {
  const read = EXCLUDING.get(operator);
  if (!read) throw new Error(`Unsupported anything-but pattern: ${operator}`);
  const listed = Array.isArray(value) ? value : [value];
  if (listed.length === 0) throw new Error('Empty arrays are not allowed');
  const tests = listed.map(read);
  const points = tests.reduce((sum, test) => sum + test.points, 0);
  return nothingLike((candidate) => typeof candidate === 'string' && tests.some(({ test }) => test(candidate)), points);
}
