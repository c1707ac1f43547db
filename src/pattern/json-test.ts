import type { Test } from './combination.ts';
import { testOfCombination } from './combination.ts';
import { NumberSource } from './json-source.ts';
import type { ValueTest } from './literal-test.ts';
import { valueTest } from './literal-test.ts';
import type { EventValues, SelectorTable } from './select-values.ts';
import { hasWildcard } from './select-values.ts';
import type { JsonCondition, JsonPattern } from './syntax-tree.ts';

/** Compiles a JSON pattern. A message that is not a JSON object fits none, not even NOT EXISTS. */
export function jsonTest(pattern: JsonPattern, table: SelectorTable): Test<EventValues> {
  const holds = testOfCombination<JsonCondition, EventValues>(pattern.root, (condition) =>
    conditionTest(condition, table),
  );
  return (values) => values.isObject && holds(values);
}

function conditionTest(condition: JsonCondition, table: SelectorTable): Test<EventValues> {
  const slot = table.slotOf(condition.selector);
  const isWide = hasWildcard(condition.selector);
  switch (condition.kind) {
    case 'not-exists':
      return isWide ? (values) => values.every(slot).length === 0 : (values) => values.one(slot) === undefined;
    case 'is': {
      const { value } = condition;
      return isWide ? (values) => values.every(slot).includes(value) : (values) => values.one(slot) === value;
    }
    case 'compare': {
      const test = valueTest(condition.operator, condition.literal);
      return isWide ? (values) => compareEvery(values, slot, test) : (values) => compareOne(values, slot, test);
    }
  }
}

function compareOne(values: EventValues, slot: number, test: ValueTest): boolean {
  const value = values.one(slot);
  if (typeof value === 'string') return test.onString(value);
  if (typeof value !== 'number') return false;
  return test.onNumber(value) ?? isSourceFit(values.oneSource(slot), test);
}

function compareEvery(values: EventValues, slot: number, test: ValueTest): boolean {
  let isOpen = false;
  for (const value of values.every(slot)) {
    if (typeof value === 'string') {
      if (test.onString(value)) return true;
    } else if (typeof value === 'number') {
      const verdict = test.onNumber(value);
      if (verdict) return true;
      if (verdict === undefined) isOpen = true;
    }
  }
  return isOpen && values.everySource(slot).some((source) => isSourceFit(source, test));
}

const isSourceFit = (source: unknown, test: ValueTest): boolean =>
  source instanceof NumberSource && test.onSource(source.text);
