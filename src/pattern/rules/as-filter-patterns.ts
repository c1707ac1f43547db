import { type Comparison, compareRules, type Relation } from '../prover/compare-rules.ts';
import { filterRule, jsonCondition, type Rule, unionOf } from '../prover/rule.ts';
import { patternsOf } from './clause.ts';
import { kindOfRule, readRule } from './read-rule.ts';
import { unlikeAnyRecord } from './record-shape.ts';
import { sigmaRule } from './sigma-rule.ts';
import { singleValued } from './single-valued.ts';
import { type Manner, Unsayable, writeClause } from './write-clause.ts';

/** A rule as filter patterns, of which any one that matches counts, and how they relate to the rule. */
export interface Translation {
  readonly patterns: readonly string[];
  /** Of the patterns (A) to the rule (B), for events that are shaped like CloudTrail records. */
  readonly comparison: Comparison;
}

/** Why a rule cannot be said. */
export interface Untranslatable {
  readonly problem: string;
}

/** Filters that one rule may take of the hundred that a log group has. */
const MOST_PATTERNS = 10;
/** Of the prover, for each way to write a rule. */
const WORK = 2_000_000;

/** The plainest first. */
const MANNERS: readonly Manner[] = [false, true].flatMap((cases) =>
  [false, true].flatMap((lists) => ([0, 1, 2] as const).map((absence) => ({ absence, lists, cases }))),
);

/** What is better where nothing is equivalent: to ring too often before to ring too seldom. */
const PREFERENCE: readonly Relation[] = ['equivalent', 'broader', 'uncertain', 'narrower', 'overlapping', 'disjoint'];

/**
 * Writes a rule of another language as filter patterns: the plainest that the prover finds equivalent, else
 * those that come closest, with the events that show the difference. Throws `PatternError` or `RuleError` for
 * a text that is no rule.
 */
export function asFilterPatterns(text: string): Translation | Untranslatable {
  const rule = readRule(text);
  const exact = translated(rule);
  // Filter patterns cannot ignore case, and hardly look into lists. Where that alone stands between, it is a note.
  const looser = kindOfRule(text) === 'sigma' ? sigmaRule(text, { caseCounts: true }) : rule;
  for (const easier of [looser, singleValued(rule), singleValued(looser)]) {
    if (isEquivalent(exact)) break;
    const result = easier === rule ? exact : translated(easier);
    if (isEquivalent(result)) return result;
  }
  return exact;
}

const isEquivalent = (result: Translation | Untranslatable): boolean =>
  'comparison' in result && result.comparison.relation === 'equivalent';

function translated(rule: Rule): Translation | Untranslatable {
  const source = unionOf([rule, unlikeAnyRecord]);
  const tried = new Set<string>();
  const found: Translation[] = [];
  let problem = 'it never matches';
  for (const manner of MANNERS) {
    try {
      const patterns = patternsOf(writeClause(jsonCondition(rule), true, manner), MOST_PATTERNS);
      if (!patterns) problem = `it is too long for ${MOST_PATTERNS} filter patterns`;
      else if (patterns[0] !== '{  }' && !tried.has(patterns.join())) {
        tried.add(patterns.join());
        const comparison = compareRules(unionOf([filterRule(...patterns), unlikeAnyRecord]), source, { work: WORK });
        if (comparison.relation === 'equivalent') return { patterns, comparison };
        found.push({ patterns, comparison });
      }
    } catch (error) {
      if (!(error instanceof Unsayable)) throw error;
      problem = error.message;
    }
  }
  const rank = ({ comparison }: Translation): number => PREFERENCE.indexOf(comparison.relation);
  const best = Math.min(...found.map(rank));
  const alike = found.filter((each) => rank(each) === best);
  // Of those that ring too seldom the later ones miss less.
  const isTooNarrow = best > PREFERENCE.indexOf('uncertain');
  return (isTooNarrow ? alike.at(-1) : alike[0]) ?? { problem };
}
