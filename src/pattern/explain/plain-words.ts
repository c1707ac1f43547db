import type {
  Combination,
  DelimitedPattern,
  FieldCondition,
  JsonCondition,
  Literal,
  Operator,
  Pattern,
  TextPattern,
} from '../syntax-tree.ts';

/** One sentence or bullet of an explanation, with how deep it stands in the others. */
export interface Line {
  readonly depth: number;
  readonly text: string;
}

/** Says in plain words which messages a pattern matches. */
export function plainWords(pattern: Pattern): readonly Line[] {
  switch (pattern.kind) {
    case 'everything':
      return [{ depth: 0, text: 'Matches every message.' }];
    case 'text':
      return textWords(pattern);
    case 'json':
      return [{ depth: 0, text: 'Matches a message that is a JSON object in which' }, ...jsonWords(pattern.root, 1)];
    case 'delimited':
      return delimitedWords(pattern);
  }
}

function jsonWords(node: Combination<JsonCondition>, depth: number): Line[] {
  if (!('operands' in node)) return [{ depth, text: conditionWords(node) }];
  const head = node.kind === 'and' ? 'all of these hold:' : 'at least one of these holds:';
  return [{ depth, text: head }, ...node.operands.flatMap((operand) => jsonWords(operand, depth + 1))];
}

/** One condition as a clause, for example `$.a is "x"`. */
export function conditionWords(condition: JsonCondition): string {
  const { selector } = condition;
  const isWide = selector.steps.some(({ kind }) => kind === 'every');
  const subject = isWide ? `some value of ${selector.text}` : selector.text;
  if (condition.kind === 'not-exists') return `${selector.text} is absent`;
  if (condition.kind === 'is') return `${subject} is ${String(condition.value)}`;
  return `${subject} ${comparisonWords(condition.operator, condition.literal)}`;
}

const ORDER_WORDS: Readonly<Record<string, string>> = {
  '>': 'greater than',
  '>=': 'at least',
  '<': 'less than',
  '<=': 'at most',
};

function comparisonWords(operator: Operator, literal: Literal): string {
  if (operator !== '=' && operator !== '!=') return `is a number ${ORDER_WORDS[operator]} ${literalText(literal)}`;
  const isEqual = operator === '=';
  if (literal.kind === 'glob' && literal.parts.every((part) => part === ''))
    return isEqual ? 'is there, as a string or a number' : 'is never so: nothing differs from *';
  const there = isEqual ? '' : 'is there and ';
  switch (literal.kind) {
    case 'number':
      return isEqual ? `is the number ${literal.text}` : `${there}is not the number ${literal.text}`;
    case 'text':
      return isEqual ? `is "${literal.text}"` : `${there}is not "${literal.text}"`;
    case 'glob':
      return `${there}${isEqual ? 'fits' : 'does not fit'} "${literal.text}", where * stands for any text`;
    case 'regex':
      return `${there}${isEqual ? 'has' : 'has no'} text that fits the regular expression ${literal.source}`;
  }
}

const literalText = (literal: Literal): string => (literal.kind === 'regex' ? literal.source : literal.text);

function textWords({ terms }: TextPattern): Line[] {
  const quoted = (role: 'include' | 'exclude' | 'optional'): string[] =>
    terms
      .filter((term) => term.role === role)
      .map(({ literal }) =>
        literal.kind === 'regex' ? `text that fits the regular expression ${literal.source}` : `"${literal.text}"`,
      );
  const [included, excluded, optional] = [quoted('include'), quoted('exclude'), quoted('optional')];
  if (included.length + excluded.length === 0)
    return list('Matches a message that contains, in any place, at least one of', optional);
  return [
    ...(included.length > 0 ? list('Matches a message that contains, in any place, all of', included) : []),
    ...(excluded.length > 0
      ? list(`${included.length > 0 ? 'and' : 'Matches a message that contains'} none of`, excluded)
      : []),
  ];
}

const list = (head: string, items: readonly string[]): Line[] => [
  { depth: 0, text: head },
  ...items.map((text) => ({ depth: 1, text })),
];

function delimitedWords({ entries }: DelimitedPattern): Line[] {
  if (entries.length === 0) return [{ depth: 0, text: 'Matches every message, and takes its fields apart at blanks.' }];
  const fields = entries.filter(({ kind }) => kind === 'field').length;
  const hasEllipsis = fields < entries.length;
  const head = `Matches a message of at least ${fields} ${fields === 1 ? 'field' : 'fields'} separated by blanks`;
  return [
    { depth: 0, text: hasEllipsis ? `${head}:` : `${head}, the last of which takes the rest of the line:` },
    ...entries.flatMap((entry): Line[] => {
      if (entry.kind === 'ellipsis') return [{ depth: 1, text: 'any fields, or none' }];
      const name = entry.name ?? 'a field without a name';
      if (!entry.condition) return [{ depth: 1, text: `${name}: anything` }];
      return [{ depth: 1, text: `${name} ${fieldWords(entry.condition)}` }];
    }),
  ];
}

function fieldWords(node: Combination<FieldCondition>): string {
  if ('operands' in node) {
    const sides = node.operands.map((operand) =>
      'operands' in operand ? `(${fieldWords(operand)})` : fieldWords(operand),
    );
    return sides.join(` ${node.kind} `);
  }
  if (node.kind === 'field-mention') return 'is anything';
  const { operator, literal } = node;
  return comparisonWords(operator, literal)
    .replace('is there, as a string or a number', 'is anything')
    .replace('is there and ', '');
}
