import type { Selectable } from 'kysely';
import type { SubscriptionFiltersTable } from '../../store/tables.ts';

/** The further members of a subscription filter, spelt as AWS spells them. */
export interface SubscriptionFilterOptions {
  readonly roleArn?: string;
  readonly distribution: 'ByLogStream' | 'Random';
  readonly applyOnTransformedLogs: boolean;
  readonly fieldSelectionCriteria?: string;
  readonly emitSystemFields?: readonly string[];
}

/** A subscription filter as it is asked for. */
export interface SubscriptionFilterDraft {
  readonly name: string;
  readonly pattern: string;
  /** ARN of a queue. */
  readonly destination: string;
  readonly options: SubscriptionFilterOptions;
}

export interface SubscriptionFilter extends SubscriptionFilterDraft {
  readonly id: number;
  readonly groupId: number;
  readonly createdAt: number;
}

/** A stored row as a subscription filter. */
export const subscriptionFilterFrom = (row: Selectable<SubscriptionFiltersTable>): SubscriptionFilter => ({
  id: row.id,
  groupId: row.group_id,
  name: row.name,
  pattern: row.pattern,
  destination: row.destination,
  options: JSON.parse(row.options) as SubscriptionFilterOptions,
  createdAt: row.created_at,
});
