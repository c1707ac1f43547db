import type { DelimitedPattern, FieldEntry } from '../syntax-tree.ts';
import type { Budget } from './budget.ts';
import { UNUSUAL } from './cloudtrail-shape.ts';
import { complementOf, oneOf } from './code-points.ts';
import { ALWAYS, and, type Condition, NEVER, or, sideCondition, valueAt } from './condition.ts';
import type { Draft } from './draft.ts';
import { type Finding, type Findings, findingsBySide, liesOn, type Side, unknown } from './finding.ts';
import { ANY_TEXT, char, choice, type Language, repeat, sequence } from './language.ts';
import { fieldCondition, named, textProbe } from './message-condition.ts';
import { Landscape } from './region.ts';
import { type Rule, textMembers } from './rule.ts';
import { textIn } from './text-findings.ts';

const SPACE = oneOf(' \t\n\r\f\v');
const inside = (closing: string): Language => repeat(char(complementOf(oneOf(closing))), 0);
const word = sequence(char(complementOf(oneOf(' \t\n\r\f\v"['))), repeat(char(complementOf(SPACE)), 0));
/** A field can be written as a word, in quotes or in brackets. */
const fieldProbe = textProbe([choice(word, inside('"'), inside(']'))], (text) => writeField(text) !== undefined);
const solid = char(complementOf(SPACE));
/** Two fields or more, as they stand in a line. */
const restProbe = textProbe([sequence(solid, ANY_TEXT, solid)], (text) =>
  /^[^ \t\n\r\f\v].*[^ \t\n\r\f\v]$/s.test(text),
);

function writeField(text: string): string | undefined {
  if (/^[^ \t\n\r\f\v"[][^ \t\n\r\f\v]*$/.test(text)) return text;
  if (!text.includes('"')) return `"${text}"`;
  return text.includes(']') ? undefined : `[${text}]`;
}

const field = (position: number) => named(`f${position}`);
const restFrom = (position: number) => named(`rest${position}`);

/** Compares rules made of space-delimited patterns: for each count of fields that makes a difference. */
export function delimitedFindings(a: Rule, b: Rule, budget: Budget): Findings {
  const patterns = [...textMembers(a), ...textMembers(b)].flatMap(({ pattern }) =>
    pattern.kind === 'delimited' ? [pattern] : [],
  );
  // With so many fields, entries bound from the left and from the right no longer meet.
  const most = 2 * Math.max(0, ...patterns.map(({ entries }) => entries.length)) + 1;
  const counts = Array.from({ length: most + 1 }, (_, count) => new CountedLine(a, b, patterns, count, budget));
  return findingsBySide((side) => {
    const findings = counts.map((line) => line.finding(side));
    return (
      findings.find(({ kind }) => kind === 'some') ?? findings.find(({ kind }) => kind === 'hinges') ?? { kind: 'none' }
    );
  });
}

/** The messages with one count of fields. */
class CountedLine {
  readonly #a: Rule;
  readonly #b: Rule;
  readonly #count: number;
  readonly #rests: readonly number[];
  readonly #lawful: Condition;
  readonly #landscape: Landscape;

  constructor(a: Rule, b: Rule, patterns: readonly DelimitedPattern[], count: number, budget: Budget) {
    this.#a = a;
    this.#b = b;
    this.#count = count;
    this.#rests = [...new Set(patterns.flatMap((pattern) => restOf(pattern, count)))];
    this.#lawful = and(
      ...Array.from({ length: count }, (_, position) => valueAt(field(position), fieldProbe)),
      ...this.#rests.map((position) => valueAt(restFrom(position), restProbe)),
    );
    this.#landscape = new Landscape([this.#lawful, this.#condition(a), this.#condition(b)], () => UNUSUAL, budget);
  }

  finding(side: Side): Finding {
    const condition = sideCondition(side, this.#condition(this.#a), this.#condition(this.#b));
    const verdict = this.#landscape.decide(and(this.#lawful, condition));
    if (verdict.kind === 'none') return verdict;
    const message = verdict.event && this.#messages(verdict.event).find((text) => liesOn(side, this.#a, this.#b, text));
    if (message !== undefined) return { kind: 'some', message };
    return unknown('a condition on the rest of a line could not be decided');
  }

  #conditions = new Map<Rule, Condition>();

  #condition(rule: Rule): Condition {
    const known = this.#conditions.get(rule);
    if (known) return known;
    const made = or(
      ...textMembers(rule).map(({ pattern }) =>
        pattern.kind === 'delimited'
          ? boundCondition(pattern, this.#count)
          : pattern.kind === 'everything'
            ? ALWAYS
            : NEVER,
      ),
    );
    this.#conditions.set(rule, made);
    return made;
  }

  /** Lines to try for an event of the proof; rests and fields overlap, so that some may not be what was asked for. */
  #messages(event: Draft): string[] {
    const fields = Array.from(
      { length: this.#count },
      (_, position) => writeField(textIn(event, `f${position}`)) ?? '',
    );
    const plain = fields.join(' ');
    const withRest = this.#rests.map((position) =>
      [...fields.slice(0, position), textIn(event, `rest${position}`)].join(' '),
    );
    return [plain, ...withRest];
  }
}

const fieldEntries = (pattern: DelimitedPattern): FieldEntry[] =>
  pattern.entries.flatMap((entry) => (entry.kind === 'field' ? [entry] : []));

/** Where the last entry takes the rest of the line, when it does and asks something of it. */
function restOf(pattern: DelimitedPattern, count: number): number[] {
  const entries = fieldEntries(pattern);
  const hasEllipsis = entries.length < pattern.entries.length;
  return !hasEllipsis && count > entries.length && entries.at(-1)?.condition ? [entries.length - 1] : [];
}

/** What a pattern asks of a line with `count` fields. */
function boundCondition(pattern: DelimitedPattern, count: number): Condition {
  const entries = fieldEntries(pattern);
  if (count < entries.length) return NEVER;
  const ellipsis = pattern.entries.findIndex(({ kind }) => kind === 'ellipsis');
  const [rest] = restOf(pattern, count);
  return and(
    ...entries.map((entry, index) => {
      if (index === rest) return fieldCondition(entry, restFrom(index));
      const isLeft = ellipsis < 0 || index < ellipsis;
      return fieldCondition(entry, field(isLeft ? index : count - (entries.length - index)));
    }),
  );
}
