import type { JsonObject } from '../../pattern/index.ts';
import { ruleMatches } from '../../pattern/index.ts';
import type { Target } from './target.ts';

type Test = (message: string) => boolean;

/**
 * The event that shows best what is lost: one of the target's examples; or an example with one or two
 * members of the prover's event, which tell why; or that event, with what real records have beside.
 * Every answer is an event that the target matches and for which `isLost` holds; null where none is known.
 */
export function telling(target: Target, isLost: Test, found: JsonObject | string | null): JsonObject | null {
  const isFit = (event: JsonObject): boolean => {
    const message = JSON.stringify(event);
    return ruleMatches(target.rule, message) && isLost(message);
  };
  const example = target.examples.find(isFit);
  if (example) return example;
  if (found === null || typeof found === 'string') return null;
  return withReason(target.examples, found, isFit) ?? (isFit(found) ? dressed(target, found, isFit) : null);
}

/** The first example that is lost once one member, or two, are those of the event found. */
function withReason(
  examples: readonly JsonObject[],
  found: JsonObject,
  isFit: (event: JsonObject) => boolean,
): JsonObject | undefined {
  const members = Object.entries(found).filter(([name]) => name !== 'userIdentity');
  const swaps: JsonObject[] = [
    ...members.map(([name, value]) => ({ [name]: value })),
    ...members.flatMap(([a, one], i) => members.slice(i + 1).map(([b, two]) => ({ [a]: one, [b]: two }))),
  ];
  for (const example of examples) {
    for (const swap of swaps) {
      const event = { ...example, ...swap };
      if (isFit(event)) return event;
    }
  }
  return undefined;
}

/** Adds what an example has and the event lacks, as far as it stays lost. */
function dressed({ examples }: Target, found: JsonObject, isFit: (event: JsonObject) => boolean): JsonObject {
  let event = found;
  for (const [name, value] of Object.entries(examples[0] ?? {})) {
    const own = event[name];
    const more = own === undefined ? value : isObject(own) && isObject(value) ? { ...value, ...own } : own;
    if (more === own) continue;
    const attempt = { ...event, [name]: more };
    if (isFit(attempt)) event = attempt;
  }
  return event;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
