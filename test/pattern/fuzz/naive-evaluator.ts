import type {
  Combination,
  DelimitedPattern,
  FieldCondition,
  JsonCondition,
  Literal,
  Operator,
  Pattern,
  Step,
  Term,
} from '../../../src/pattern/index.ts';
import { type Json, readNaively } from './naive-json.ts';
import { compareNaively, isNumber, naiveGlob, naiveRegex } from './naive-values.ts';

/**
 * Judges a message by a pattern as the specification reads, with no thought of speed and nothing of
 * the matcher's own but the syntax tree.
 */
export function judgeNaively(pattern: Pattern, message: string): boolean {
  switch (pattern.kind) {
    case 'everything':
      return true;
    case 'text':
      return judgeTerms(pattern.terms, message);
    case 'delimited':
      return judgeFields(pattern, message);
    case 'json': {
      const json = jsonOf(message);
      return json?.kind === 'object' && combined(pattern.root, (condition) => judgeCondition(condition, json));
    }
  }
}

let last: { readonly message: string; readonly json: Json | undefined } | undefined;

/** Many patterns judge the same message, one after the other. */
function jsonOf(message: string): Json | undefined {
  if (last?.message !== message) last = { message, json: readNaively(message) };
  return last.json;
}

function combined<Condition extends { kind: string; start: number; end: number }>(
  node: Combination<Condition>,
  holds: (condition: Condition) => boolean,
): boolean {
  if (!('operands' in node)) return holds(node as Condition);
  const verdicts = node.operands.map((operand) => combined(operand as Combination<Condition>, holds));
  return node.kind === 'and' ? !verdicts.includes(false) : verdicts.includes(true);
}

function judgeTerms(terms: readonly Term[], message: string): boolean {
  const isFound = ({ literal }: Term): boolean => {
    if (literal.kind === 'regex') return naiveRegex(literal.source)(message);
    return literal.text === ' ' || message.split(literal.text).length > 1 || literal.text === '';
  };
  const of = (role: Term['role']) => terms.filter((term) => term.role === role);
  if (of('include').length + of('exclude').length === 0) return of('optional').some(isFound);
  return of('include').every(isFound) && !of('exclude').some(isFound);
}

function judgeCondition(condition: JsonCondition, event: Json): boolean {
  const selected = condition.selector.steps.reduce<Json[]>(
    (values, step) => values.flatMap((value) => stepNaively(value, step)),
    [event],
  );
  if (condition.kind === 'not-exists') return selected.length === 0;
  return selected.some((value) => {
    if (condition.kind === 'is') return value.kind === 'constant' && value.value === condition.value;
    if (value.kind !== 'string' && value.kind !== 'number') return false;
    return compare(value.kind, value.text, condition.operator, condition.literal);
  });
}

function stepNaively(value: Json, step: Step): Json[] {
  if (step.kind === 'every') {
    if (value.kind === 'array') return [...value.elements];
    return value.kind === 'object' ? [...value.members.values()] : [];
  }
  const next =
    step.kind === 'index'
      ? value.kind === 'array' && value.elements[step.index]
      : value.kind === 'object' && value.members.get(step.name);
  return next ? [next] : [];
}

function compare(kind: 'string' | 'number', text: string, operator: Operator, literal: Literal): boolean {
  if (operator === '!=') return !compare(kind, text, '=', literal);
  if (operator !== '=') return kind === 'number' && inOrder(compareNaively(text, textOf(literal)), operator);
  switch (literal.kind) {
    case 'text':
      return text === literal.text;
    case 'glob':
      return naiveGlob(literal.text, text);
    case 'regex':
      return naiveRegex(literal.source)(text);
    case 'number':
      return kind === 'number' ? compareNaively(text, literal.text) === 0 : text === literal.text;
  }
}

const textOf = (literal: Literal): string => (literal.kind === 'number' ? literal.text : '');

function inOrder(order: number, operator: '<' | '<=' | '>' | '>='): boolean {
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

interface Field {
  readonly text: string;
  readonly start: number;
}

const isBlank = (char: string): boolean => /^[ \t\n\r\f\v]$/.test(char);

function fieldsOf(message: string): Field[] {
  const fields: Field[] = [];
  let open: { start: number; until: string | undefined; text: string } | undefined;
  for (const [at, char] of message.split('').entries()) {
    if (!open) {
      if (isBlank(char)) continue;
      const until = char === '"' ? '"' : char === '[' ? ']' : undefined;
      open = { start: at, until, text: until === undefined ? char : '' };
    } else if (open.until === undefined ? isBlank(char) : char === open.until) {
      fields.push(open);
      open = undefined;
    } else open.text += char;
  }
  return open ? [...fields, open] : fields;
}

function judgeFields({ entries }: DelimitedPattern, message: string): boolean {
  const fields = fieldsOf(message);
  const ellipsis = entries.findIndex(({ kind }) => kind === 'ellipsis');
  const wanted = entries.filter(({ kind }) => kind !== 'ellipsis');
  if (fields.length < wanted.length) return false;
  const texts = fields.map(({ text }) => text);
  if (ellipsis < 0 && fields.length > wanted.length && wanted.length > 0) {
    const last = wanted.length - 1;
    texts[last] = message.slice(fields[last]!.start).replace(/\s+$/, '');
  }
  return wanted.every((entry, place) => {
    if (entry.kind !== 'field' || !entry.condition) return true;
    const isBehind = ellipsis >= 0 && place >= ellipsis;
    const text = texts[isBehind ? texts.length - (wanted.length - place) : place] ?? '';
    return combined<FieldCondition>(entry.condition, (condition) => {
      if (condition.kind === 'field-mention') return true;
      const { operator, literal } = condition;
      const isNumeric = literal.kind === 'number' && isNumber(text);
      return compare(isNumeric ? 'number' : 'string', text, operator, literal);
    });
  });
}
