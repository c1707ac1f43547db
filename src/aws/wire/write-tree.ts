import type { Shape } from './shape.ts';

/** How a protocol writes the values that JSON has no type for. */
export interface LeafWriter {
  blob(bytes: Uint8Array): unknown;
  timestamp(date: Date, shape: Shape): unknown;
  number(value: number): unknown;
}

/** A handler's output as a plain tree for JSON or CBOR. Members that the shape does not know are left out. */
export function toTree(shape: Shape, value: unknown, leaf: LeafWriter): unknown {
  switch (shape.kind) {
    case 'struct': {
      const source = value as Record<string, unknown>;
      const out: Record<string, unknown> = {};
      for (const { name, shape: inner } of shape.members) {
        const member = source[name];
        if (member !== undefined && member !== null) out[name] = toTree(inner, member, leaf);
      }
      return out;
    }
    case 'list': {
      const out: unknown[] = [];
      for (const item of value as readonly unknown[]) {
        if (item !== undefined && item !== null) out.push(toTree(shape.item!, item, leaf));
      }
      return out;
    }
    case 'map': {
      // fromEntries defines its keys, so that even `__proto__` stays a plain one.
      const entries = Object.entries(value as object).filter(([, item]) => item !== undefined && item !== null);
      return Object.fromEntries(entries.map(([key, item]) => [key, toTree(shape.item!, item, leaf)]));
    }
    case 'blob':
      return leaf.blob(value as Uint8Array);
    case 'timestamp':
      return leaf.timestamp(value as Date, shape);
    case 'number':
      return leaf.number(value as number);
    default:
      return value;
  }
}
