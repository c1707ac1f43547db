import type { Insertable } from 'kysely';
import { PreparedInsert } from '../../store/prepared.ts';
import type { MatchesTable } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';

/** Matches kept of one filter in one minute; beyond it they are counted only. */
export const MATCHES_PER_MINUTE = 200;

const MINUTES_PER_STATEMENT = 1_000;

export interface MatchRow extends Insertable<MatchesTable> {
  readonly filter_id: number;
  readonly minute: number;
}

/** One row, and whether it is the only evidence of something: then it is kept in any case. */
export interface NewMatch {
  readonly row: MatchRow;
  readonly mustKeep: boolean;
}

/** Keeps matches as evidence, a bounded number per filter and minute. */
export async function storeMatches(tx: Tx, matches: readonly NewMatch[]): Promise<void> {
  const kept = await countKept(tx, matches);
  const rows: MatchRow[] = [];
  for (const { row, mustKeep } of matches) {
    const key = keyOf(row.filter_id, row.minute);
    const count = kept.get(key) ?? 0;
    if (count >= MATCHES_PER_MINUTE && !mustKeep) continue;
    kept.set(key, count + 1);
    rows.push(row);
  }
  await INSERT.run(tx.db, rows);
}

const INSERT = new PreparedInsert('matches', [
  'filter_id',
  'group_id',
  'stream_id',
  'metric_id',
  'event_at',
  'minute',
  'ingested_at',
  'event_id',
  'message',
  'session_id',
  'history',
  'run',
]);

async function countKept({ db }: Tx, matches: readonly NewMatch[]): Promise<Map<string, number>> {
  const filters = [...new Set(matches.map(({ row }) => row.filter_id))];
  const minutes = [...new Set(matches.map(({ row }) => row.minute))];
  const kept = new Map<string, number>();
  for (let start = 0; start < minutes.length; start += MINUTES_PER_STATEMENT) {
    const rows = await db
      .selectFrom('matches')
      .select(({ fn }) => ['filter_id', 'minute', fn.countAll<number>().as('count')])
      .where('filter_id', 'in', filters)
      .where('minute', 'in', minutes.slice(start, start + MINUTES_PER_STATEMENT))
      .groupBy(['filter_id', 'minute'])
      .execute();
    for (const { filter_id, minute, count } of rows) kept.set(keyOf(filter_id, minute), count);
  }
  return kept;
}

const keyOf = (filterId: number, minute: number): string => `${filterId} ${minute}`;
