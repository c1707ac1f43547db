import { readFileSync } from 'node:fs';

/** What the schemas of the SDK do not say about a value. Bounds are of length, count or number, by kind. */
export interface Constraint {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** The pattern as the service's model writes it, for messages. */
  readonly patternText?: string;
  readonly enum?: ReadonlySet<string>;
  /** 32-bit integer, 64-bit integer, float or double. */
  readonly num?: NumberWidth;
}

export type NumberWidth = 'i' | 'l' | 'f' | 'd';

/** By `Structure.member`, then `[]` for a list element, `{}` for a map value, `{k}` for a map key. */
export type Constraints = ReadonlyMap<string, Constraint>;

interface Row {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly num?: NumberWidth;
}

/** Reads the generated table of one service. Patterns are compiled when first needed. */
export function loadConstraints(serviceId: string): Constraints {
  const file = new URL(`./constraints/${serviceId}.json`, import.meta.url);
  const rows = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Row>;
  return new Map(Object.entries(rows).map(([key, row]) => [key, constraintOf(row)]));
}

function constraintOf({ pattern, enum: values, ...rest }: Row): Constraint {
  return {
    ...rest,
    ...(values === undefined ? {} : { enum: new Set(values) }),
    ...(pattern === undefined ? {} : lazyPattern(pattern)),
  };
}

function lazyPattern(patternText: string): { readonly patternText: string; readonly pattern: RegExp } {
  let compiled: RegExp | undefined;
  return {
    patternText,
    get pattern(): RegExp {
      compiled ??= compilePattern(patternText);
      return compiled;
    },
  };
}

/** The models write patterns for Java; a handful are not legal in JavaScript's strict Unicode mode. */
function compilePattern(text: string): RegExp {
  const dotAll = text.startsWith('(?s)');
  const source = `^(?:${dotAll ? text.slice(4) : text})$`;
  try {
    return new RegExp(source, dotAll ? 'su' : 'u');
  } catch {
    return new RegExp(source, dotAll ? 's' : '');
  }
}

/** The rules that `text` breaks, in AWS's words. */
export function brokenByText(text: string, constraint: Constraint): string[] {
  const rules = brokenBySize(lengthOf(text, constraint), constraint);
  const tooLong = constraint.max !== undefined && rules.length > 0 && text.length > constraint.max;
  // A pattern is only ever run on text of a bounded length, so that none can run for long.
  if (constraint.pattern && !tooLong && !constraint.pattern.test(text)) {
    rules.push(`Member must satisfy regular expression pattern: ${constraint.patternText}`);
  }
  if (constraint.enum && !constraint.enum.has(text)) {
    rules.push(`Member must satisfy enum value set: [${[...constraint.enum].join(', ')}]`);
  }
  return rules;
}

/** The rules that a list, map or blob of `size` parts breaks. */
export function brokenBySize(size: number, { min, max }: Constraint): string[] {
  if (min !== undefined && size < min) return [`Member must have length greater than or equal to ${min}`];
  if (max !== undefined && size > max) return [`Member must have length less than or equal to ${max}`];
  return [];
}

/** The rules that a number breaks. */
export function brokenByNumber(value: number, { min, max }: Constraint): string[] {
  if (min !== undefined && value < min) return [`Member must have value greater than or equal to ${min}`];
  if (max !== undefined && value > max) return [`Member must have value less than or equal to ${max}`];
  return [];
}

/** Lengths count characters, not UTF-16 units; the two differ only where it can matter here. */
function lengthOf(text: string, { min, max }: Constraint): number {
  const units = text.length;
  const decides = (max !== undefined && units > max && units <= 2 * max) || (min !== undefined && units < 2 * min);
  return decides ? [...text].length : units;
}
