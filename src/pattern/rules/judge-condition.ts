import { isNumberText } from '../decimal.ts';
import { EventView } from '../event-view.ts';
import { NumberSource } from '../json-source.ts';
import type { Condition } from '../prover/condition.ts';
import type { Leaf } from '../prover/probe.ts';
import { CONSTANT_CUSTOMS, NUMERIC_STRING_CUSTOMS, type World } from '../prover/world.ts';
import { selectEvery, selectOne } from '../select-values.ts';

const WORLD: World = { constants: CONSTANT_CUSTOMS[0]!, numericStrings: NUMERIC_STRING_CUSTOMS[0]! };

/** Judges the message of a log event. One that is not a JSON object fulfils nothing. */
export function judgeCondition(condition: Condition, message: string): boolean {
  const root = new EventView(message).sourceObject;
  return root !== undefined && holds(condition, root);
}

function holds(condition: Condition, root: unknown): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.operands.every((operand) => holds(operand, root));
    case 'or':
      return condition.operands.some((operand) => holds(operand, root));
    case 'not':
      return !holds(condition.operand, root);
    case 'value': {
      const { steps, probe } = condition;
      if (!steps.some(({ kind }) => kind === 'every')) return probe.holds(leafOf(selectOne(root, steps)), WORLD);
      return selectEvery(root, steps).some((value) => probe.holds(leafOf(value), WORLD));
    }
  }
}

function leafOf(value: unknown): Leaf {
  if (value === undefined) return { kind: 'missing' };
  if (value === null || typeof value === 'boolean') return { kind: 'constant', value };
  if (value instanceof NumberSource) return { kind: 'number', text: value.text, value: value.text, isDoubtful: false };
  if (typeof value !== 'string') return { kind: Array.isArray(value) ? 'array' : 'object' };
  return { kind: 'string', text: value, value: isNumberText(value) ? value : undefined, isDoubtful: false };
}
