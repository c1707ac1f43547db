import type { Selectable } from 'kysely';
import type { MetricFiltersTable } from '../../store/tables.ts';

/** What a metric filter publishes, spelt as AWS spells it. */
export interface MetricTransformation {
  readonly metricName: string;
  readonly metricNamespace: string;
  /** A number, or a reference such as `$.a.b`, `$name` or `$3`. */
  readonly metricValue: string;
  readonly defaultValue?: number;
  /** References by dimension name. */
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly unit?: string;
}

export interface MetricFilterOptions {
  readonly applyOnTransformedLogs: boolean;
  readonly fieldSelectionCriteria?: string;
  readonly emitSystemFieldDimensions?: readonly string[];
}

/** A metric filter as it is asked for. */
export interface MetricFilterDraft {
  readonly name: string;
  readonly pattern: string;
  readonly transformation: MetricTransformation;
  readonly options: MetricFilterOptions;
}

export interface MetricFilter extends MetricFilterDraft {
  readonly id: number;
  readonly groupId: number;
  readonly createdAt: number;
}

/** A stored row as a metric filter. */
export const metricFilterFrom = (row: Selectable<MetricFiltersTable>): MetricFilter => ({
  id: row.id,
  groupId: row.group_id,
  name: row.name,
  pattern: row.pattern,
  transformation: JSON.parse(row.transformation) as MetricTransformation,
  options: JSON.parse(row.options) as MetricFilterOptions,
  createdAt: row.created_at,
});
