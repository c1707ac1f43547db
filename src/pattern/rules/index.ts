/**
 * Rules of every language, told apart by their text. Apart from `trailbell/pattern`, because Sigma
 * rules need a reader of YAML, which nobody else should have to load.
 *
 * @example
 * import { compareRules, filterRule } from 'trailbell/pattern';
 * import { readRule } from 'trailbell/pattern/rules';
 *
 * const sigma = readRule('detection:\n  root:\n    userIdentity.type: Root\n  condition: root');
 * compareRules(sigma, filterRule('{ $.userIdentity.type = "Root" }')).relation; // 'equivalent'
 *
 * @module
 */
export type { Translation, Untranslatable } from './as-filter-patterns.ts';
export { asFilterPatterns } from './as-filter-patterns.ts';
export type { RuleKind } from './read-rule.ts';
export { kindOfRule, readRule } from './read-rule.ts';
export { sigmaRule } from './sigma-rule.ts';
