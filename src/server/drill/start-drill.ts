import type { Scope } from '../../base/scope.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { AcceptRecords } from '../../intake/accept-records.ts';
import { drillRecord } from '../../trail/drill-record.ts';
import { readRecord } from '../../trail/read-record.ts';

/** A drill that has begun. */
export interface Drill {
  readonly id: string;
  readonly account: string;
  /** Milliseconds at which its record was handed in. */
  readonly startedAt: number;
  /** False where the event selectors of every trail that claims it leave it out. */
  readonly stored: boolean;
}

/**
 * Hands a marked sign-in of root in by the same door as every intake, and resolves once it is committed.
 * `scope` is the account that it pretends to be of, and the region it names.
 */
export async function startDrill(
  { clock, ids }: Pick<ChainContext, 'clock' | 'ids'>,
  accept: AcceptRecords,
  scope: Scope,
): Promise<Drill> {
  const id = ids.uuid();
  const startedAt = clock.now();
  const record = drillRecord({ id, ...scope, at: startedAt });
  const { stored } = await accept({
    records: [readRecord(JSON.stringify(record), record)],
    run: `drill-${id}`,
  });
  return { id, account: scope.account, startedAt, stored: stored > 0 };
}
