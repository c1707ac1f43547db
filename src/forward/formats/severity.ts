import { valueAt } from '../../trail/record.ts';
import type { Ring } from '../item.ts';

/** How much a ring matters: what its alarm's tag says, else high; what has ended is for information. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

const KNOWN: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

export function severityOf(ring: Ring): Severity {
  if (ring.new_state !== 'ALARM') return 'info';
  const said = valueAt(JSON.parse(ring.detail), 'severity');
  return KNOWN.find((one) => one === said) ?? 'high';
}
