import type { Terminal } from '../terminal.ts';
import type { ReadRule, ReadRules } from './read-rules.ts';

/** What each relation of the filters to the rule means for whoever waits for a bell. */
const MEANINGS = {
  equivalent: 'rings for just what the rule matches',
  broader: 'rings for more than the rule',
  narrower: 'stays silent where the rule would match',
  overlapping: 'stays silent for some of what the rule matches, and rings for more',
  disjoint: 'rings for nothing that the rule matches',
  uncertain: 'cannot be shown to ring for just what the rule matches',
} as const;

/** Rules for people: each with its filters, what they mean beside it, and the events that show a difference. */
export function rulesText({ rules, passed }: ReadRules, colors: Terminal['colors']): string {
  const lines = rules.flatMap((rule) => ruleLines(rule, colors));
  if (passed.length > 0) lines.push(colors.dim(`${passed.length} files with rules for other logs were passed over`));
  return lines.join('\n');
}

/** Rules come from anywhere: nothing in them may move a cursor or forge a line. */
const shown = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');

function ruleLines(rule: ReadRule, colors: Terminal['colors']): string[] {
  const { outcome } = rule;
  const [title, file] = [shown(rule.title), shown(rule.file)];
  const named = `${colors.bold(title)} ${colors.dim(file)}`;
  if ('problem' in outcome) return [`${colors.red('✗')} ${named}`, `  no filter pattern: ${shown(outcome.problem)}`];
  const { patterns, comparison } = outcome;
  const isSame = comparison.relation === 'equivalent';
  const lines = [`${isSame ? colors.green('✓') : colors.yellow('≈')} ${named}`, `  ${MEANINGS[comparison.relation]}`];
  for (const pattern of patterns) lines.push(`    ${shown(pattern)}`);
  const { onlyA, onlyB } = comparison.messages;
  if (onlyA !== null) lines.push(`  rings and the rule does not: ${shown(onlyA)}`);
  if (onlyB !== null) lines.push(`  silent and the rule matches: ${shown(onlyB)}`);
  return [...lines, ...comparison.notes.map((note) => `  ${colors.yellow('!')} ${shown(note)}`)];
}

/** A rule as docs/rules.md says. */
export function ruleJson({ file, name, title, outcome }: ReadRule): object {
  if ('problem' in outcome) return { file, name, title, problem: outcome.problem };
  const { relation, onlyA, onlyB, notes } = outcome.comparison;
  return { file, name, title, relation, patterns: outcome.patterns, onlyFilters: onlyA, onlyRule: onlyB, notes };
}
