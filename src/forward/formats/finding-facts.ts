import { textAt } from '../../trail/record.ts';
import type { FindingItem } from '../item.ts';
import type { Severity } from './severity.ts';

/** What every format tells of a finding; the whole of it is in `documents.finding`, as `trailbell audit --json` has it. */
export interface FindingFacts {
  readonly control: string;
  readonly title: string;
  readonly verdict: string;
  readonly account: string;
  readonly region: string;
  readonly reason: string;
  readonly severity: Severity;
}

export function findingFacts({ documents: { finding } }: FindingItem): FindingFacts {
  const text = (name: string): string => textAt(finding, name) ?? '';
  const verdict = text('verdict');
  const isRoot = text('name') === 'root-usage';
  return {
    control: text('control'),
    title: `CIS ${text('benchmark')} ${text('control')} ${text('name')}: ${verdict}`,
    verdict,
    account: text('account'),
    region: text('region'),
    reason: text('reason') || 'Every link of the chain holds.',
    severity: verdict !== 'FAIL' ? 'info' : isRoot ? 'high' : 'medium',
  };
}
