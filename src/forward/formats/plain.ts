import { compactJson } from '../../trail/compact-json.ts';
import type { EventItem, ForwardItem } from '../item.ts';
import { ringFacts } from './ring-facts.ts';

/**
 * One line of JSON: a record exactly as it came in, without white space between its tokens. What metric filters counted
 * says so in a member `trailbell` at its end, and so does any other message, which becomes an object.
 */
export function plainLine(item: ForwardItem): string {
  if (item.kind === 'ring') return JSON.stringify({ type: 'ring', ...ringFacts(item.ring) });
  if (item.kind === 'finding') return JSON.stringify({ type: 'finding', at: item.at, ...item.documents.finding });
  const { view, filters } = item;
  if (!view.object) return JSON.stringify({ message: view.message, ...placeOf(item) });
  const text = compactJson(view.message).trim();
  if (filters.length === 0 || text === '{}') return text;
  // A drill has such a member of its own, and its mark must not be lost.
  const { trailbell, ...record } = view.object;
  if (trailbell !== undefined) return JSON.stringify({ ...record, trailbell: { ...objectOf(trailbell), filters } });
  return `${text.slice(0, -1)},"trailbell":${JSON.stringify({ filters })}}`;
}

const objectOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

const placeOf = ({ id, at, logGroup, logStream, account, region, filters }: EventItem) => ({
  timestamp: new Date(at).toISOString(),
  id,
  account,
  region,
  logGroup,
  logStream,
  ...(filters.length > 0 && { trailbell: { filters } }),
});
