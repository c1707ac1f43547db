import type { CompiledPattern } from './compiled-pattern.ts';
import { Cursor } from './cursor.ts';
import { parseNumber } from './decimal.ts';
import { DelimitedBinding } from './delimited-binding.ts';
import type { EventView } from './event-view.ts';
import { NumberSource } from './json-source.ts';
import { LONGEST_PATTERN, PatternError } from './pattern-error.ts';
import { readSelector } from './read-selector.ts';
import { hasWildcard, selectOne } from './select-values.ts';
import type { DelimitedPattern, Selector } from './syntax-tree.ts';

/** What a metric value or a dimension of a metric filter points at: `$.a.b`, `$name` or `$3`. */
export interface ValueReference {
  /** The finite number found in the event, also when a string writes it; undefined without one. */
  numberIn(event: EventView): number | undefined;
  /** The string found in the event, or the text of the number; undefined without either. */
  textIn(event: EventView): string | undefined;
}

/**
 * Prepares a reference for the events that `compiled` matches: `$.a.b` for a JSON pattern, which
 * need not use that property itself; `$name` of a declared field or `$3`, counted from 1, for a
 * space-delimited pattern. Undefined when the reference is not valid there.
 */
export function referenceTo(compiled: CompiledPattern, text: string): ValueReference | undefined {
  const textIn = finderOf(compiled, text);
  if (!textIn) return undefined;
  return {
    textIn,
    numberIn(event) {
      const found = textIn(event);
      return found === undefined ? undefined : parseNumber(found);
    },
  };
}

/** Can `text` be a metric value or dimension beside this pattern? */
export const isValidReference = (compiled: CompiledPattern, text: string): boolean =>
  finderOf(compiled, text) !== undefined;

type Finder = (event: EventView) => string | undefined;

function finderOf({ pattern }: CompiledPattern, text: string): Finder | undefined {
  if (pattern.kind === 'delimited') return fieldFinder(pattern, text);
  if (pattern.kind !== 'json') return undefined;
  const selector = parseSelector(text);
  return selector && !hasWildcard(selector) ? memberFinder(selector) : undefined;
}

function parseSelector(text: string): Selector | undefined {
  if (text.length > LONGEST_PATTERN) return undefined;
  const cursor = new Cursor(text, 0, text.length, 'Invalid filter pattern');
  try {
    const selector = readSelector(cursor);
    return cursor.done ? selector : undefined;
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

const memberFinder =
  ({ steps }: Selector): Finder =>
  (event) => {
    const value = selectOne(event.object, steps);
    if (typeof value === 'string') return value;
    if (typeof value !== 'number') return undefined;
    const source = selectOne(event.sourceObject, steps);
    return source instanceof NumberSource ? source.text : undefined;
  };

function fieldFinder(pattern: DelimitedPattern, text: string): Finder | undefined {
  if (!text.startsWith('$')) return undefined;
  const name = text.slice(1);
  const binding = new DelimitedBinding(pattern);
  const index = pattern.entries.findIndex((entry) => entry.kind === 'field' && entry.name === name);
  if (index < 0 && !/^[1-9]\d{0,8}$/.test(name)) return undefined;
  return (event) => {
    const fields = binding.fieldsOf(event);
    return fields?.[index < 0 ? Number(name) - 1 : binding.positionOf(index, fields.length)];
  };
}
