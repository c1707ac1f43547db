import { conditionsOf } from '../combination.ts';
import { Budget, OutOfWork } from '../prover/budget.ts';
import { UNUSUAL } from '../prover/cloudtrail-shape.ts';
import { type Condition, not } from '../prover/condition.ts';
import { combinationCondition } from '../prover/filter-condition.ts';
import { Landscape } from '../prover/region.ts';
import type { Combination, CompareCondition, JsonCondition, JsonPattern, Selector } from '../syntax-tree.ts';
import { BOOLEAN_PATHS, BOOLEAN_TEXT_PATHS, properPath, properValue } from './record-vocabulary.ts';
import { spliced, type Trap } from './trap.ts';

const WORK = 400_000;

/** The traps of a JSON pattern, in the order of their places. */
export function jsonTraps(text: string, { root }: JsonPattern): Trap[] {
  const traps = conditionsOf<JsonCondition>(root).flatMap((condition) => [
    ...mustExist(text, condition, root),
    ...caseTraps(text, condition),
    ...booleanTraps(text, condition),
  ]);
  traps.push(...deadParts(root), ...tautologies(root), ...mixedOperators(text, root));
  return traps.sort((a, b) => a.start - b.start || b.end - a.end);
}

function mustExist(text: string, condition: JsonCondition, root: Combination<JsonCondition>): Trap[] {
  if (condition.kind !== 'compare' || condition.operator !== '!=') return [];
  const { selector, start, end } = condition;
  const isGuarded = conditionsOf<JsonCondition>(root).some(
    (other) => other !== condition && other.selector.text === selector.text && isPresence(other),
  );
  if (isGuarded) return [];
  return [
    {
      code: 'field-must-exist',
      start,
      end,
      message: `${text.slice(start, end)} is false where ${selector.text} is absent: such an event is not matched.`,
      mended: spliced(text, start, end, `(${selector.text} NOT EXISTS || ${text.slice(start, end)})`),
    },
  ];
}

/** Says the pattern elsewhere whether the field is there? Then its writer has thought of it. */
const isPresence = (condition: JsonCondition): boolean =>
  condition.kind === 'not-exists' ||
  (condition.kind === 'compare' && condition.operator === '=' && condition.literal.kind === 'glob');

