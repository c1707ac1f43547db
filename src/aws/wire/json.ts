import { isUtf8 } from 'node:buffer';
import type { Format } from './read-input.ts';
import { base64FromBytes, bytesFromBase64, dateFromEpoch, dateFromIso, isoFromDate } from './text-values.ts';
import { Unreadable } from './unreadable.ts';
import type { LeafWriter } from './write-tree.ts';

/** Reads AWS JSON 1.0 and 1.1: the body is one object, an empty body means an empty one. */
export function parseJson(body: Uint8Array): unknown {
  if (body.byteLength === 0) return {};
  if (body.byteLength > UNSCANNED) assertModest(body);
  if (!isUtf8(body)) throw new Unreadable('The request body is not valid UTF-8');
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable('The request body is not valid JSON');
  }
}

/** Smaller bodies cannot hold enough to be worth a scan of their own. */
const UNSCANNED = 1024 * 1024;
const MOST_ITEMS = 1_000_000;
const DEEPEST_BODY = 128;

/**
 * Refuses large bodies made of nothing but brackets and commas before they are parsed: they would
 * take seconds, and many times their size in memory.
 */
function assertModest(body: Uint8Array): void {
  let depth = 0;
  let items = 0;
  let inText = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i];
    if (inText) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) inText = false;
      continue;
    }
    if (byte === QUOTE) inText = true;
    else if (byte === COMMA) items += 1;
    else if (byte === BRACKET || byte === BRACE) {
      items += 1;
      depth += 1;
      if (depth > DEEPEST_BODY) throw new Unreadable('The input is nested too deeply');
    } else if (byte === BRACKET_END || byte === BRACE_END) depth -= 1;
    if (items > MOST_ITEMS) throw new Unreadable('The request body has too many values');
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

const isObject = (node: unknown): node is Record<string, unknown> =>
  typeof node === 'object' &&
  node !== null &&
  !Array.isArray(node) &&
  !(node instanceof Uint8Array) &&
  !(node instanceof Date);

export const jsonFormat: Format = {
  isNull: (node) => node === null,
  assertStruct(node) {
    if (!isObject(node)) cannot(node, 'a Structure');
  },
  // No member of any shape is named like one of Object.prototype, so this reads own members only.
  member: (node, { name }) => (node as Record<string, unknown>)[name],
  items(node) {
    if (!Array.isArray(node)) cannot(node, 'a List');
    return node.includes(null) ? node.filter((item) => item !== null) : node;
  },
  entries(node) {
    if (!isObject(node)) cannot(node, 'a Map');
    return Object.entries(node).filter(([, value]) => value !== null);
  },
  string: (node) => (typeof node === 'string' ? node : cannot(node, 'a String')),
  number(node, width) {
    if (typeof node === 'number') return node;
    const mayBeWord = width !== 'i' && width !== 'l';
    if (mayBeWord && (node === 'NaN' || node === 'Infinity' || node === '-Infinity')) return Number(node);
    return cannot(node, NUMBER_NAMES[width ?? 'd']);
  },
  boolean: (node) => (typeof node === 'boolean' ? node : cannot(node, 'a Boolean')),
  blob: (node) => (typeof node === 'string' ? bytesFromBase64(node) : cannot(node, 'a Blob')),
  timestamp(node, shape) {
    if (typeof node === 'number') return dateFromEpoch(node);
    if (typeof node === 'string' && shape.isoDate) return dateFromIso(node);
    return cannot(node, 'a Timestamp');
  },
  document: (node) => withinDepth(node, 0),
};

export const jsonLeaf: LeafWriter = {
  blob: base64FromBytes,
  timestamp: (date, shape) => (shape.isoDate ? isoFromDate(date) : date.getTime() / 1000),
  number: (value) => (Number.isFinite(value) ? value : String(value)),
};

const NUMBER_NAMES = { i: 'an Integer', l: 'a Long', f: 'a Float', d: 'a Double' };

/** AWS's sentence for a value of the wrong type. */
export function cannot(node: unknown, wanted: string): never {
  throw new Unreadable(`${typeName(node)} can not be converted to ${wanted}`);
}

function typeName(node: unknown): string {
  if (typeof node === 'string') return 'STRING_VALUE';
  if (typeof node === 'number' || typeof node === 'bigint') {
    return Number.isInteger(Number(node)) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  }
  if (typeof node === 'boolean') return node ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return Array.isArray(node) ? 'START_ARRAY' : 'START_OBJECT';
}

const DEEPEST_DOCUMENT = 64;

/** A document goes to its handler as it is, unless it is nested so deeply that walking it is a risk. */
export function withinDepth(node: unknown, depth: number): unknown {
  if (depth > DEEPEST_DOCUMENT) throw new Unreadable('The input is nested too deeply');
  if (typeof node === 'object' && node !== null) {
    for (const child of Object.values(node)) withinDepth(child, depth + 1);
  }
  return node;
}
