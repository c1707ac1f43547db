import { type CompiledPattern, compilePattern } from '../compiled-pattern.ts';
import type { Step } from '../syntax-tree.ts';
import { usualAt } from './cloudtrail-shape.ts';
import { and, type Condition, not, or, valueAt, valueConditions } from './condition.ts';
import { filterCondition } from './filter-condition.ts';
import type { Language } from './language.ts';

/** One pattern or rule of any language, able to judge the message of a log event. */
export interface RuleMember {
  /** What it asks of a JSON event; undefined where it judges the message as text. */
  readonly condition?: Condition;
  /** A filter pattern that judges the message as text. */
  readonly compiled?: CompiledPattern;
  matches(message: string): boolean;
}

/**
 * A text that a rule compares without regard to case, in a field that AWS fills. AWS writes such a
 * value in one way only, so that an event with another spelling would tell nothing.
 */
export interface Spelling {
  readonly steps: readonly Step[];
  /** Strings that differ in case from what the rule writes. */
  readonly isVariant: (text: string) => boolean;
  readonly language: Language;
}

/** What rings: one or more patterns, of which any one suffices, as with filters that feed one metric. */
export interface Rule {
  readonly members: readonly RuleMember[];
  /** What the reader should know of how the rule was read. */
  readonly notes: readonly string[];
  readonly spellings?: readonly Spelling[];
}

/** A rule of CloudWatch Logs filter patterns. Throws `PatternError` for a text that is none. */
export const filterRule = (...patterns: readonly string[]): Rule => ({
  members: patterns.map((text) => filterMember(compilePattern(text))),
  notes: [],
});

function filterMember(compiled: CompiledPattern): RuleMember {
  const { pattern } = compiled;
  const matches = (message: string): boolean => compiled.matches(message);
  return pattern.kind === 'json' ? { condition: filterCondition(pattern), matches } : { compiled, matches };
}

/** The rule that any one of several rules makes. */
export const unionOf = (rules: readonly Rule[]): Rule => ({
  members: rules.flatMap(({ members }) => members),
  notes: [...new Set(rules.flatMap(({ notes }) => notes))],
  spellings: rules.flatMap(({ spellings }) => spellings ?? []),
});

export const ruleMatches = (rule: Rule, message: string): boolean =>
  rule.members.some((member) => member.matches(message));

/** What the members that judge JSON ask of an event. */
export const jsonCondition = (rule: Rule): Condition =>
  or(...rule.members.flatMap(({ condition }) => (condition ? [condition] : [])));

/** The members that judge the message as text. */
export const textMembers = (rule: Rule): readonly CompiledPattern[] =>
  rule.members.flatMap(({ compiled }) => (compiled ? [compiled] : []));

/** Leaves out events in which a value is spelled as neither rule spells it, or otherwise than AWS is known to. */
export function spellingCondition(a: Rule, b: Rule): Condition {
  const values = [a, b].flatMap((rule) => valueConditions(jsonCondition(rule)));
  return and(
    ...[...(a.spellings ?? []), ...(b.spellings ?? [])].map(({ steps, isVariant, language }) => {
      const place = JSON.stringify(steps);
      const named = values.flatMap(({ steps: other, probe }) => (JSON.stringify(other) === place ? [probe] : []));
      const usual = usualAt(steps.map((step) => (step.kind === 'name' ? step.name : '*')).join('.')).texts;
      const isSpelledOtherwise = (text: string): boolean =>
        !usual.includes(text) && usual.some((known) => known.toLowerCase() === text.toLowerCase());
      const isOdd = (text: string): boolean =>
        isSpelledOtherwise(text) ||
        (isVariant(text) && !usual.includes(text) && !named.some((probe) => probe.names?.(text)));
      return not(
        valueAt(steps, {
          constants: usual,
          languages: [language],
          numbers: [],
          holds: (leaf) => leaf.kind === 'string' && isOdd(leaf.text),
        }),
      );
    }),
  );
}
