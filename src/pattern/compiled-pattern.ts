import type { Test } from './combination.ts';
import { delimitedTest, extractFields } from './delimited-test.ts';
import { EventView } from './event-view.ts';
import { jsonTest } from './json-test.ts';
import type { ParseOptions } from './parse-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import type { EventValues } from './select-values.ts';
import { SelectedValues, SelectorTable } from './select-values.ts';
import type { Pattern } from './syntax-tree.ts';
import { textTest } from './text-test.ts';

/** Compiles any kind of pattern against a table of selectors, which other patterns may share. */
export function testOfPattern(pattern: Pattern, table: SelectorTable): Test<EventValues> {
  switch (pattern.kind) {
    case 'everything':
      return () => true;
    case 'json':
      return jsonTest(pattern, table);
    case 'text': {
      const test = textTest(pattern);
      return ({ event }) => test(event.message);
    }
    case 'delimited': {
      const test = delimitedTest(pattern);
      return ({ event }) => test(event);
    }
  }
}

/** A filter pattern that is ready to judge events. Made by `compilePattern`. */
export class CompiledPattern {
  /** Exactly as given, white space included. */
  readonly text: string;
  readonly pattern: Pattern;
  readonly #table = new SelectorTable();
  readonly #test: Test<EventValues>;

  constructor(text: string, pattern: Pattern) {
    this.text = text;
    this.pattern = pattern;
    this.#test = testOfPattern(pattern, this.#table);
  }

  /** Does the message of a log event match? Takes time linear in the message and never throws. */
  matches(message: string): boolean {
    return this.matchesEvent(new EventView(message));
  }

  /** Like `matches`, for an event that several patterns or references look at. */
  matchesEvent(event: EventView): boolean {
    return this.#test(new SelectedValues(event, this.#table));
  }

  /**
   * The `extractedValues` that TestMetricFilter reports for a matching event: all fields of a
   * space-delimited pattern, nothing for other kinds.
   */
  extract(event: EventView | string): Record<string, string> {
    if (this.pattern.kind !== 'delimited') return {};
    return extractFields(this.pattern, typeof event === 'string' ? new EventView(event) : event);
  }
}

/** Reads and compiles a filter pattern. Throws `PatternError` when `text` is none. */
export const compilePattern = (text: string, options: ParseOptions = {}): CompiledPattern =>
  new CompiledPattern(text, parsePattern(text, options));
