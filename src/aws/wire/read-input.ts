import { brokenByNumber, brokenBySize, brokenByText, type Constraint, type NumberWidth } from './constraints.ts';
import type { Member, Shape } from './shape.ts';
import { Unreadable } from './unreadable.ts';
import { MOST_VIOLATIONS, type Violation } from './violation.ts';

/**
 * What differs between the protocols: how a list is spelt, how a number is written. Every method
 * throws `Unreadable` for a node that cannot be what is asked for.
 */
export interface Format<Node = unknown> {
  isNull(node: Node): boolean;
  assertStruct(node: Node): void;
  member(node: Node, member: Member): Node | undefined;
  items(node: Node, shape: Shape): Node[];
  entries(node: Node, shape: Shape): [string, Node][];
  string(node: Node): string;
  /** Not yet checked against its width. */
  number(node: Node, width: NumberWidth | undefined): number;
  boolean(node: Node): boolean;
  blob(node: Node): Uint8Array;
  timestamp(node: Node, shape: Shape): Date;
  document(node: Node): unknown;
}

export interface ReadInput {
  readonly input: Record<string, unknown>;
  /** In the order of the schema; at most a hundred. */
  readonly violations: readonly Violation[];
}

/** No input of the served operations nests deeper than a dozen levels. */
const DEEPEST = 64;
/** Of a list or map of the wrong size no more is read than a message shows. */
const SHOWN = 50;

/** Turns a decoded body into an operation's typed input, strictly, and checks every constraint. */
export function readInput<Node>(shape: Shape, body: Node, format: Format<Node>): ReadInput {
  if (shape.members.length === 0) return { input: {}, violations: [] };
  const walk = new Walk(format);
  try {
    return { input: walk.struct(shape, body, 0), violations: walk.violations };
  } catch (fault) {
    if (fault instanceof EnoughViolations) return { input: {}, violations: walk.violations };
    throw fault;
  }
}

/** Ends the walk through an input that is wrong in a hundred places. */
class EnoughViolations extends Error {}

class Walk<Node> {
  readonly violations: Violation[] = [];
  readonly #format: Format<Node>;
  /** Member labels; a number is a position in a list, from 0. */
  readonly #path: (string | number)[] = [];

  constructor(format: Format<Node>) {
    this.#format = format;
  }

  struct(shape: Shape, node: Node, depth: number): Record<string, unknown> {
    if (depth > DEEPEST) throw new Unreadable('The input is nested too deeply');
    const format = this.#format;
    format.assertStruct(node);
    const out: Record<string, unknown> = {};
    let present = 0;
    for (const member of shape.members) {
      const child = format.member(node, member);
      if (child === undefined || format.isNull(child)) {
        if (member.required) this.#report(['Member must not be null'], undefined, member.shape, member.label);
        continue;
      }
      present += 1;
      out[member.name] = this.#at(member.label, member.shape, child, depth);
    }
    if (shape.union && present !== 1) {
      throw new Unreadable(`Exactly one member of ${shape.name} must be set, found ${present}`);
    }
    return out;
  }

  #at(label: string | number, shape: Shape, node: Node, depth: number): unknown {
    this.#path.push(label);
    const value = this.#value(shape, node, depth + 1);
    this.#path.pop();
    return value;
  }

  #value(shape: Shape, node: Node, depth: number): unknown {
    const { constraint } = shape;
    switch (shape.kind) {
      case 'struct':
        return this.struct(shape, node, depth);
      case 'list':
        return this.#list(shape, node, depth);
      case 'map':
        return this.#map(shape, node, depth);
      case 'string': {
        const text = this.#format.string(node);
        if (constraint) this.#report(brokenByText(text, constraint), text, shape);
        return text;
      }
      case 'number': {
        const value = inWidth(this.#format.number(node, constraint?.num), constraint?.num);
        if (constraint) this.#report(brokenByNumber(value, constraint), value, shape);
        return value;
      }
      case 'boolean':
        return this.#format.boolean(node);
      case 'blob': {
        const bytes = this.#format.blob(node);
        if (constraint) this.#report(brokenBySize(bytes.length, constraint), bytes, shape);
        return bytes;
      }
      case 'timestamp':
        return this.#format.timestamp(node, shape);
      case 'document':
        return this.#format.document(node);
    }
  }

  #list(shape: Shape, node: Node, depth: number): unknown[] {
    const all = this.#format.items(node, shape);
    const rules = shape.constraint ? brokenBySize(all.length, shape.constraint) : [];
    const nodes = rules.length === 0 ? all : all.slice(0, SHOWN);
    const out = new Array<unknown>(nodes.length);
    for (let i = 0; i < nodes.length; i += 1) out[i] = this.#at(i, shape.item!, nodes[i]!, depth);
    this.#report(rules, out, shape);
    return out;
  }

  #map(shape: Shape, node: Node, depth: number): Record<string, unknown> {
    const all = this.#format.entries(node, shape);
    const rules = shape.constraint ? brokenBySize(all.length, shape.constraint) : [];
    // Without a prototype, so that no key from outside can reach one.
    const out: Record<string, unknown> = Object.create(null);
    for (const [key, child] of rules.length === 0 ? all : all.slice(0, SHOWN)) {
      if (shape.keyConstraint) this.#reportKey(key, shape.keyConstraint);
      out[key] = this.#at(`${key}.member`, shape.item!, child, depth);
    }
    this.#report(rules, out, shape);
    return out;
  }

  #reportKey(key: string, constraint: Constraint): void {
    for (const rule of brokenByText(key, constraint)) this.#add(rule, key, false);
  }

  #report(rules: readonly string[], value: unknown, shape: Shape, label?: string): void {
    for (const rule of rules) this.#add(rule, value, shape.sensitive, label);
  }

  #add(rule: string, value: unknown, sensitive: boolean, label?: string): void {
    const steps = label === undefined ? this.#path : [...this.#path, label];
    const path = steps.map((step) => (typeof step === 'number' ? `${step + 1}.member` : step)).join('.');
    this.violations.push({ path, value, rule, sensitive });
    if (this.violations.length === MOST_VIOLATIONS) throw new EnoughViolations();
  }
}

const INT_LIMIT = 2 ** 31;
const LONG_LIMIT = 2 ** 63;

/** Integers lose a fraction rather than being refused; what does not fit the width is refused. */
function inWidth(value: number, width: NumberWidth | undefined): number {
  if (width !== 'i' && width !== 'l') return value;
  const limit = width === 'i' ? INT_LIMIT : LONG_LIMIT;
  if (!(value >= -limit && value < limit)) {
    throw new Unreadable(`NUMBER_VALUE can not be converted to ${width === 'i' ? 'an Integer' : 'a Long'}`);
  }
  return Number.isInteger(value) ? value : Math.trunc(value);
}
