import { RE2JS } from 're2js';
import { compareNumbers, isNumberText } from '../decimal.ts';
import { and, type Condition, not, or } from '../prover/condition.ts';
import { kindProbe, type Probe } from '../prover/probe.ts';
import { groupedRegexLanguage, UnreadableRegex } from '../prover/regex-language.ts';
import type { Spelling } from '../prover/rule.ts';
import type { OrderSign, SaidText, Saying } from '../prover/saying.ts';
import { addressRange } from './address-range.ts';
import { isAsAwsWrites, isWrittenByAws, spellingOf } from './aws-spelling.ts';
import { RuleError } from './rule-error.ts';
import { numericProbe, scalarProbe, scalarTextProbe, valueOrListed } from './scalar.ts';
import { exactly, fittingPieces, type TextMatcher } from './text-matcher.ts';

/** A value of a Sigma rule: YAML gives no others where a rule has them. */
export type SigmaValue = string | number | bigint | boolean | null;

const SHAPES = new Set(['contains', 'startswith', 'endswith']);
const SIGNS: Readonly<Record<string, OrderSign>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };
const KNOWN = new Set([...SHAPES, ...Object.keys(SIGNS), 'all', 'cased', 're', 'i', 'm', 's', 'cidr', 'exists', 'neq']);

/**
 * What one line of a Sigma selection asks, such as `userIdentity.arn|contains: root`. Texts are
 * compared without regard to case unless `cased`; values of a list are alternatives unless `all`.
 */
export function sigmaFieldCondition(
  key: string,
  values: readonly SigmaValue[],
  path: readonly string[],
  { spell, caseCounts }: SigmaReading,
): Condition {
  const [field = '', ...modifiers] = key.split('|');
  const unknown = modifiers.find((modifier) => !KNOWN.has(modifier));
  if (unknown !== undefined) throw new RuleError(`the modifier "${unknown}" is not compared`, path);
  if (field === '') throw new RuleError('a search without a field is not compared', path);
  const names = field.split('.');
  const has = (modifier: string): boolean => modifiers.includes(modifier);
  const isSpelled = ({ parts }: SaidText): boolean =>
    isWrittenByAws(field) ? isAsAwsWrites(field, parts) : caseCounts;
  const ask = (probe: Probe): Condition =>
    valueOrListed(names, { ...probe, says: inItsCase(probe.says, field, isSpelled) });
  for (const value of values)
    if (typeof value === 'string') noteSpelling(value, modifiers, { names, path, spell, isSpelled });
  if (has('exists')) {
    const isThere = ask(scalarProbe);
    const [wanted] = values;
    if (values.length !== 1 || !/^(?:true|false)$/i.test(String(wanted)))
      throw new RuleError('exists takes true or false', path);
    return String(wanted).toLowerCase() === 'false' ? not(isThere) : isThere;
  }
  const conditions = has('all')
    ? values.map((value) => valueCondition(value, modifiers, path, ask))
    : [anyValue(values, { modifiers, path, ask, isSpelled })];
  const joined = and(...conditions);
  return has('neq') ? not(joined) : joined;
}

/** How a rule is read, and who is told of what. */
export interface SigmaReading {
  readonly spell: (spelling: Spelling) => void;
  /** Every text is taken to be written as the rule writes it, not only those that AWS fills. */
  readonly caseCounts: boolean;
}

/** Texts in the case that AWS writes them in, or the rule where that counts; the others are left in any case. */
function inItsCase(
  says: Saying | undefined,
  field: string,
  isSpelled: (text: SaidText) => boolean,
): Saying | undefined {
  if (says?.kind !== 'texts') return says;
  const inCase = (text: SaidText): SaidText =>
    isSpelled(text) ? { parts: spellingOf(field, text.parts), ignoresCase: false } : text;
  return { ...says, texts: says.texts.map(inCase) };
}

interface SpellingContext {
  readonly names: readonly string[];
  readonly path: readonly string[];
  readonly spell: (spelling: Spelling) => void;
  readonly isSpelled: (text: SaidText) => boolean;
}

function noteSpelling(
  value: string,
  modifiers: readonly string[],
  { names, path, spell, isSpelled }: SpellingContext,
): void {
  if (modifiers.some((modifier) => modifier === 'cased' || modifier === 're' || modifier === 'cidr')) return;
  const loose = textMatcher(value, modifiers, path);
  if (!loose.said || !isSpelled(loose.said)) return;
  const strict = textMatcher(value, [...modifiers, 'cased'], path);
  spell({
    steps: names.map((name) => ({ kind: 'name', name })),
    isVariant: (text) => loose.fits(text) && !strict.fits(text),
    language: strict.language,
  });
}

/**
 * Texts of one list make one question, so that long lists stay cheap; those that may stand in any case make one of their
 * own, as other spellings of the first are left out of comparisons and theirs are not.
 */
