import { NumberSource } from '../json-source.ts';
import { type Condition, not, or } from '../prover/condition.ts';
import type { Probe } from '../prover/probe.ts';
import { constantProbe } from '../prover/probe.ts';
import { anySaid, type OrderSign, type SaidText } from '../prover/saying.ts';
import { addressRange } from './address-range.ts';
import { RuleError } from './rule-error.ts';
import { numberTextProbe, numericProbe, ORDERS, scalarProbe, stringProbe, textsProbe } from './scalar.ts';
import { endingWith, exactly, fitting, startingWith, type TextMatcher } from './text-matcher.ts';

/** What one entry of an event pattern's list asks of a field: a probe of a value, or that none is there. */
export type Wanted = { readonly probe: Probe } | { readonly isAbsent: true };

/** Reads the list that an event pattern gives for a field: one of its entries must hold. */
export function readWanted(list: readonly unknown[], path: readonly string[]): Wanted[] {
  if (list.length === 0) throw new RuleError('the list of values is empty', path);
  const texts = list.filter((entry): entry is string => typeof entry === 'string');
  const others = list.filter((entry) => typeof entry !== 'string');
  const wanted = others.map((entry) => readEntry(entry, path));
  return texts.length > 0 ? [{ probe: textsProbe(texts) }, ...wanted] : wanted;
}

function readEntry(entry: unknown, path: readonly string[]): Wanted {
  const value = scalarProbeOf(entry);
  if (value) return { probe: value };
  const [operator, argument] = onlyMember(entry, path);
  switch (operator) {
    case 'exists':
      if (typeof argument !== 'boolean') throw new RuleError('exists takes true or false', path);
      return argument ? { probe: scalarProbe } : { isAbsent: true };
    case 'numeric':
      return { probe: numericProbe(readBounds(argument, path)) };
    case 'anything-but':
      return { probe: anythingBut(argument, path) };
    default:
      return { probe: stringProbe([readMatcher(operator, argument, path)]) };
  }
}

function scalarProbeOf(entry: unknown): Probe | undefined {
  if (typeof entry === 'string') return textsProbe([entry]);
  // EventBridge compares numbers character by character: 300 and 300.0 differ.
  if (entry instanceof NumberSource) return numberTextProbe(entry.text);
  return entry === null || typeof entry === 'boolean' ? constantProbe(entry) : undefined;
}

function onlyMember(entry: unknown, path: readonly string[]): [string, unknown] {
  const members = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? Object.entries(entry) : [];
  const [member] = members;
  if (!member || members.length > 1) throw new RuleError('expected a value or one operator', path);
  return member;
}

function readMatcher(operator: string, argument: unknown, path: readonly string[]): TextMatcher {
  switch (operator) {
    case 'prefix':
    case 'suffix': {
      const make = operator === 'prefix' ? startingWith : endingWith;
      if (typeof argument === 'string') return make(argument);
      const [inner, text] = onlyMember(argument, path);
      if (inner !== 'equals-ignore-case') throw new RuleError(`${operator} takes a text or equals-ignore-case`, path);
      return make(textOf(text, inner, path), { ignoreCase: true });
    }
    case 'equals-ignore-case':
      return exactly(textOf(argument, operator, path), { ignoreCase: true });
    case 'wildcard':
      return fitting(wildcardParts(textOf(argument, operator, path), path));
    case 'cidr':
      return rangeMatcher(textOf(argument, operator, path), path);
    default:
      throw new RuleError(`there is no operator "${operator}"`, path);
  }
}

/** EventBridge counts from the address that is written, not from the network that it lies in. */
function rangeMatcher(text: string, path: readonly string[]): TextMatcher {
  const range = text.includes('/') ? addressRange(text) : undefined;
  if (!range) throw new RuleError(`${text} is not a range of IPv4 or IPv6 addresses`, path);
  if (!range.startsAtNetwork)
    throw new RuleError(`${text} does not begin with the first address of its network, and is not compared`, path);
  return range;
}

function textOf(argument: unknown, operator: string, path: readonly string[]): string {
  if (typeof argument !== 'string') throw new RuleError(`${operator} takes a text`, path);
  return argument;
}

/** Splits at the stars; `\*` and `\\` stand for the characters themselves. */
function wildcardParts(text: string, path: readonly string[]): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    const next = text.charAt(at + 1);
    if (letter === '*') {
      if (next === '*') throw new RuleError('a wildcard has no two stars in a row', path);
      parts.push('');
      continue;
    }
    const isEscape = letter === '\\' && (next === '*' || next === '\\');
    if (letter === '\\' && !isEscape) throw new RuleError('a backslash stands before * or \\ only', path);
    parts[parts.length - 1] += isEscape ? next : letter;
    if (isEscape) at += 1;
  }
  return parts;
}

function readBounds(argument: unknown, path: readonly string[]) {
  if (!Array.isArray(argument) || argument.length === 0 || argument.length % 2 === 1)
    throw new RuleError('numeric takes operators and numbers in turn', path);
  return Array.from({ length: argument.length / 2 }, (_, at) => {
    const [operator, number]: unknown[] = argument.slice(2 * at, 2 * at + 2);
    const sign = typeof operator === 'string' && Object.hasOwn(ORDERS, operator) ? (operator as OrderSign) : undefined;
    if (!sign || !(number instanceof NumberSource))
      throw new RuleError('numeric takes operators and numbers in turn', path);
    return { number: number.text, sign };
  });
}

const saidTexts = ({ says }: Probe): readonly (SaidText | undefined)[] =>
  says?.kind === 'texts' ? says.texts : [undefined];

/** Any value at all, except some. Holds for one that is there only. */
function anythingBut(argument: unknown, path: readonly string[]): Probe {
  const list = Array.isArray(argument) ? argument : [argument];
  if (list.length === 0) throw new RuleError('anything-but needs a value', path);
  const excepted = list.flatMap((entry) => exceptions(entry, path));
  return {
    constants: excepted.flatMap(({ constants }) => constants),
    languages: excepted.flatMap(({ languages }) => languages),
    numbers: excepted.flatMap(({ numbers }) => numbers),
    says: anySaid(excepted.flatMap(saidTexts), 'no-texts'),
    holds: (leaf, world) => scalarProbe.holds(leaf, world) && !excepted.some((probe) => probe.holds(leaf, world)),
  };
}

function exceptions(entry: unknown, path: readonly string[]): Probe[] {
  // Unlike equality, anything-but compares numbers by value.
  if (entry instanceof NumberSource) return [numericProbe([{ number: entry.text, sign: '=' }])];
  const value = scalarProbeOf(entry);
  if (value) return [value];
  const [operator, argument] = onlyMember(entry, path);
  const texts = Array.isArray(argument) ? argument : [argument];
  return [stringProbe(texts.map((text) => readMatcher(operator, text, path)))];
}

/** What a list asks of a field, given what it is to ask a probe of the field. */
export const wantedCondition = (wanted: readonly Wanted[], ask: (probe: Probe) => Condition): Condition =>
  or(...wanted.map((each) => ('probe' in each ? ask(each.probe) : not(ask(scalarProbe)))));
