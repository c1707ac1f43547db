import { type CompiledPattern, compilePattern } from '../compiled-pattern.ts';
import { type Condition, or } from './condition.ts';
import { filterCondition } from './filter-condition.ts';

/** One pattern or rule of any language, able to judge the message of a log event. */
export interface RuleMember {
  /** What it asks of a JSON event; undefined where it judges the message as text. */
  readonly condition?: Condition;
  /** A filter pattern that judges the message as text. */
  readonly compiled?: CompiledPattern;
  matches(message: string): boolean;
}

/** What rings: one or more patterns, of which any one suffices, as with filters that feed one metric. */
export interface Rule {
  readonly members: readonly RuleMember[];
  /** What the reader should know of how the rule was read. */
  readonly notes: readonly string[];
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
});

export const ruleMatches = (rule: Rule, message: string): boolean =>
  rule.members.some((member) => member.matches(message));

/** What the members that judge JSON ask of an event. */
export const jsonCondition = (rule: Rule): Condition =>
  or(...rule.members.flatMap(({ condition }) => (condition ? [condition] : [])));

/** The members that judge the message as text. */
export const textMembers = (rule: Rule): readonly CompiledPattern[] =>
  rule.members.flatMap(({ compiled }) => (compiled ? [compiled] : []));
