import type { MessageAttribute } from '../publication.ts';
import type { Scalar } from './condition.ts';
import type { FilterNode } from './filter-policy.ts';

/** What a node of a policy is asked about: scalars under a key, and objects under a key. */
interface Subject {
  scalars(key: string): readonly Scalar[] | undefined;
  objects(key: string): readonly Subject[];
}

/** Whether message attributes pass. A message without attributes passes only what asks for absence. */
export function attributesPass(node: FilterNode, attributes: Readonly<Record<string, MessageAttribute>>): boolean {
  const values = new Map(Object.entries(attributes).map(([name, attribute]) => [name, scalarsOf(attribute)]));
  return holds(node, { scalars: (key) => values.get(key), objects: () => [] });
}

/** What an attribute offers to be matched; undefined for one that filters do not see. */
function scalarsOf({ type, value }: MessageAttribute): readonly Scalar[] | undefined {
  const kind = type.split('.', 1)[0];
  if (kind === 'Binary') return undefined;
  if (kind === 'Number') return [Number(value)];
  return type === 'String.Array' || type.startsWith('String.Array.') ? membersOf(value) : [value];
}

/** A list of scalars in JSON; what is none cannot be matched. */
function membersOf(text: string): readonly Scalar[] {
  const list = parsed(text);
  if (!Array.isArray(list)) return [];
  return list.filter((member) => member === null || typeof member !== 'object') as Scalar[];
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A message body as filters see it: undefined when it is no JSON object, which passes no filter. */
export function readBody(body: string): object | undefined {
  const value = parsed(body);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

/** Whether a body passes. */
export const bodyPasses = (node: FilterNode, body: object | undefined): boolean =>
  body !== undefined && holds(node, subjectOf(body));

/** Members are flattened out of lists; nested keys must hold of one and the same object. */
function subjectOf(object: object): Subject {
  const members = new Map(Object.entries(object));
  return {
    scalars: (key) => {
      if (!members.has(key)) return undefined;
      const value = members.get(key) as unknown;
      const values = flattened(value).filter((member) => member === null || typeof member !== 'object') as Scalar[];
      // Only a leaf is there or not there; an object is neither. An empty list is there, and matches nothing.
      return values.length > 0 || (Array.isArray(value) && value.length === 0) ? values : undefined;
    },
    objects: (key) =>
      flattened(members.get(key))
        .filter((member): member is object => typeof member === 'object' && member !== null)
        .map(subjectOf),
  };
}

function flattened(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  const flat: unknown[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) for (const member of next) open.push(member);
    else flat.push(next);
  }
  return flat;
}

const NOTHING: Subject = { scalars: () => undefined, objects: () => [] };

function holds(node: FilterNode, subject: Subject): boolean {
  return (
    node.leaves.every(({ key, oneOf }) => {
      const values = subject.scalars(key);
      return oneOf.some((condition) => condition.holds(values));
    }) &&
    node.nested.every(({ key, node: inner }) => {
      const found = subject.objects(key);
      return found.length === 0 ? holds(inner, NOTHING) : found.some((object) => holds(inner, object));
    }) &&
    node.alternatives.every((branches) => branches.some((branch) => holds(branch, subject)))
  );
}
