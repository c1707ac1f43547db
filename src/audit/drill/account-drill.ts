import type { JsonObject } from '../../pattern/index.ts';
import type { Finding } from '../finding.ts';
import type { ChainToDrill } from './chain-to-drill.ts';
import type { DrillContext } from './drill-context.ts';
import { type DrillLevel, type DrillProof, type DrillStep, outcomeOf, step } from './drill-step.ts';
import { notProved } from './not-proved.ts';
import { provePatterns } from './prove-patterns.ts';
import { proveRing } from './prove-ring.ts';
import { proveTrail } from './prove-trail.ts';
import type { LiveWish } from './put-in.ts';

export interface AccountDrillWish {
  readonly level: DrillLevel;
  /** Events that the control's pattern matches. */
  readonly examples: readonly JsonObject[];
  /** Role that is entered, and not used, to mark a record; without it GetCallerIdentity is called. */
  readonly markRole?: string | undefined;
  readonly live: LiveWish;
  readonly mayWrite: boolean;
  /** Awaits whoever was asked to confirm, once the rest is done. */
  readonly receipt?: (() => Promise<DrillStep>) | undefined;
}

export interface AccountDrillPlace {
  readonly caller: string;
  readonly region: string;
  readonly endpoint: string;
}

/**
 * Drills an account's chain through AWS's API, link by link: what a level does not reach is listed as not
 * proved. Nothing is written at level `read`.
 */
export async function drillAccount(
  ctx: DrillContext,
  chain: ChainToDrill,
  finding: Finding,
  place: AccountDrillPlace,
  wish: AccountDrillWish,
): Promise<DrillProof> {
  const at = new Date(ctx.clock.now()).toISOString();
  const { level } = wish;
  // A real use of root proves all that a marked call would.
  // CloudTrail takes minutes, in which the rest is done.
  const trail = level === 'live' ? undefined : proveTrail(ctx, chain, wish.markRole);
  const patterns = await provePatterns(ctx, chain, wish.examples);
  const ring = level === 'read' ? { steps: [], left: [] } : await proveRing(ctx, chain, { ...wish, level });
  const steps = [auditStep(finding), ...(trail ? [await trail] : []), patterns, ...ring.steps];
  return {
    id: ctx.id,
    at,
    account: ctx.account,
    ...place,
    server: ctx.server?.name ?? null,
    name: finding.name,
    control: finding.control,
    level,
    outcome: outcomeOf(steps),
    steps,
    notProved: notProved(level, chain, steps),
    left: ring.left,
  };
}

/** What a drill may pass by: that nobody real is subscribed, say, while a queue of its own gets the message. */
function auditStep({ control, name, verdict, reason }: Finding): DrillStep {
  const holds = verdict === 'PASS' ? true : verdict === 'FAIL' ? false : null;
  return step('audit', `${control} ${name}`, holds, `${verdict}: ${reason}`);
}
