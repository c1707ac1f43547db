import { gapIn, type Rule, ruleMatches } from '../../pattern/index.ts';
import { telling } from './counterexample.ts';
import type { Target } from './target.ts';

/** Something that is not the benchmark's chain and may ring all the same. */
export interface Means {
  readonly name: string;
  /** Whether it may ring at all; what certainly reaches nobody is told of, and counts for nothing. */
  readonly mayRing: boolean;
  readonly says: string;
}

/** Whether a rule looks for events of the target at all. */
export const isFor = (rule: Rule, { examples }: Target): boolean =>
  examples.some((event) => ruleMatches(rule, JSON.stringify(event)));

/** What the rule, in the state it is in, lets by. */
export function missedBy(rule: Rule, target: Target): string {
  const gap = gapIn(rule, target.rule);
  if (gap.kind === 'none') return 'It matches every event that it should.';
  const missed = telling(target, (event) => !ruleMatches(rule, event), gap.event);
  if (!missed) return 'Whether it matches every event that it should cannot be proved.';
  const only = missed.readOnly === true ? ', because rules in its state are not given events that only read' : '';
  return `It misses events, such as ${String(missed.eventName)} in ${String(missed.awsRegion)}${only}.`;
}