function anyValue(
  values: readonly SigmaValue[],
  { modifiers, path, ask, isSpelled }: Asking & { readonly isSpelled: (text: SaidText) => boolean },
): Condition {
  const texts = values.filter((value) => isTextValue(value, modifiers));
  const others = values.filter((value) => !isTextValue(value, modifiers));
  const matchers = texts.map((value) => textMatcher(String(value), modifiers, path));
  const isInCase = ({ said }: TextMatcher): boolean => said !== undefined && isSpelled(said);
  const questions = [matchers.filter(isInCase), matchers.filter((matcher) => !isInCase(matcher))];
  return or(
    ...questions.flatMap((some) => (some.length > 0 ? [ask(scalarTextProbe(some))] : [])),
    ...others.map((value) => valueCondition(value, modifiers, path, ask)),
  );
}

interface Asking {
  readonly modifiers: readonly string[];
  readonly path: readonly string[];
  readonly ask: (probe: Probe) => Condition;
}

const isTextValue = (value: SigmaValue, modifiers: readonly string[]): boolean =>
  typeof value === 'string' && !modifiers.some((modifier) => Object.hasOwn(SIGNS, modifier));

const notNullProbe = kindProbe(
  (leaf) => leaf.kind !== 'missing' && !(leaf.kind === 'constant' && leaf.value === null),
  { kind: 'not-null' },
);

function valueCondition(
  value: SigmaValue,
  modifiers: readonly string[],
  path: readonly string[],
  ask: (probe: Probe) => Condition,
): Condition {
  const order = modifiers.find((modifier) => Object.hasOwn(SIGNS, modifier));
  if (order !== undefined) return ask(boundProbe(value, order, path));
  // A field that is null and one that is not there are the same to Sigma.
  if (value === null) return not(ask(notNullProbe));
  if (typeof value === 'string' || modifiers.some((modifier) => SHAPES.has(modifier)))
    return ask(scalarTextProbe([textMatcher(String(value), modifiers, path)]));
  if (typeof value === 'boolean') return ask(scalarTextProbe([exactly(String(value), { ignoreCase: true })]));
  return ask(equalNumberProbe(String(value)));
}

function boundProbe(value: SigmaValue, order: string, path: readonly string[]): Probe {
  const number = String(value);
  const sign = SIGNS[order];
  if (!isNumberText(number) || !sign) throw new RuleError(`${order} takes a number`, path);
  return numericProbe([{ number, sign }], { looksSuffice: true });
}

/** A number, or a string that writes it just so. */
const equalNumberProbe = (number: string): Probe => ({
  constants: [number],
  languages: [],
  numbers: [number],
  says: { kind: 'numbers', bounds: [{ sign: '=', number }] },
  holds: (leaf) =>
    (leaf.kind === 'string' && leaf.text === number) ||
    (leaf.kind === 'number' && leaf.value !== undefined && compareNumbers(leaf.value, number) === 0),
});

function textMatcher(text: string, modifiers: readonly string[], path: readonly string[]): TextMatcher {
  if (modifiers.includes('re')) return regexMatcher(text, modifiers, path);
  if (modifiers.includes('cidr')) {
    const matcher = addressRange(text);
    if (!matcher) throw new RuleError(`${text} is not a range of IPv4 or IPv6 addresses`, path);
    return matcher;
  }
  const pieces = wildcardPieces(text);
  const isOpenStart = modifiers.includes('contains') || modifiers.includes('endswith');
  const isOpenEnd = modifiers.includes('contains') || modifiers.includes('startswith');
  return fittingPieces([...(isOpenStart ? ['*' as const] : []), ...pieces, ...(isOpenEnd ? ['*' as const] : [])], {
    ignoreCase: !modifiers.includes('cased'),
  });
}

/** `*` any run, `?` any character; a backslash before one of them or before a backslash takes its meaning away. */
function wildcardPieces(text: string): ('*' | '?' | { readonly text: string })[] {
  return [...text.matchAll(/\\[*?\\]|[*?]|[^*?\\]+|\\/g)].map(([piece]) => {
    if (piece === '*' || piece === '?') return piece;
    return { text: /^\\[*?\\]$/.test(piece) ? piece.slice(1) : piece };
  });
}

function regexMatcher(source: string, modifiers: readonly string[], path: readonly string[]): TextMatcher {
  const ignoreCase = modifiers.includes('i') || source.startsWith('(?i)');
  const plain = source.replace(/^\(\?i\)/, '');
  if (modifiers.includes('m')) throw new RuleError('expressions over several lines are not compared', path);
  try {
    const flags = (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | RE2JS.DOTALL;
    const compiled = RE2JS.compile(plain, flags);
    return { language: groupedRegexLanguage(plain, { ignoreCase }), fits: (text) => compiled.test(text) };
  } catch (error) {
    const reason = error instanceof UnreadableRegex ? error.message : 'does not compile';
    throw new RuleError(`the expression ${source} ${reason}`, path);
  }
}
