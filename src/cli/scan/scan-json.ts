import type { FoundEvent, SearchFindings } from '../../trail/search/archive-search.ts';
import type { RuleFindings } from '../../trail/search/rule-tally.ts';
import type { SearchRule } from './rules.ts';

/** One object, as docs/reference.md says; `extra` has what was asked for besides. */
export function summaryJson(
  findings: SearchFindings,
  rules: readonly SearchRule[],
  seconds: number,
  extra: Readonly<Record<string, unknown>>,
): string {
  const found = rules.map((rule, i) => ({ rule, ...findings.rules[i]! }));
  return JSON.stringify({
    records: findings.records,
    files: findings.files,
    bytes: findings.bytes,
    seconds,
    controls: found.flatMap(({ rule: { control }, matches, unique, first, last }) =>
      control ? [{ id: control.id, name: control.slug, matches, unique, first: iso(first), last: iso(last) }] : [],
    ),
    patterns: found.flatMap(({ rule, matches }) =>
      rule.control || rule.imported ? [] : [{ pattern: rule.given, matches }],
    ),
    ...importedJson(found),
    errors: findings.errors,
    ...extra,
  });
}

function importedJson(found: readonly ({ readonly rule: SearchRule } & RuleFindings)[]): object {
  const rules = found.flatMap(({ rule: { imported }, matches, unique, rings, first, last }) =>
    imported ? [{ ...imported, matches, unique, rings: rings ?? null, first: iso(first), last: iso(last) }] : [],
  );
  return rules.length > 0 ? { rules } : {};
}

/** One line for a match; the record is printed as it was delivered. */
export function eventJson({ text, rules: matching, file }: FoundEvent, rules: readonly SearchRule[]): string {
  const own = rules.filter(({ control, imported }) => !control && !imported);
  const titles = matching.flatMap((rule) => rules[rule]?.imported?.title ?? []);
  const controls = matching.flatMap((rule) => rules[rule]?.control?.id ?? []);
  const patterns = matching.map((rule) => own.indexOf(rules[rule]!)).filter((place) => place >= 0);
  return `{"event":${text},"controls":${JSON.stringify(controls)},"patterns":${JSON.stringify(patterns)}${titles.length > 0 ? `,"rules":${JSON.stringify(titles)}` : ''},"file":${JSON.stringify(file)}}`;
}

export const iso = (time: number | undefined): string | null =>
  time === undefined ? null : new Date(time).toISOString();
