import type { Kysely } from 'kysely';
import type { Finding } from '../../audit/finding.ts';
import type { Coverages } from '../../audit/judge/coverage.ts';
import { judge } from '../../audit/judge/judge.ts';
import { readScenario } from '../../audit/state.ts';
import type { Fallback } from '../../chain/trails/routes.ts';
import type { Tables } from '../../store/tables.ts';
import { ownState } from './own-state.ts';

export interface OwnFindingsOptions {
  /** Where records go that no trail claims. */
  readonly fallback: Fallback;
  readonly now: number;
  /** Kept by the caller from one judgement to the next: proofs are what takes time. */
  readonly proofs: Coverages;
  /** Slugs; without them the use of root alone. */
  readonly controls?: readonly string[];
}

/** Judges the engine's own chains by the code that judges accounts, for each account that has a trail or log group. */
export async function ownFindings(db: Kysely<Tables>, options: OwnFindingsOptions): Promise<readonly Finding[]> {
  const { fallback, now, proofs, controls = ['root-usage'] } = options;
  const { accounts, state } = await ownState(db, fallback, now);
  const read = readScenario({ auditedAccount: fallback.scope.account, readableAccounts: accounts, state });
  return accounts.flatMap((auditedAccount) =>
    judge({ ...read, auditedAccount, cliRegion: fallback.scope.region }, { now, proofs, controls }),
  );
}
