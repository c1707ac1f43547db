import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { brokenByText, type Constraint, type Constraints } from '../../src/aws/wire/constraints.ts';
import { seededIds } from '../../src/base/ids.ts';

/** Texts that break careless readers and writers. */
const TEXTS = [
  'a',
  'Root',
  'x & y <z> "q" \'s\'',
  'naïve 日本 🙂',
  'a.b.1=c&d',
  'line\r\nbreak\ttab',
  '0',
  'false',
  '{"a":1}',
  ']]>',
  '%41+%2B',
  '1e3',
  'u\u0085\u2028s',
];

const DEEPEST = 4;

/** Makes random values of a schema that keep every constraint; the same seed makes the same values. */
export class RandomValues {
  readonly #constraints: Constraints;
  readonly #fraction: () => number;
  readonly #pools = new Map<Constraint, readonly string[]>();

  constructor(constraints: Constraints, seed: number) {
    this.#constraints = constraints;
    this.#fraction = seededIds(seed).fraction;
  }

  /** The members of a structure: always the required ones, and never none where there are any. */
  structure(schema: NormalizedSchema): Record<string, unknown> {
    return schema.isUnitSchema() ? {} : this.#structure(schema, 0);
  }

  #structure(schema: NormalizedSchema, depth: number): Record<string, unknown> {
    const members = [...schema.structIterator()].filter(([, member]) => !isEmptyStructure(member));
    const required = new Set(requiredNames(schema));
    let chosen = members.filter(
      ([name, member]) =>
        required.has(name) || member.isIdempotencyToken() || (depth < DEEPEST && this.#fraction() < 0.6),
    );
    if (schema.isUnionSchema()) chosen = [this.#pick(members)];
    // Query has no way to spell a structure with nothing in it.
    if (chosen.length === 0 && members.length > 0) {
      chosen = [members.find(([, member]) => !member.isStructSchema()) ?? members[0]!];
    }
    return Object.fromEntries(
      chosen.map(([name, member]) => [name, this.#value(member, `${schema.getName()}.${name}`, depth + 1)]),
    );
  }

  #value(schema: NormalizedSchema, key: string, depth: number): unknown {
    const constraint = this.#constraints.get(key) ?? {};
    if (schema.isStructSchema()) return this.#structure(schema, depth);
    if (schema.isListSchema()) {
      const item = schema.getValueSchema();
      return Array.from({ length: this.#size(constraint) }, () => this.#value(item, `${key}[]`, depth + 1));
    }
    if (schema.isMapSchema()) {
      const keys = this.#constraints.get(`${key}{k}`) ?? {};
      const names = new Set<string>();
      for (const wanted = Math.min(this.#size(constraint), keys.enum?.size ?? 3); names.size < wanted; ) {
        // A dash fits every pattern of keys, and keeps equal picks apart.
        names.add(this.#text(keys) + (keys.enum ? '' : '-'.repeat(names.size)));
      }
      return Object.fromEntries(
        [...names].map((name) => [name, this.#value(schema.getValueSchema(), `${key}{}`, depth + 1)]),
      );
    }
    if (schema.isTimestampSchema()) return new Date(1_767_225_600_000 + this.#below(1e9) * this.#pick([1, 1000]));
    if (schema.isStringSchema()) return this.#text(constraint);
    if (schema.isBooleanSchema()) return this.#fraction() < 0.5;
    if (schema.isBlobSchema())
      return new Uint8Array(Array.from({ length: 1 + this.#below(20) }, () => this.#below(256)));
    if (schema.isDocumentSchema()) return { a: [1, 'x'] };
    return this.#number(constraint);
  }

  #number({ num, min = -Infinity, max = Infinity }: Constraint): number {
    const whole = [0, 1, -7, 300, 2 ** 31 - 1, ...(num === 'i' ? [] : [1_795_400_982_036])];
    const broken = num === 'd' || num === 'f' ? [0.5, -1.25, 1e21, 123_456.789] : [];
    const candidates = [...whole, ...broken, min, max].filter((n) => Number.isFinite(n) && n >= min && n <= max);
    return this.#pick(candidates);
  }

  #text(constraint: Constraint): string {
    let pool = this.#pools.get(constraint);
    if (!pool) {
      pool = this.#texts(constraint);
      this.#pools.set(constraint, pool);
    }
    return this.#pick(pool);
  }

  #texts(constraint: Constraint): readonly string[] {
    if (constraint.enum) return [...constraint.enum];
    const { min = 0, max = 1_000_000, pattern } = constraint;
    const padded = TEXTS.map((text) => text.padEnd(min, 'x').slice(0, max));
    const fitting = (texts: readonly string[]): string[] =>
      texts.filter((text) => brokenByText(text, constraint).length === 0);
    const plain = fitting(padded);
    if (plain.length > 0 || !pattern) return plain;
    const source = constraint.patternText!.replace(/^\^/, '').replace(/\$$/, '');
    const words = fc.sample(fc.stringMatching(new RegExp(`^(?:${source})$`, 'u')), { seed: 7, numRuns: 200 });
    // A long least length is reached by repetition.
    const sampled = fitting(words.flatMap((word) => [word, word.repeat(Math.ceil(min / Math.max(1, word.length)))]));
    if (sampled.length === 0) throw new Error(`no text found for ${pattern}`);
    return sampled.slice(0, 10);
  }

  #size({ min = 0, max = 3 }: Constraint): number {
    return Math.max(1, min, Math.min(max, 1 + this.#below(3)));
  }

  #below(limit: number): number {
    return Math.floor(this.#fraction() * limit);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)]!;
  }
}

const requiredNames = (schema: NormalizedSchema): readonly string[] => {
  const tuple = schema.getSchema() as unknown as readonly [number, string, string, unknown, string[], unknown, number?];
  return tuple[4].slice(0, tuple[6] ?? 0);
};

const isEmptyStructure = (schema: NormalizedSchema): boolean =>
  schema.isStructSchema() && [...schema.structIterator()].length === 0;

/** A value with dates and bytes made comparable, keys sorted, and what no wire carries left out. */
export function comparable(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => item !== undefined && key !== '$metadata')
      .map(([key, item]) => [key, comparable(item)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
