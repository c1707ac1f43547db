import type { NormalizedSchema } from '@smithy/core/schema';
import type { Constraint, Constraints } from './constraints.ts';

export type Kind = 'struct' | 'list' | 'map' | 'string' | 'number' | 'boolean' | 'blob' | 'timestamp' | 'document';

/** One member of a structure. */
export interface Member {
  readonly name: string;
  /** The name as AWS writes it in error messages: its first letter in lower case. */
  readonly label: string;
  /** The name in Query parameters and XML. */
  readonly tag: string;
  readonly required: boolean;
  readonly shape: Shape;
}

/**
 * A schema with its constraints and wire names, looked up once: readers and writers walk this on
 * every request and never ask the schema for a trait.
 */
export interface Shape {
  readonly kind: Kind;
  readonly name: string;
  readonly constraint: Constraint | undefined;
  /** Never repeated in an error message. */
  readonly sensitive: boolean;
  /** A timestamp that JSON writes as ISO 8601 text. */
  readonly isoDate: boolean;
  /** No input or output at all, not even an empty structure. */
  readonly unit: boolean;
  /** Of a structure. */
  readonly members: readonly Member[];
  /** A structure of which exactly one member is set. */
  readonly union: boolean;
  /** Element of a list, value of a map. */
  readonly item: Shape | undefined;
  readonly keyConstraint: Constraint | undefined;
  /** Query and XML: elements are not wrapped. */
  readonly flat: boolean;
  readonly itemTag: string;
  readonly keyTag: string;
  readonly valueTag: string;
}

/** NormalizedSchema's number for a timestamp with the date-time format. */
const DATE_TIME = 5;

/** Compiles the schemas of one service; a structure met twice, or within itself, is compiled once. */
export class ShapeCompiler {
  readonly #constraints: Constraints;
  readonly #structures = new Map<string, readonly Member[]>();

  constructor(constraints: Constraints) {
    this.#constraints = constraints;
  }

  /** The shape of an operation's input or output, or of an error. */
  compile(schema: NormalizedSchema): Shape {
    return this.#shape(schema, '');
  }

  #shape(schema: NormalizedSchema, key: string): Shape {
    const kind = kindOf(schema);
    const traits = schema.getMergedTraits();
    const item = kind === 'list' || kind === 'map' ? schema.getValueSchema() : undefined;
    const tagOf = (part: NormalizedSchema | undefined, otherwise: string): string =>
      (part?.getMergedTraits().xmlName as string | undefined) ?? otherwise;
    return {
      kind,
      name: schema.getName() ?? '',
      constraint: this.#constraints.get(key),
      sensitive: Boolean(traits.sensitive),
      isoDate: kind === 'timestamp' && schema.getSchema() === DATE_TIME,
      unit: schema.isUnitSchema(),
      members: kind === 'struct' ? this.#members(schema) : [],
      union: kind === 'struct' && schema.isUnionSchema(),
      item: item && this.#shape(item, kind === 'list' ? `${key}[]` : `${key}{}`),
      keyConstraint: this.#constraints.get(`${key}{k}`),
      flat: Boolean(traits.xmlFlattened),
      itemTag: tagOf(item, 'member'),
      keyTag: kind === 'map' ? tagOf(schema.getKeySchema(), 'key') : 'key',
      valueTag: tagOf(item, 'value'),
    };
  }

  #members(schema: NormalizedSchema): readonly Member[] {
    const id = schema.getName(true) ?? '';
    const known = this.#structures.get(id);
    if (known) return known;
    const members: Member[] = [];
    // Registered before it is filled, so that a structure containing itself ends here.
    this.#structures.set(id, members);
    if (schema.isUnitSchema()) return members;
    const structure = schema.getName() ?? '';
    const required = requiredMembers(schema);
    for (const [name, member] of schema.structIterator()) {
      if (name in Object.prototype) throw new Error(`${structure}.${name} would shadow a member of every object`);
      members.push({
        name,
        label: name.charAt(0).toLowerCase() + name.slice(1),
        tag: (member.getMergedTraits().xmlName as string | undefined) ?? name,
        required: required.has(name),
        shape: this.#shape(member, `${structure}.${name}`),
      });
    }
    return members;
  }
}

/** A structure's tuple lists the required members first; its last slot says how many those are. */
function requiredMembers(schema: NormalizedSchema): ReadonlySet<string> {
  const tuple = schema.getSchema() as unknown as readonly [number, string, string, unknown, string[], unknown, number?];
  return new Set(tuple[4].slice(0, tuple[6] ?? 0));
}

function kindOf(schema: NormalizedSchema): Kind {
  if (schema.isUnitSchema() || schema.isStructSchema()) return 'struct';
  if (schema.isListSchema()) return 'list';
  if (schema.isMapSchema()) return 'map';
  if (schema.isTimestampSchema()) return 'timestamp';
  if (schema.isStringSchema()) return 'string';
  if (schema.isBooleanSchema()) return 'boolean';
  if (schema.isBlobSchema()) return 'blob';
  if (schema.isDocumentSchema()) return 'document';
  return 'number';
}
