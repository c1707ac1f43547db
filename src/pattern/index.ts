/**
 * The filter-pattern language of CloudWatch Logs: JSON, text and space-delimited patterns with
 * regular expressions, as metric filters, subscription filters and FilterLogEvents use it.
 *
 * @example
 * import { compilePattern, PatternError } from 'trailbell/pattern';
 *
 * const rootUse = compilePattern('{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }');
 * rootUse.matches('{"userIdentity":{"type":"Root"},"eventName":"ConsoleLogin"}'); // true
 *
 * try {
 *   compilePattern('{ eventName = "ConsoleLogin" }');
 * } catch (error) {
 *   if (error instanceof PatternError) console.error(error.offset, error.reason, error.suggestion);
 *   // 2 expected a selector Write $.eventName.
 * }
 *
 * Rules of other languages are read by `trailbell/pattern/rules`.
 *
 * @module
 */
export { CompiledPattern, compilePattern } from './compiled-pattern.ts';
export { parseNumber } from './decimal.ts';
export type { JsonObject } from './event-view.ts';
export { EventView } from './event-view.ts';
export type { Explanation } from './explain/explain-pattern.ts';
export { explainPattern } from './explain/explain-pattern.ts';
export { mendPattern } from './explain/mend-pattern.ts';
export type { Line } from './explain/plain-words.ts';
export type { Trap } from './explain/trap.ts';
export type { ParseOptions } from './parse-pattern.ts';
export { parsePattern } from './parse-pattern.ts';
export type { InvalidPatternMessage } from './pattern-error.ts';
export { PatternError } from './pattern-error.ts';
export { PatternSet } from './pattern-set.ts';
export type { CompareOptions, Comparison, Gap, Relation } from './prover/compare-rules.ts';
export { compareRules, gapIn } from './prover/compare-rules.ts';
export type { Rule, RuleMember, Spelling } from './prover/rule.ts';
export { filterRule, ruleMatches, unionOf } from './prover/rule.ts';
export { eventBridgeRule } from './rules/event-bridge-rule.ts';
export { unlikeAnyRecord } from './rules/record-shape.ts';
export { RuleError } from './rules/rule-error.ts';
export type {
  Combination,
  CompareCondition,
  DelimitedPattern,
  EllipsisEntry,
  Entry,
  EverythingPattern,
  FieldComparison,
  FieldCondition,
  FieldEntry,
  FieldMention,
  GlobLiteral,
  IsCondition,
  Joined,
  JsonCondition,
  JsonPattern,
  Literal,
  Located,
  NotExistsCondition,
  NumberLiteral,
  Operator,
  Pattern,
  RegexLiteral,
  Selector,
  Step,
  Term,
  TextLiteral,
  TextPattern,
} from './syntax-tree.ts';
export type { ValueReference } from './value-reference.ts';
export { isValidReference, referenceTo } from './value-reference.ts';
