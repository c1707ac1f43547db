import type { Budget } from './budget.ts';
import { delimitedFindings } from './delimited-findings.ts';
import type { Findings } from './finding.ts';
import { mixedFindings } from './mixed-findings.ts';
import { type Rule, textMembers } from './rule.ts';
import { textFindings } from './text-findings.ts';

/** Compares rules of which some judge the message as text. */
export function messageFindings(a: Rule, b: Rule, budget: Budget): Findings {
  const kinds = new Set([...textMembers(a), ...textMembers(b)].map(({ pattern }) => pattern.kind));
  if ([...a.members, ...b.members].some(({ condition }) => condition)) return mixedFindings(a, b, budget);
  if (!kinds.has('delimited')) return textFindings(a, b, budget);
  return kinds.has('text') ? mixedFindings(a, b, budget) : delimitedFindings(a, b, budget);
}
