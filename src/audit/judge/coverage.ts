import {
  filterRule,
  type Gap,
  gapIn,
  type JsonObject,
  type Rule,
  ruleMatches,
  unionOf,
  unlikeAnyRecord,
} from '../../pattern/index.ts';
import { telling } from './counterexample.ts';
import { EVERYDAY_EVENTS } from './everyday-events.ts';
import type { Target } from './target.ts';
import { isValid } from './valid-pattern.ts';

/** Proofs kept at a time: accounts made from one template have the same filters. */
const KEPT = 20_000;
/** The share of everyday events from which on a filter matches all the time. */
const INDISCRIMINATE = 0.2;

/** What filters that feed one metric do together. */
export interface Coverage {
  /** Whether they match all that the target asks for; `unsure` where that cannot be proved. */
  readonly covers: 'yes' | 'no' | 'unsure';
  /** An event that they miss. */
  readonly missed: JsonObject | null;
  /** Why it cannot be proved. */
  readonly reasons: readonly string[];
  readonly isOverBroad: boolean;
  /** An everyday event that they match, where they match many; undefined where they do not. */
  readonly floodedBy: JsonObject | undefined;
  /** All that they miss are calls which AWS has retired. */
  readonly missesRetiredOnly: boolean;
  /** Event names that newer benchmarks ask for and they miss. */
  readonly newerNames: readonly string[];
}

/** Proves what patterns cover, and remembers it. Holds nothing but answers, so it may be shared. */
export class Coverages {
  readonly #gaps = new Map<string, Gap>();
  readonly #coverages = new Map<string, Coverage>();

  /** Invalid patterns, which AWS would not take, match nothing. */
  of(patterns: readonly string[], target: Target): Coverage {
    const valid = [...new Set(patterns)].filter(isValid).sort();
    const key = JSON.stringify([valid, target.control.slug, target.benchmark, target.account]);
    const known = this.#coverages.get(key);
    if (known) return known;
    const coverage = this.#judge(valid, target);
    if (this.#coverages.size >= KEPT) this.#coverages.clear();
    this.#coverages.set(key, coverage);
    return coverage;
  }

  #judge(patterns: readonly string[], target: Target): Coverage {
    const rule = filterRule(...patterns);
    const gap = this.#leastGap(patterns, target);
    const covers = gap.kind === 'none' ? 'yes' : gap.kind === 'some' ? 'no' : 'unsure';
    return {
      covers,
      missed: covers === 'no' ? telling(target, (event) => !ruleMatches(rule, event), gap.event) : null,
      reasons: gap.reasons,
      isOverBroad: covers === 'yes' && this.#isBroad(patterns, target),
      floodedBy: this.#flood(rule, target),
      missesRetiredOnly: covers === 'no' && this.#missesRetiredOnly(patterns, target),
      newerNames: covers === 'yes' ? this.#newerNames(patterns, target) : [],
    };
  }

  /** The gap to whichever accepted form is covered, or else to the pattern to judge by. */
  #leastGap(patterns: readonly string[], target: Target): Gap {
    if (patterns.some((text) => target.forms.includes(text))) return NO_GAP;
    let least: Gap | undefined;
    for (const form of target.forms) {
      const gap = this.gap(patterns, form);
      if (gap.kind === 'none') return gap;
      // An open proof outweighs a gap in another form: whoever covers one form is covered.
      if (!least || (gap.kind === 'hinges' && least.kind === 'some')) least = gap;
    }
    return withExamples(least ?? NO_GAP, patterns, target);
  }

  /** What `wanted` matches beyond `patterns`. */
  gap(patterns: readonly string[], wanted: string): Gap {
    const key = JSON.stringify([patterns, wanted]);
    const known = this.#gaps.get(key);
    if (known) return known;
    const gap = gapInRecords(filterRule(...patterns), filterRule(wanted));
    if (this.#gaps.size >= KEPT) this.#gaps.clear();
    this.#gaps.set(key, gap);
    return gap;
  }

  #isBroad(patterns: readonly string[], target: Target): boolean {
    if (patterns.every((text) => target.meant.includes(text))) return false;
    return target.meant.every((form) => patterns.some((pattern) => this.gap([form], pattern).kind === 'some'));
  }

  #flood(rule: Rule, target: Target): JsonObject | undefined {
    const others = EVERYDAY_EVENTS.filter((event) => !ruleMatches(target.rule, event));
    const matched = others.filter((event) => ruleMatches(rule, event));
    const isFlooded = matched.length >= others.length * INDISCRIMINATE;
    return isFlooded && matched[0] !== undefined ? (JSON.parse(matched[0]) as JsonObject) : undefined;
  }

  #missesRetiredOnly(patterns: readonly string[], target: Target): boolean {
    const { retired = [] } = target.control;
    if (retired.length === 0) return false;
    const text = `{ ${retired.map((name) => `($.eventName = ${name})`).join(' || ')} }`;
    return this.gap([...patterns, text], target.pattern).kind === 'none';
  }

  #newerNames(patterns: readonly string[], target: Target): readonly string[] {
    const names = target.newer.flatMap((form) => {
      const gap = this.gap(patterns, form);
      if (gap.kind !== 'some' || typeof gap.event !== 'object') return [];
      const name = gap.event?.eventName;
      return typeof name === 'string' ? [name] : [];
    });
    return [...new Set(names)];
  }
}

/** A gap that only an event has which is like no record of CloudTrail is none. */
function gapInRecords(rule: Rule, wanted: Rule): Gap {
  const gap = gapIn(rule, wanted);
  return gap.kind === 'none' ? gap : gapIn(unionOf([rule, unlikeAnyRecord]), wanted);
}

const NO_GAP: Gap = { kind: 'none', event: null, reasons: [] };

/** Where the proof is left open, an event of the examples that is missed settles it. */
function withExamples(gap: Gap, patterns: readonly string[], target: Target): Gap {
  if (gap.kind !== 'hinges') return gap;
  const rule = filterRule(...patterns);
  const missed = target.examples.find((event) => !ruleMatches(rule, JSON.stringify(event)));
  return missed ? { kind: 'some', event: missed, reasons: [] } : gap;
}
