import type { Selectable } from 'kysely';
import type { HistoryRunsTable } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';

/** Events older than this on arrival are history. */
export const HISTORY_AGE = 60 * 60_000;

/** History is announced when nothing more has arrived for this long. */
const QUIET = 5_000;

const ROWS_PER_STATEMENT = 200;

/** A counted event that was old when it came. */
export interface PastCount {
  readonly metricId: number;
  readonly at: number;
}

/** The run that history belongs to, and the row per run and metric that waits to be announced. */
export class HistoryRuns {
  readonly #context: Pick<ChainContext, 'ids' | 'signals'>;
  readonly #unnamed = new Map<number, { readonly run: string; readonly lastAt: number }>();

  constructor(context: Pick<ChainContext, 'ids' | 'signals'>) {
    this.#context = context;
  }

  /**
   * The run of history that no intake names, as with PutLogEvents: what comes into one group without
   * a pause that would announce it belongs together.
   */
  unnamedRun(groupId: number, now: number): string {
    const known = this.#unnamed.get(groupId);
    const run = known && now < known.lastAt + QUIET ? known.run : `put-${this.#context.ids.uuid()}`;
    this.#unnamed.set(groupId, { run, lastAt: now });
    return run;
  }

  /** Notes history of a run; each arrival puts the announcement off until the run is quiet or ended. */
  async note(tx: Tx, run: string, past: readonly PastCount[], now: number): Promise<void> {
    if (past.length === 0) return;
    const spans = await this.#storedSpans(tx, run, past);
    for (const { metricId, at } of past) {
      const { first, last } = spans.get(metricId) ?? { first: at, last: at };
      spans.set(metricId, { first: Math.min(first, at), last: Math.max(last, at) });
    }
    const rows = [...spans].map(([metric_id, { first, last }]) => ({
      run,
      metric_id,
      first_event_at: first,
      last_event_at: last,
      last_arrival_at: now,
      due_at: now + QUIET,
    }));
    for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
      await tx.db
        .insertInto('history_runs')
        .values(rows.slice(start, start + ROWS_PER_STATEMENT))
        .onConflict((conflict) =>
          conflict.columns(['run', 'metric_id']).doUpdateSet(({ ref }) => ({
            first_event_at: ref('excluded.first_event_at'),
            last_event_at: ref('excluded.last_event_at'),
            last_arrival_at: ref('excluded.last_arrival_at'),
            due_at: ref('excluded.due_at'),
          })),
        )
        .execute();
    tx.onCommit(() => this.#context.signals.raise('alarms'));
  }

  async #storedSpans(tx: Tx, run: string, past: readonly PastCount[]): Promise<Map<number, Span>> {
    const rows: Selectable<HistoryRunsTable>[] = await tx.db
      .selectFrom('history_runs')
      .selectAll()
      .where('run', '=', run)
      .where('metric_id', 'in', [...new Set(past.map(({ metricId }) => metricId))])
      .execute();
    return new Map(rows.map((row) => [row.metric_id, { first: row.first_event_at, last: row.last_event_at }]));
  }
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** Announces what a run brought at once: an intake that knows its end need not wait for silence. */
export async function endRun({ clock, signals }: Pick<ChainContext, 'clock' | 'signals'>, tx: Tx, run: string) {
  const { numUpdatedRows } = await tx.db
    .updateTable('history_runs')
    .set({ due_at: clock.now() })
    .where('run', '=', run)
    .where('due_at', 'is not', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) tx.onCommit(() => signals.raise('alarms'));
}
