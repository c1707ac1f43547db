import { createHash } from 'node:crypto';
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
  /** Slugs. */
  readonly controls: readonly string[];
}

/** Findings, and the state they were made from. */
export interface OwnFindings {
  readonly stateHash: string;
  readonly findings: readonly Finding[];
}

const MINUTE = 60_000;

/**
 * Judges the engine's own chains by the code that judges accounts, for each account that has a trail or log
 * group. While nothing has changed since `before`, that is given again: a quiet engine judges nothing.
 */
export async function ownFindings(
  db: Kysely<Tables>,
  options: OwnFindingsOptions,
  before?: OwnFindings,
): Promise<OwnFindings> {
  const { fallback, now, proofs, controls } = options;
  const { accounts, state } = await ownState(db, fallback, now);
  // Mute rules begin and end by themselves.
  const moment = state.muteRules?.length ? Math.floor(now / MINUTE) : 0;
  const stateHash = createHash('sha256')
    .update(JSON.stringify([moment, accounts, state]))
    .digest('base64');
  if (before?.stateHash === stateHash) return before;
  const read = readScenario({ auditedAccount: fallback.scope.account, readableAccounts: accounts, state });
  const findings: Finding[] = [];
  for (const auditedAccount of accounts) {
    const scenario = { ...read, auditedAccount, cliRegion: fallback.scope.region };
    findings.push(...judge(scenario, { now, proofs, controls }));
    // Between two accounts everything else has its turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return { stateHash, findings };
}