function pathOf(selector: Selector): string[] | undefined {
  const names = selector.steps.map((step) => (step.kind === 'name' ? step.name : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}

function caseTraps(text: string, condition: JsonCondition): Trap[] {
  const path = pathOf(condition.selector);
  if (!path) return [];
  const { selector } = condition;
  const proper = properPath(path);
  const traps: Trap[] = [];
  if (proper)
    traps.push({
      code: 'case',
      start: selector.start,
      end: selector.end,
      message: `CloudTrail writes ${proper.join('.')}; names are case-sensitive.`,
      mended: spliced(text, selector.start, selector.end, `$.${proper.join('.')}`),
    });
  if (condition.kind !== 'compare' || condition.literal.kind !== 'text') return traps;
  const { literal } = condition;
  const value = properValue((proper ?? path).join('.'), literal.text);
  if (value !== undefined)
    traps.push({
      code: 'case',
      start: literal.start,
      end: literal.end,
      message: `CloudTrail writes "${value}"; values are case-sensitive.`,
      mended: spliced(text, literal.start, literal.end, `"${value}"`),
    });
  return traps;
}

function booleanTraps(text: string, condition: JsonCondition): Trap[] {
  const path = pathOf(condition.selector)?.join('.') ?? '';
  const { selector, start, end } = condition;
  if (condition.kind === 'is') {
    if (condition.value === null || !BOOLEAN_TEXT_PATHS.has(path)) return [];
    const mended = `${selector.text} = "${condition.value}"`;
    const message = `CloudTrail writes ${path} as a string: the condition is never true.`;
    return [{ code: 'boolean-as-text', start, end, message, mended: spliced(text, start, end, mended) }];
  }
  if (condition.kind !== 'compare' || !isBooleanText(condition) || BOOLEAN_TEXT_PATHS.has(path)) return [];
  const { literal, operator } = condition;
  const value = literal.kind === 'text' ? literal.text.toUpperCase() : '';
  if (literal.kind === 'text' && literal.quoted && !BOOLEAN_PATHS.has(path)) return [];
  const meant = operator === '=' ? value : value === 'TRUE' ? 'FALSE' : 'TRUE';
  const message = `${text.slice(start, end)} compares with the text "${value.toLowerCase()}"; a JSON ${value.toLowerCase()} is asked for by IS.`;
  const isKnown = operator === '=' || value !== 'NULL';
  const mended = isKnown ? { mended: spliced(text, start, end, `${selector.text} IS ${meant}`) } : {};
  return [{ code: 'boolean-as-text', start, end, message, ...mended }];
}

const isBooleanText = ({ literal, operator }: CompareCondition): boolean =>
  literal.kind === 'text' && (operator === '=' || operator === '!=') && /^(?:true|false|null)$/i.test(literal.text);

/** Parts that no event can fulfil; a part within such a part is not told again. */
function deadParts(node: Combination<JsonCondition>): Trap[] {
  const condition = combinationCondition(node);
  if (isImpossible(condition)) {
    const message = 'No event can fulfil this: its conditions contradict each other.';
    return [{ code: 'never-true', start: node.start, end: node.end, message }];
  }
  return 'operands' in node ? node.operands.flatMap((operand) => deadParts(operand)) : [];
}

/** `$.a != x || $.a != y` holds wherever $.a is there. */
function tautologies(node: Combination<JsonCondition>): Trap[] {
  if (!('operands' in node)) return [];
  const inner = node.operands.flatMap((operand) => tautologies(operand));
  if (node.kind === 'and') return inner;
  if (isImpossible(not(combinationCondition(node))))
    return [{ code: 'always-true', start: node.start, end: node.end, message: 'Every JSON event fulfils this.' }];
  const unequal = node.operands.flatMap((operand) =>
    operand.kind === 'compare' && operand.operator === '!=' ? [operand.selector.text] : [],
  );
  const twice = unequal.find((selector, index) => unequal.indexOf(selector) < index);
  if (twice === undefined) return inner;
  const message = `Inequalities joined by || hold wherever ${twice} is there; && was probably meant.`;
  return [...inner, { code: 'always-true', start: node.start, end: node.end, message }];
}

/** Is there no event for it, by what AWS documents? */
function isImpossible(condition: Condition): boolean {
  try {
    const verdict = new Landscape([condition], () => UNUSUAL, new Budget(WORK)).decide(condition);
    return verdict.kind === 'none' || (verdict.kind === 'hinges' && !verdict.event);
  } catch (error) {
    if (error instanceof OutOfWork) return false;
    throw error;
  }
}

/** `a || b && c` without parentheses: && binds tighter than many a reader thinks. */
function mixedOperators(text: string, node: Combination<JsonCondition>): Trap[] {
  if (!('operands' in node)) return [];
  const inner = node.operands.flatMap((operand) => mixedOperators(text, operand));
  const bare =
    node.kind === 'or' ? node.operands.filter((operand) => operand.kind === 'and' && !isBracketed(text, operand)) : [];
  if (bare.length === 0) return inner;
  const [first] = bare;
  const mended = [...bare]
    .reverse()
    .reduce((edited, { start, end }) => spliced(edited, start, end, `(${text.slice(start, end)})`), text);
  const message = '&& binds tighter than ||: this is read as in the form with parentheses.';
  return [
    { code: 'mixed-and-or', start: first?.start ?? node.start, end: bare.at(-1)?.end ?? node.end, message, mended },
    ...inner,
  ];
}

const isBracketed = (text: string, { start, end }: { readonly start: number; readonly end: number }): boolean =>
  text.slice(0, start).trimEnd().endsWith('(') && text.slice(end).trimStart().startsWith(')');
