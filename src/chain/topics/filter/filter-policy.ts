import { type Condition, isOperator, readCondition } from './condition.ts';

export type FilterScope = 'MessageAttributes' | 'MessageBody';

/** A filter policy, ready to match: every member must hold. */
export interface FilterNode {
  /** Conditions on what stands under a key: one of them must hold. */
  readonly leaves: readonly { readonly key: string; readonly oneOf: readonly Condition[] }[];
  /** What must hold of the object under a key. */
  readonly nested: readonly { readonly key: string; readonly node: FilterNode }[];
  /** Of each group one must hold. */
  readonly alternatives: readonly (readonly FilterNode[])[];
}

const LARGEST = 256 * 1024;
const MOST_KEYS = 5;
const MOST_COMBINATIONS = 150;
const MOST_POINTS = 100;
/** Deeper nesting cannot be within the allowed combinations in any useful way, and must not exhaust the stack. */
const DEEPEST = 100;

/** What a policy amounts to while it is read. */
interface Weighed {
  readonly node: FilterNode;
  readonly combinations: number;
  readonly points: number;
}

/**
 * Reads a filter policy.
 * @throws Error in AWS's words, to go behind `FilterPolicy: `
 */
export function readFilterPolicy(text: string, scope: FilterScope): FilterNode {
  if (Buffer.byteLength(text) > LARGEST) throw new Error('Filter policy can not be larger than 256 KB');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error('failed to parse JSON.');
  }
  if (!isObject(document)) throw new Error('Filter is not an object');
  if (Object.keys(document).length > MOST_KEYS) {
    throw new Error(`Filter policy can not have more than ${MOST_KEYS} keys`);
  }
  const { node, combinations, points } = readObject(document, scope, 1);
  if (combinations > MOST_COMBINATIONS || points > MOST_POINTS) throw new Error('Filter policy is too complex');
  return node;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readObject(document: Record<string, unknown>, scope: FilterScope, depth: number): Weighed {
  if (depth > DEEPEST) throw new Error('Filter policy is too complex');
  const leaves: FilterNode['leaves'][number][] = [];
  const nested: FilterNode['nested'][number][] = [];
  const alternatives: (readonly FilterNode[])[] = [];
  let combinations = 1;
  let points = 0;
  const weigh = (factor: number, added: number): void => {
    combinations *= factor;
    points += added;
  };
  for (const [key, value] of Object.entries(document)) {
    if (key === '$or' && isAlternatives(value)) {
      const branches = value.map((branch) => readObject(branch, scope, depth));
      alternatives.push(branches.map(({ node }) => node));
      weigh(sum(branches.map((branch) => branch.combinations)), sum(branches.map((branch) => branch.points)));
    } else if (Array.isArray(value)) {
      const oneOf = readAlternatives(value);
      leaves.push({ key, oneOf });
      // A value counts as often as its key is deep; patterns with stars weigh on each other.
      weigh(value.length * depth, sum(oneOf.map((condition) => condition.points)) * starred(oneOf));
    } else if (isObject(value)) {
      if (scope === 'MessageAttributes') {
        throw new Error('Filter policy scope MessageAttributes does not support nested filter policy');
      }
      if (Object.keys(value).length === 0) throw new Error('Empty objects are not allowed');
      const inner = readObject(value, scope, depth + 1);
      nested.push({ key, node: inner.node });
      weigh(inner.combinations, inner.points);
    } else {
      throw new Error(`"${key}" must be an object or an array`);
    }
  }
  return { node: { leaves, nested, alternatives }, combinations, points };
}

function readAlternatives(values: readonly unknown[]): Condition[] {
  if (values.length === 0) throw new Error('Empty arrays are not allowed');
  // Before anything is read: so many can only be too complex.
  if (values.length > MOST_COMBINATIONS) throw new Error('Filter policy is too complex');
  return values.map(readCondition);
}

/** `$or` is an operator only before two or more objects that are policies themselves; else it is a key like others. */
const isAlternatives = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) &&
  value.length >= 2 &&
  value.every((branch) => isObject(branch) && !Object.keys(branch).some(isOperator) && Object.keys(branch).length > 0);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const starred = (conditions: readonly Condition[]): number => conditions.filter(({ points }) => points > 0).length;
