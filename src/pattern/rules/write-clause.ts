import type { Condition, ValueCondition } from '../prover/condition.ts';
import type { OrderSign, SaidText, Saying } from '../prover/saying.ts';
import type { Step } from '../syntax-tree.ts';
import { all, any, type Clause, FALSE, TRUE } from './clause.ts';

/** Ways to write the same: the plain one first, and others for events that a plain pattern judges otherwise. */
export interface Manner {
  /** What "is not x" says beside `!=`: nothing, that the field may be missing, or that it may be null too. */
  readonly absence: 0 | 1 | 2;
  /** Fields that may hold lists are asked for their elements too. */
  readonly lists: boolean;
  /** Where case does not count, letters are written in both cases, by regular expressions. */
  readonly cases: boolean;
}

/** A rule asks for something that no filter pattern can ask. */
export class Unsayable extends Error {}

/**
 * What a rule's condition asks, or its opposite where not `wanted`, in words of a filter pattern, whose `!=`
 * needs the field and whose negation stands at values only.
 * @throws Unsayable
 */
export function writeClause(condition: Condition, wanted: boolean, manner: Manner): Clause {
  switch (condition.kind) {
    case 'not':
      return writeClause(condition.operand, !wanted, manner);
    case 'value':
      return writeValue(condition, wanted, manner);
    default: {
      const operands = condition.operands.map((operand) => writeClause(operand, wanted, manner));
      return (condition.kind === 'and') === wanted ? all(operands) : any(operands);
    }
  }
}

type SaidOfValue = Exclude<Saying, { readonly kind: 'list' }>;

function writeValue({ steps, probe }: ValueCondition, wanted: boolean, manner: Manner): Clause {
  const { says } = probe;
  const selector = selectorText(steps);
  if (!says) throw new Unsayable(`${selector} is asked for something that filter patterns have no words for`);
  // A list is never asked for without one of its elements, whose condition stands beside it.
  if (says.kind === 'list') return TRUE;
  if (steps.some(({ kind }) => kind === 'every')) {
    if (!wanted) return TRUE;
    return manner.lists ? positive(selector, says, manner) : FALSE;
  }
  return wanted ? positive(selector, says, manner) : negative(selector, says, manner);
}

function positive(selector: string, says: SaidOfValue, manner: Manner): Clause {
  switch (says.kind) {
    case 'texts':
      return any(says.texts.flatMap((text) => asked(selector, text, says.scalars === true, manner)));
    case 'no-texts':
      return all(says.texts.map((text) => comparison(selector, '!=', text, manner)));
    case 'numbers':
      return all(says.bounds.map(({ sign, number }) => plain(`${selector} ${sign} ${number}`)));
    case 'constant':
      return plain(`${selector} IS ${String(says.value).toUpperCase()}`);
    case 'present':
    case 'not-null':
      return plain(`${selector} = "*"`);
  }
}

const OPPOSITES: Readonly<Record<OrderSign, string>> = { '=': '!=', '>': '<=', '>=': '<', '<': '>=', '<=': '>' };

function negative(selector: string, says: SaidOfValue, manner: Manner): Clause {
  const missing = plain(`${selector} NOT EXISTS`);
  const isNull = plain(`${selector} IS NULL`);
  const orAbsent = (clause: Clause): Clause => {
    if (manner.absence === 0) return clause;
    return any(manner.absence === 1 ? [clause, missing] : [clause, missing, isNull]);
  };
  switch (says.kind) {
    case 'texts':
      return orAbsent(all(says.texts.map((text) => comparison(selector, '!=', text, manner))));
    case 'no-texts':
      return orAbsent(any(says.texts.map((text) => comparison(selector, '=', text, manner))));
    case 'numbers':
      return orAbsent(any(says.bounds.map(({ sign, number }) => plain(`${selector} ${OPPOSITES[sign]} ${number}`))));
    case 'constant':
      if (says.value === null) return any([plain(`${selector} = "*"`), missing]);
      return orAbsent(plain(`${selector} IS ${says.value ? 'FALSE' : 'TRUE'}`));
    case 'present':
      return missing;
    case 'not-null':
      return manner.absence === 0 ? missing : any([missing, isNull]);
  }
}

/** A text, and the constant that it is the text of. */
function asked(selector: string, text: SaidText, scalars: boolean, manner: Manner): Clause[] {
  const written = comparison(selector, '=', text, manner);
  const [only = '', ...more] = text.parts;
  const isConstant = scalars && more.length === 0 && /^(?:true|false)$/i.test(only);
  return isConstant ? [written, plain(`${selector} IS ${only.toUpperCase()}`)] : [written];
}

const plain = (text: string): Clause => ({ kind: 'condition', text, isRegex: false });

function comparison(selector: string, operator: '=' | '!=', text: SaidText, { cases }: Manner): Clause {
  if (cases && text.ignoresCase)
    return { kind: 'condition', text: `${selector} ${operator} ${regexText(text)}`, isRegex: true };
  if (text.parts.some((part) => part.includes('*')))
    throw new Unsayable(`${selector} is compared with a star, which filter patterns take for any run of characters`);
  return plain(`${selector} ${operator} ${quoted(text.parts.join('*'))}`);
}

const quoted = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;

/** Letters in both cases; the ends are fixed where no star stands there. */
function regexText({ parts }: SaidText): string {
  const [first, last] = [parts[0] ?? '', parts.at(-1) ?? ''];
  const inner = parts.filter((part) => part !== '').map((part) => [...part].map(regexLetter).join(''));
  return `%${first === '' ? '' : '^'}${inner.join('.*')}${last === '' ? '' : '$'}%`;
}

function regexLetter(letter: string): string {
  if (/[A-Za-z]/.test(letter)) return `[${letter.toUpperCase()}${letter.toLowerCase()}]`;
  if (/[0-9:_#=@/;,\- ]/.test(letter)) return letter;
  if (/[\^$?[\]{}|\\*+.]/.test(letter)) return `\\${letter}`;
  const code = letter.codePointAt(0) ?? 0;
  if (code > 0x7f) throw new Unsayable(`"${letter}" cannot stand in a filter pattern's regular expression`);
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

function selectorText(steps: readonly Step[]): string {
  return steps.reduce((text, step) => {
    if (step.kind === 'every') return `${text}[*]`;
    if (step.kind === 'index') return `${text}[${step.index}]`;
    if (/^[\w-]+$/.test(step.name)) return `${text}.${step.name}`;
    if (/['\\\p{Cc}]/u.test(step.name)) throw new Unsayable(`no filter pattern can name the field "${step.name}"`);
    return `${text}.['${step.name}']`;
  }, '$');
}
