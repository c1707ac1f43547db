import { PreparedInsert } from '../../store/prepared.ts';
import type { Tx } from '../../store/writer.ts';

/** That a metric filter counted the event at `index` of a chunk. */
export interface ChunkMatch {
  readonly chunk: number;
  readonly index: number;
  readonly filter: string;
}

/**
 * Notes which events were counted, by name of filter, whatever becomes of the filters later. Unlike the evidence in
 * `matches`, nothing is left out, however many there are in a minute.
 */
export async function noteChunkMatches({ db }: Tx, matches: readonly ChunkMatch[]): Promise<void> {
  const chunks = new Map<number, Map<string, number[]>>();
  for (const { chunk, index, filter } of matches) {
    const filters = chunks.get(chunk) ?? new Map<string, number[]>();
    chunks.set(chunk, filters);
    const indexes = filters.get(filter) ?? [];
    filters.set(filter, indexes);
    indexes.push(index);
  }
  const rows = [...chunks].map(([chunk_id, filters]) => ({
    chunk_id,
    count: new Set([...filters.values()].flat()).size,
    filters: JSON.stringify(Object.fromEntries(filters)),
  }));
  await INSERT.run(db, rows);
}

const INSERT = new PreparedInsert('chunk_matches', ['chunk_id', 'count', 'filters']);

/** The names of the filters that counted each event, by its index in the chunk. */
export function readChunkMatches(filters: string): ReadonlyMap<number, readonly string[]> {
  const names = new Map<number, string[]>();
  for (const [filter, indexes] of Object.entries(JSON.parse(filters) as Record<string, number[]>))
    for (const index of indexes) names.set(index, [...(names.get(index) ?? []), filter]);
  return names;
}

/** How many counted events of a chunk stand at `from` or behind it. */
export const countMatchesFrom = (filters: string, from: number): number =>
  [...readChunkMatches(filters).keys()].filter((index) => index >= from).length;
