import { compareNumbers, isNumberText } from '../../src/pattern/decimal.ts';
import { EventView, type JsonCondition, type Literal, parsePattern } from '../../src/pattern/index.ts';
import { NumberSource } from '../../src/pattern/json-source.ts';
import { valueTest } from '../../src/pattern/literal-test.ts';
import type { WildcardCustom, World } from '../../src/pattern/prover/world.ts';
import type { Combination } from '../../src/pattern/syntax-tree.ts';

export type WholeWorld = World & { readonly wildcards: WildcardCustom };

/** Judges a message by a JSON pattern, if AWS did what a world says it does. Naive on purpose. */
export function matchesInWorld(text: string, message: string, world: WholeWorld): boolean {
  const pattern = parsePattern(text);
  const root = new EventView(message).sourceObject;
  return pattern.kind === 'json' && root !== undefined && judge(pattern.root, root, world);
}

function judge(node: Combination<JsonCondition>, root: unknown, world: WholeWorld): boolean {
  if ('operands' in node) {
    const isHeld = (operand: Combination<JsonCondition>): boolean => judge(operand, root, world);
    return node.kind === 'and' ? node.operands.every(isHeld) : node.operands.some(isHeld);
  }
  const { steps } = node.selector;
  const at = steps.findIndex(({ kind }) => kind === 'every');
  const parent = at < 0 ? undefined : walk(root, steps.slice(0, at));
  const isContainer = typeof parent === 'object' && parent !== null && !(parent instanceof NumberSource);
  const members = at < 0 ? [root] : isContainer ? Object.values(parent) : [];
  const found = members.map((member) => walk(member, steps.slice(at + 1))).filter((value) => value !== undefined);
  if (node.kind === 'not-exists') return found.length === 0;
  if (node.kind === 'is') return found.includes(node.value);
  const { operator, literal } = node;
  if (operator === '=') return found.some((value) => isEqual(value, literal, world) === true);
  if (operator !== '!=') return found.some((value) => isOrdered(value, operator, literal, world));
  const verdicts = found.map((value) => isEqual(value, literal, world));
  const differs = (verdict: boolean | undefined): boolean => verdict === false;
  if (at < 0 || world.wildcards === 'any-differs') return verdicts.some(differs);
  if (verdicts.includes(true)) return false;
  return world.wildcards === 'none-equals' ? isContainer : verdicts.some(differs);
}

type Steps = Extract<JsonCondition, { kind: 'is' }>['selector']['steps'];

function walk(root: unknown, steps: Steps): unknown {
  let value = root;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || value instanceof NumberSource) return undefined;
    if (step.kind === 'index') value = Array.isArray(value) ? value[step.index] : undefined;
    else if (step.kind === 'name' && !Array.isArray(value) && Object.hasOwn(value, step.name))
      value = (value as Record<string, unknown>)[step.name];
    else return undefined;
  }
  return value;
}

/** Undefined for a value that is neither equal nor different. */
function isEqual(value: unknown, literal: Literal, { constants, numericStrings }: WholeWorld): boolean | undefined {
  const { onString, onSource } = valueTest('=', literal);
  if (value instanceof NumberSource) return onSource(value.text);
  if (typeof value === 'string') {
    if (literal.kind !== 'number' || numericStrings.equal === 'text') return onString(value);
    if (numericStrings.equal === 'never') return false;
    return isNumberText(value) && compareNumbers(value, literal.text) === 0;
  }
  if (value !== null && typeof value !== 'boolean') return undefined;
  const isStar = literal.kind === 'glob' && literal.parts.every((part) => part === '');
  if (constants.equal === 'text' ? onString(String(value)) : constants.equal === 'star' && isStar) return true;
  return constants.hasUnequal ? false : undefined;
}

function isOrdered(value: unknown, operator: '<' | '<=' | '>' | '>=', literal: Literal, world: WholeWorld): boolean {
  const { onSource } = valueTest(operator, literal);
  if (value instanceof NumberSource) return onSource(value.text);
  return typeof value === 'string' && world.numericStrings.hasOrder && isNumberText(value) && onSource(value);
}
