import { Refusal } from '../../base/refusal.ts';
import { type CompiledPattern, type Literal, type Pattern, parsePattern } from '../../pattern/index.ts';
import type { Tx } from '../../store/writer.ts';
import type { LogGroup } from './log-groups.ts';

type FilterTable = 'metric_filters' | 'subscription_filters';

/** AWS's quotas of filters per log group. */
const MOST_FILTERS: Readonly<Record<FilterTable, number>> = { metric_filters: 100, subscription_filters: 2 };

/** AWS's quota per log group of patterns with regular expressions, metric and subscription filters together. */
const MOST_REGEX_PATTERNS = 5;

interface NewFilter {
  readonly table: FilterTable;
  readonly name: string;
  readonly compiled: CompiledPattern;
}

/** Refuses a new or changed filter of a group that is beyond AWS's quotas. */
export async function checkQuotas(tx: Tx, group: LogGroup, { table, name, compiled }: NewFilter): Promise<void> {
  const [kin, others] = await Promise.all(
    [table, table === 'metric_filters' ? 'subscription_filters' : 'metric_filters'].map((each) =>
      tx.db
        .selectFrom(each as FilterTable)
        .select(['name', 'pattern'])
        .where('group_id', '=', group.id)
        .execute(),
    ),
  );
  const rest = (kin ?? []).filter((filter) => filter.name !== name);
  const isOverRegexes =
    usesRegex(compiled.pattern) &&
    [...rest, ...(others ?? [])].filter(({ pattern }) => usesRegex(parsePattern(pattern))).length >=
      MOST_REGEX_PATTERNS;
  if (rest.length >= MOST_FILTERS[table] || isOverRegexes)
    throw new Refusal('LimitExceededException', 'Resource limit exceeded.');
}

const isRegex = (value: unknown): boolean => (value as Literal | undefined)?.kind === 'regex';

/** Looks for a regular expression anywhere in the tree, whose shape differs from kind to kind. */
function usesRegex(pattern: Pattern): boolean {
  const open: unknown[] = [pattern];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (isRegex(node)) return true;
    open.push(...Object.values(node));
  }
  return false;
}

/** Tells compiled sets of the group's filters that they are outdated. */
export async function moveRevision({ db }: Tx, group: LogGroup): Promise<void> {
  await db
    .updateTable('log_groups')
    .set((row) => ({ filters_revision: row('filters_revision', '+', 1) }))
    .where('id', '=', group.id)
    .execute();
}
