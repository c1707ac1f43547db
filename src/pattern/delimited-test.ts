import type { Test } from './combination.ts';
import { testOfCombination } from './combination.ts';
import { DelimitedBinding } from './delimited-binding.ts';
import type { EventView } from './event-view.ts';
import { fieldTest } from './literal-test.ts';
import type { DelimitedPattern, Entry, FieldCondition } from './syntax-tree.ts';

/** Compiles a space-delimited pattern. */
export function delimitedTest(pattern: DelimitedPattern): Test<EventView> {
  const binding = new DelimitedBinding(pattern);
  const tests = pattern.entries.flatMap((entry, index) => {
    const test = entryTest(entry);
    return test ? [{ index, test }] : [];
  });
  return (event) => {
    const fields = binding.fieldsOf(event);
    if (!fields) return false;
    return tests.every(({ index, test }) => test(fields[binding.positionOf(index, fields.length)] ?? ''));
  };
}

function entryTest(entry: Entry): Test<string> | undefined {
  if (entry.kind === 'ellipsis' || !entry.condition) return undefined;
  return testOfCombination<FieldCondition, string>(entry.condition, (condition) =>
    condition.kind === 'field-mention' ? () => true : fieldTest(condition.operator, condition.literal),
  );
}

/** The fields of a matching event: `$name`, or `$` and the position from 1 for those without a name. */
export function extractFields(pattern: DelimitedPattern, event: EventView): Record<string, string> {
  const binding = new DelimitedBinding(pattern);
  const fields = binding.fieldsOf(event) ?? [];
  const names = fields.map((_, position) => String(position + 1));
  if (fields.length > 0)
    for (const [index, entry] of pattern.entries.entries())
      if (entry.kind === 'field' && entry.name !== undefined)
        names[binding.positionOf(index, fields.length)] = entry.name;
  return Object.fromEntries(fields.map((text, position) => [`$${names[position]}`, text]));
}
