import type { Format } from './read-input.ts';
import { bytesFromBase64, dateFromEpoch, dateFromIso } from './text-values.ts';
import { Unreadable } from './unreadable.ts';

/** A full PutMetricData needs about 62,000. */
const MOST_PARAMETERS = 100_000;
const MOST_SEGMENTS = 32;
/** Parts of all names together, each counted once. */
const MOST_NODES = 400_000;

/** Names and values of a form body or query string, decoded, in their order. */
export type Parameters = [name: string, value: string][];

/** Splits `application/x-www-form-urlencoded` text. Throws `Unreadable` for broken escapes. */
export function parseForm(text: string): Parameters {
  const out: Parameters = [];
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('&', start);
    if (end < 0) end = text.length;
    if (end > start) {
      if (out.length === MOST_PARAMETERS) throw new Unreadable('The request has too many parameters');
      const pair = text.slice(start, end);
      const equals = pair.indexOf('=');
      if (equals < 0) out.push([decoded(pair), '']);
      else out.push([decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))]);
    }
    start = end + 1;
  }
  return out;
}

function decoded(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new Unreadable('A parameter is not valid percent-encoded UTF-8');
  }
}

/** `A.member.1.B=x` is A, member, 1, B. A Map on each level, so that no key can touch a prototype. */
export class QueryNode {
  value: string | undefined;
  #children: Map<string, QueryNode> | undefined;

  child(name: string): QueryNode | undefined {
    return this.#children?.get(name);
  }

  get children(): Iterable<[string, QueryNode]> {
    return this.#children ?? [];
  }

  /** Adds a child under a name that has none. */
  grow(name: string): QueryNode {
    const child = new QueryNode();
    this.#children ??= new Map();
    this.#children.set(name, child);
    return child;
  }
}

/** Grows the tree that the parameters' names describe. */
export function queryTree(parameters: Parameters): QueryNode {
  const root = new QueryNode();
  let nodes = 0;
  for (const [name, value] of parameters) {
    const segments = name.split('.', MOST_SEGMENTS + 1);
    if (segments.length > MOST_SEGMENTS) throw new Unreadable('A parameter name has too many parts');
    let node = root;
    for (const segment of segments) {
      let next = node.child(segment);
      if (!next) {
        nodes += 1;
        if (nodes > MOST_NODES) throw new Unreadable('The parameter names have too many parts');
        next = node.grow(segment);
      }
      node = next;
    }
    if (node.value !== undefined) throw new Unreadable(`The parameter ${name.slice(0, 200)} is given twice`);
    node.value = value;
  }
  return root;
}

export const queryFormat: Format<QueryNode> = {
  isNull: () => false,
  assertStruct: (node) => assertNested(node),
  member: (node, { tag }) => node.child(tag),
  items(node, { flat, itemTag }) {
    assertNested(node);
    return numbered(node, flat ? undefined : itemTag);
  },
  entries(node, { flat, keyTag, valueTag }) {
    assertNested(node);
    return numbered(node, flat ? undefined : 'entry').map((entry) => {
      const key = entry.child(keyTag);
      const value = entry.child(valueTag);
      if (!key || !value) throw new Unreadable(`A map entry needs both ${keyTag} and ${valueTag}`);
      return [text(key), value];
    });
  },
  string: text,
  number(node, width) {
    const raw = text(node).trim();
    const integer = width === 'i' || width === 'l';
    if (!integer && /^(NaN|-?Infinity)$/.test(raw)) return Number(raw);
    const legal = integer ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
    if (raw.length > 400 || !legal.test(raw)) {
      throw new Unreadable(`'${raw.slice(0, 100)}' is not ${integer ? 'an integer' : 'a number'}`);
    }
    return Number(raw);
  },
  boolean(node) {
    const raw = text(node).toLowerCase();
    if (raw !== 'true' && raw !== 'false') throw new Unreadable(`'${raw.slice(0, 100)}' is not a boolean`);
    return raw === 'true';
  },
  blob: (node) => bytesFromBase64(text(node)),
  timestamp(node) {
    const raw = text(node);
    return /^-?\d{1,15}(\.\d{1,9})?$/.test(raw) ? dateFromEpoch(Number(raw)) : dateFromIso(raw);
  },
  document: text,
};

function text(node: QueryNode): string {
  if (node.value === undefined) throw new Unreadable('Nested parameters stand where a value should');
  return node.value;
}

/** `List=` is how Query writes an empty list; any other text is not one. */
function assertNested(node: QueryNode): void {
  if (node.value !== undefined && node.value !== '')
    throw new Unreadable('A value stands where nested parameters should');
}

/** The elements below `tag`, or directly below the node, by number; numbers may have gaps. */
function numbered(node: QueryNode, tag: string | undefined): QueryNode[] {
  const parent = tag === undefined ? node : node.child(tag);
  if (!parent) {
    for (const [name] of node.children) throw new Unreadable(`'${name.slice(0, 100)}' stands where ${tag} should`);
    return [];
  }
  const found: [number, QueryNode][] = [];
  for (const [position, child] of parent.children) {
    if (!/^\d{1,9}$/.test(position)) throw new Unreadable(`'${position.slice(0, 100)}' is not a position in a list`);
    found.push([Number(position), child]);
  }
  return found.sort(([a], [b]) => a - b).map(([, child]) => child);
}
