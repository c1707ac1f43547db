import type { ScanPool } from '../../trail/scanner/scan-pool.ts';

/** Rules of one or more patterns each, searched for in one pass. */
export interface PatternGroups {
  readonly patterns: readonly string[];
  /** The same pool, told of rules where it tells of patterns. */
  grouped(pool: Pick<ScanPool, 'scan'>): Pick<ScanPool, 'scan'>;
}

/** An event that several patterns of a rule match is told once for that rule. */
export function groupPatterns(rules: readonly (readonly string[])[]): PatternGroups {
  const ruleOf = rules.flatMap((patterns, rule) => patterns.map(() => rule));
  return {
    patterns: rules.flat(),
    grouped: (pool) => ({
      scan: (input, onMatch) =>
        pool.scan(input, (text, matching) => onMatch?.(text, [...new Set(matching.map((at) => ruleOf[at] ?? at))])),
    }),
  };
}
